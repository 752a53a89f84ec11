/** etcdctl snapshot …: a member's backend as a file of the machine. */

import type { Plain } from '#kernel/plain.ts';
import { SnapshotRequest, SnapshotResponse } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { file } from '#ctl/etcdctl/file-ask.ts';
import { become, errorText, exit, Exit, fail, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { RESTORE_FLAGS, restore, status } from '#ctl/etcdctl/snapshot-files.ts';

const STREAM = 1;
const DIAL_TIMER = 1;

function* save(ctx: ScriptContext): Script {
  const [path] = ctx.args;
  if (path === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'snapshot save expects one argument');
  yield* connect(ctx);
  if (ctx.endpoints.length !== 1)
    fail(Exit.Interrupted, `snapshot must be requested to one selected node, not multiple [${ctx.endpoints.join(' ')}]`);
  const part = `${path}.part`;
  const made = yield* file({ type: 'write', path: part, data: new Uint8Array(0), append: false });
  if (made.type === 'error') fail(Exit.Interrupted, `could not open ${part} (open ${part}: ${made.message})`);
  ctx.open(STREAM, MaintenanceService.Snapshot.path, SnapshotRequest.encode(SnapshotRequest.create()).finish());
  // The real one has no limit once it is connected; whether it is cannot be seen here before the first piece.
  ctx.timer(DIAL_TIMER, ctx.timeoutMicros);
  return become('snapshot save pieces', null);
}

/** Gives up: the part is taken away. */
function* abandon(path: string, message: string): Script {
  yield* file({ type: 'remove', path: `${path}.part`, recursive: false });
  return fail(Exit.Interrupted, message);
}

/** Takes one piece to the file, or the end of them. */
function* savePieces(ctx: ScriptContext, _: Plain): Script {
  const path = ctx.args[0] ?? '';
  const part = `${path}.part`;
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') {
    yield* file({ type: 'remove', path: part, recursive: false });
    return exit(event.signal === 'INT' ? 130 : 143);
  }
  if (event.type === 'timer') return yield* abandon(path, 'context deadline exceeded');
  if (event.type === 'stream') {
    ctx.cancelTimer(DIAL_TIMER);
    const { blob } = SnapshotResponse.decode(event.body);
    const written = yield* file({ type: 'write', path: part, data: blob, append: true });
    if (written.type === 'error') return yield* abandon(path, `write ${part}: ${written.message}`);
    return become('snapshot save pieces', null);
  }
  if (event.type !== 'stream-end') return become('snapshot save pieces', null);
  if (event.error !== undefined) return yield* abandon(path, errorText(event.error));
  const renamed = yield* file({ type: 'rename', path: part, to: path });
  if (renamed.type === 'error')
    return yield* abandon(path, `could not rename ${part} to ${path} (rename ${part} ${path}: ${renamed.message})`);
  ctx.stdout(`Snapshot saved at ${path}\n`);
  return exit();
}

/** Since 3.5 the commands that need no member have moved. */
const moved = (name: string, run: (ctx: ScriptContext) => Script) =>
  function* tell(ctx: ScriptContext): Script {
    ctx.stderr(`Deprecated: Use \`etcdutl snapshot ${name}\` instead.\n\n`);
    return yield* run(ctx);
  };

/** @param newer whether the modelled release is 3.5 or later */
export const snapshotCommand = (newer: boolean): Command => ({
  name: 'snapshot',
  use: '<subcommand>',
  short: 'Saves and looks at snapshots of a member',
  flags: [],
  children: [
    {
      name: 'restore',
      use: '<filename> [options]',
      short: 'Restores a data directory from a snapshot',
      flags: RESTORE_FLAGS,
      run: newer ? moved('restore', restore) : restore,
    },
    {
      name: 'save',
      use: '<filename>',
      short: 'Stores a snapshot of the backend in a file',
      flags: [],
      run: save,
      phases: { 'snapshot save pieces': savePieces },
    },
    { name: 'status', use: '<filename>', short: 'Describes a snapshot file', flags: [], run: newer ? moved('status', status) : status },
  ],
});
