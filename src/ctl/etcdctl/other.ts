/** Commands of etcdctl that cannot be in one cluster in a tab: known by name and flags, refused with a reason. */

import { checkCommand } from '#ctl/etcdctl/check.ts';
import { completionCommand } from '#ctl/etcdctl/completion.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import type { FlagSpec } from '#ctl/etcdctl/flags.ts';
import { Exit, fail, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

/** Mirroring needs a second cluster, of which a run has none that a client could name. */
function* makeMirror(ctx: ScriptContext): Script {
  yield* [];
  if (ctx.args.length !== 1) fail(Exit.BadArgs, 'make-mirror takes one destination argument');
  return fail(Exit.Error, 'make-mirror copies to a second cluster, and a run has one: etcdctl watch --prefix shows what would be copied');
}

const MIRROR_FLAGS: readonly FlagSpec[] = [
  { name: 'dest-cacert', type: 'string', fallback: '', usage: 'accepted and without effect: there is no TLS here' },
  { name: 'dest-cert', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'dest-insecure-transport', type: 'bool', fallback: 'true', usage: 'accepted and without effect' },
  { name: 'dest-key', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'dest-prefix', type: 'string', fallback: '', usage: 'what the copies begin with instead' },
  { name: 'no-dest-prefix', type: 'bool', fallback: 'false', usage: 'copy to the root of the other cluster' },
  { name: 'prefix', type: 'string', fallback: '', usage: 'copy what begins with this' },
];

function* migrate(ctx: ScriptContext): Script {
  yield* [];
  ctx.stdout('using default transformer\n');
  return fail(Exit.Error, 'open member/snap: no such file or directory');
}

/** @param newer whether the modelled release is 3.5 or later */
export const otherCommands = (newer: boolean): readonly Command[] => [
  {
    name: 'make-mirror',
    use: '[options] <destination>',
    short: 'Copies keys to another cluster (explained)',
    flags: MIRROR_FLAGS,
    run: makeMirror,
  },
  ...(newer ? [] : [{ name: 'migrate', use: '', short: 'Moves keys of the v2 store to v3', flags: [], run: migrate }]),
  checkCommand,
  completionCommand,
];
