/** The commands of keys and directories of the v2 face. */

import { fromUtf8 } from '#kernel/bytes.ts';
import { exit, flagBool, flagInt, flagString, stop, type Answer, type Ask, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import type { V2Command } from '#ctl/etcdctl-v2/cli.ts';
import type { V2Flag } from '#ctl/etcdctl-v2/cli-flags.ts';
import { failKeys, newClient, send, type V2Request } from '#ctl/etcdctl-v2/client.ts';
import { printResponse, readKeysResponse, type KeysResponse, type Node } from '#ctl/etcdctl-v2/response.ts';
import { encodeValues, escapePath, keyPath } from '#ctl/etcdctl-v2/url.ts';

const SERVER_ERROR = 4;

/** Query parameters that are there; undefined ones are left out. */
type Query = Readonly<Record<string, string | undefined>>;

function target(key: string, query: Query): string {
  const given = Object.fromEntries(Object.entries(query).flatMap(([k, v]) => (v === undefined ? [] : [[k, v] as const])));
  const encoded = encodeValues(given);
  return `${escapePath(keyPath(key))}${encoded === '' ? '' : `?${encoded}`}`;
}

/** Asks the cluster about a key; a failure ends the command. */
function* ask(
  ctx: ScriptContext,
  make: (key: string) => V2Request | Generator<Ask, V2Request, Answer>,
): Generator<Ask, KeysResponse, Answer> {
  const client = yield* newClient(ctx);
  const [key] = ctx.args;
  if (key === undefined) return stop(1, 'Error:  key required\n');
  const made = make(key);
  const request = 'target' in made ? made : yield* made;
  const result = yield* send(ctx, client, request);
  return result.ok ? readKeysResponse(result.response) : failKeys(SERVER_ERROR, result.failure);
}

const FORM = 'application/x-www-form-urlencoded';

interface Change {
  readonly value?: string;
  readonly query?: Query;
  readonly method?: 'PUT' | 'POST';
  readonly oneShot?: boolean;
}

/** A request that changes a key; a TTL of 0 or less means none. */
function change(ctx: ScriptContext, key: string, { value, query = {}, method = 'PUT', oneShot = false }: Change): V2Request {
  const ttl = flagInt(ctx, 'ttl');
  const body = encodeValues({ ...(ttl > 0n ? { ttl: String(ttl) } : {}), ...(value === undefined ? {} : { value }) });
  return { method, target: target(key, query), contentType: FORM, body, oneShot };
}

/** The value: the second argument, or all of standard input, which must hold something. */
function* valueOf(ctx: ScriptContext): Generator<Ask, string, Answer> {
  const [, argument] = ctx.args;
  if (argument !== undefined) return argument;
  const input = yield { type: 'input' };
  const text = input.type === 'input' ? fromUtf8(input.data) : '';
  return text === '' ? stop(1, 'Error:  value required\n') : text;
}

/** A command that changes a value and prints the answer. */
const valueCommand = (detail: (ctx: ScriptContext) => Change) =>
  function* run(ctx: ScriptContext): Script {
    const response = yield* ask(ctx, function* make(key) {
      const value = yield* valueOf(ctx);
      return change(ctx, key, { ...detail(ctx), value });
    });
    printResponse(ctx, response);
    return exit();
  };

const mk = valueCommand((ctx) => (flagBool(ctx, 'in-order') ? { method: 'POST' } : { query: { prevExist: 'false' }, oneShot: true }));
const update = valueCommand(() => ({ query: { prevExist: 'true' } }));
const set = valueCommand((ctx) => {
  const index = BigInt.asUintN(64, flagInt(ctx, 'swap-with-index'));
  const value = flagString(ctx, 'swap-with-value');
  return {
    query: { prevIndex: index === 0n ? undefined : String(index), prevValue: value === '' ? undefined : value },
  };
});

const isSimple = (ctx: ScriptContext): boolean => flagString(ctx, 'output') === 'simple';

/** A command that makes or changes a directory. */
const dirCommand = (prevExist: string | undefined) =>
  function* run(ctx: ScriptContext): Script {
    const response = yield* ask(ctx, (key) => change(ctx, key, { query: { dir: 'true', prevExist }, oneShot: prevExist === 'false' }));
    if (!isSimple(ctx)) printResponse(ctx, response);
    return exit();
  };

function* get(ctx: ScriptContext): Script {
  const response = yield* ask(ctx, (key) => ({ method: 'GET', target: target(key, readQuery(ctx)) }));
  if (response.node.dir) return stop(1, `${response.node.key}: is a directory\n`);
  printResponse(ctx, response);
  return exit();
}

const readQuery = (ctx: ScriptContext): Query => ({
  quorum: String(flagBool(ctx, 'quorum')),
  recursive: String(flagBool(ctx, 'recursive')),
  sorted: String(flagBool(ctx, 'sort')),
});

function* ls(ctx: ScriptContext): Script {
  const client = yield* newClient(ctx);
  const result = yield* send(ctx, client, { method: 'GET', target: target(ctx.args[0] ?? '/', readQuery(ctx)) });
  if (!result.ok) return failKeys(SERVER_ERROR, result.failure);
  const response = readKeysResponse(result.response);
  if (!isSimple(ctx)) {
    printResponse(ctx, response);
    return exit();
  }
  const slash = flagBool(ctx, 'p');
  const lines = (n: Node): string => `${n.key}${n.dir && slash ? '/' : ''}\n${n.nodes.map(lines).join('')}`;
  const { node } = response;
  ctx.stdout(`${node.dir ? '' : `${node.key}\n`}${node.nodes.map(lines).join('')}`);
  return exit();
}

/** A command that deletes a key; a directory that is gone is not worth a line. */
const deletion = (query: (ctx: ScriptContext) => Query) =>
  function* run(ctx: ScriptContext): Script {
    const response = yield* ask(ctx, (key) => ({ method: 'DELETE', target: target(key, query(ctx)), oneShot: true }));
    if (!response.node.dir || !isSimple(ctx)) printResponse(ctx, response);
    return exit();
  };

const rm = deletion((ctx) => {
  const index = BigInt.asUintN(64, flagInt(ctx, 'with-index'));
  const value = flagString(ctx, 'with-value');
  return {
    dir: flagBool(ctx, 'dir') ? 'true' : undefined,
    prevIndex: index === 0n ? undefined : String(index),
    prevValue: value === '' ? undefined : value,
    recursive: flagBool(ctx, 'recursive') ? 'true' : undefined,
  };
});
const rmdir = deletion(() => ({ dir: 'true' }));

const flag = (names: readonly string[], usage: string): V2Flag => ({ names, type: 'bool', fallback: 'false', usage });
const TTL: V2Flag = { names: ['ttl'], type: 'int', fallback: '0', usage: 'seconds until it expires; 0 keeps it' };
const SORT = flag(['sort'], 'sort the answer by name');
const QUORUM = flag(['quorum', 'q'], 'read through the leader and a majority');

export const keyCommands: readonly V2Command[] = [
  {
    name: 'mk',
    use: '<key> <value>',
    short: 'makes a key that must not be there yet',
    flags: [flag(['in-order'], 'make a key with the next number as its name under <key>'), TTL],
    run: mk,
  },
  { name: 'mkdir', use: '<key>', short: 'makes a directory that must not be there yet', flags: [TTL], run: dirCommand('false') },
  {
    name: 'rm',
    use: '<key>',
    short: 'removes a key or a directory',
    flags: [
      flag(['dir'], 'a key, or a directory that is empty'),
      flag(['recursive', 'r'], 'a directory with all that is in it'),
      { names: ['with-value'], type: 'string', fallback: '', usage: 'only if this is its value' },
      { names: ['with-index'], type: 'int', fallback: '0', usage: 'only if this is its index' },
    ],
    run: rm,
  },
  { name: 'rmdir', use: '<key>', short: 'removes a key, or a directory that is empty', flags: [], run: rmdir },
  { name: 'get', use: '<key>', short: 'prints the value of a key', flags: [SORT, QUORUM], run: get },
  {
    name: 'ls',
    use: '[key]',
    short: 'lists a directory',
    flags: [SORT, flag(['recursive', 'r'], 'with what is below'), flag(['p'], 'put a slash behind directories'), QUORUM],
    run: ls,
  },
  {
    name: 'set',
    use: '<key> <value>',
    short: 'gives a key its value',
    description: 'A <value> that begins with a dash looks like a flag. Put -- before the key:\n\n$ set -- <key> <value>',
    flags: [
      TTL,
      { names: ['swap-with-value'], type: 'string', fallback: '', usage: 'only if this is the value so far' },
      { names: ['swap-with-index'], type: 'int', fallback: '0', usage: 'only if this is the index so far' },
    ],
    run: set,
  },
  { name: 'setdir', use: '<key>', short: 'makes a directory, or changes its TTL', flags: [TTL], run: dirCommand(undefined) },
  { name: 'update', use: '<key> <value>', short: 'changes the value of a key that is there', flags: [TTL], run: update },
  { name: 'updatedir', use: '<key> <value>', short: 'changes the TTL of a directory that is there', flags: [TTL], run: dirCommand('true') },
];
