/** watch and exec-watch of the v2 face. One long poll at a time, each from the index after the last event. */

import { childError } from '#ctl/etcdctl/child-end.ts';
import type { Plain } from '#kernel/plain.ts';
import { become, exit, flagBool, flagInt, stop, type Answer, type Ask, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import type { V2Command } from '#ctl/etcdctl-v2/cli.ts';
import type { V2Flag } from '#ctl/etcdctl-v2/cli-flags.ts';
import { failKeys, newClient, send, type Client, type OnOther } from '#ctl/etcdctl-v2/client.ts';
import { printResponse, readKeysResponse, type KeysResponse } from '#ctl/etcdctl-v2/response.ts';
import { encodeValues, escapePath, keyPath } from '#ctl/etcdctl-v2/url.ts';

/** A watch under way; plain data. `command` is empty for a plain watch. */
type Watching = {
  readonly client: Client;
  readonly key: string;
  readonly index: string;
  readonly command: readonly string[];
  readonly children: number;
};

const SERVER_ERROR = 4;

/** What happens meanwhile: Ctrl-C ends a watch well, a command that could not be started ends it badly. */
const onOther =
  (command: readonly string[]): OnOther =>
  (answer) => {
    if (answer.type === 'signal') stop(answer.signal === 'INT' ? 0 : 143, '');
    // How the command ends is no matter, only that it began.
    if (answer.type === 'child' && answer.event.type === 'failed') stop(1, childError(command[0] ?? '', answer.event) ?? '');
  };

/** The next event, after as many polls as it takes: a member that goes away in peace answers with nothing. */
function* nextEvent(ctx: ScriptContext, w: Watching): Generator<Ask, { readonly client: Client; readonly response: KeysResponse }, Answer> {
  let { client } = w;
  const query = encodeValues({ recursive: String(flagBool(ctx, 'recursive')), wait: 'true', waitIndex: w.index });
  for (;;) {
    const target = `${escapePath(keyPath(w.key))}?${query}`;
    const result = yield* send(ctx, client, { method: 'GET', target, endless: true }, onOther(w.command));
    if (!result.ok) return failKeys(SERVER_ERROR, result.failure);
    client = result.client;
    if (result.response.body.length > 0 || result.response.status !== 200) return { client, response: readKeysResponse(result.response) };
  }
}

/** `--after-index N` waits from N + 1 on; 0 is from now on. */
function firstIndex(ctx: ScriptContext): string {
  const after = flagInt(ctx, 'after-index');
  return String(after === 0n ? 0n : BigInt.asUintN(64, after + 1n));
}

function* watch(ctx: ScriptContext): Script {
  const client = yield* newClient(ctx);
  const [key] = ctx.args;
  if (key === undefined) return stop(1, 'Error:  key required\n');
  return become('v2 watch next', { client, key, index: firstIndex(ctx), command: [], children: 0 } satisfies Watching);
}

function* watchNext(ctx: ScriptContext, data: Plain): Script {
  const w = data as Watching; // only watch and this phase enter it
  const { client, response } = yield* nextEvent(ctx, w);
  const again = become('v2 watch next', { ...w, client, index: String(response.node.modifiedIndex + 1) });
  if (response.node.dir) return again;
  if (flagBool(ctx, 'recursive')) ctx.stdout(`[${response.action}] ${response.node.key}\n`);
  printResponse(ctx, response);
  return flagBool(ctx, 'forever') ? again : exit();
}

/** The key is before `--`; without one (and it is lost when no flag stands before it) the last word is the key, as in the real one. */
function keyAndCommand(args: readonly string[]): readonly [string, readonly string[]] {
  if (args.indexOf('--') > 0) return [args[0] ?? '', args.slice(2)];
  return [args.at(-1) ?? '', args.slice(0, -1)];
}

function* execWatch(ctx: ScriptContext): Script {
  const client = yield* newClient(ctx);
  if (ctx.args.length < 2) return stop(1, 'Error:  key and command to exec required\n');
  const [key, command] = keyAndCommand(ctx.args);
  return become('v2 exec-watch next', { client, key, index: firstIndex(ctx), command, children: 0 } satisfies Watching);
}

function* execWatchNext(ctx: ScriptContext, data: Plain): Script {
  const w = data as Watching; // only execWatch and this phase enter it
  const { client, response } = yield* nextEvent(ctx, w);
  const { node, action } = response;
  const next = { ...w, client, index: String(node.modifiedIndex + 1) };
  if (node.dir) {
    ctx.stderr(`Ignored dir ${node.key} change\n`);
    return become('v2 exec-watch next', next);
  }
  const children = w.children + 1;
  ctx.spawn(children, w.command, {
    ...ctx.start.env,
    ETCD_WATCH_ACTION: action,
    ETCD_WATCH_MODIFIED_INDEX: String(node.modifiedIndex),
    ETCD_WATCH_KEY: node.key,
    ETCD_WATCH_VALUE: node.value,
  });
  return become('v2 exec-watch next', { ...next, children });
}

const AFTER: V2Flag = { names: ['after-index'], type: 'int', fallback: '0', usage: 'begin after this index' };

export const watchCommands: readonly V2Command[] = [
  {
    name: 'watch',
    use: '<key>',
    short: 'waits for a change of a key and prints it',
    flags: [
      { names: ['forever', 'f'], type: 'bool', fallback: 'false', usage: 'go on until Ctrl-C' },
      AFTER,
      { names: ['recursive', 'r'], type: 'bool', fallback: 'false', usage: 'changes below the key too' },
    ],
    run: watch,
  },
  {
    name: 'exec-watch',
    use: '<key> <command> [args...]',
    short: 'runs a command at each change of a key',
    flags: [AFTER, { names: ['recursive', 'r'], type: 'bool', fallback: 'false', usage: 'changes below the key too' }],
    run: execWatch,
  },
];

export const watchPhases = { 'v2 watch next': watchNext, 'v2 exec-watch next': execWatchNext } as const;
