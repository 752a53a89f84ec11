/** user, role and auth of the v2 face: the users of the v2 store, which have nothing to do with those of v3. */

import { goJsonString } from '#api/json/encode.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { readHidden } from '#ctl/etcdctl/hidden-input.ts';
import { exit, flagBool, flagList, flagString, stop, type Answer, type Ask, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import type { V2Command } from '#ctl/etcdctl-v2/cli.ts';
import type { V2Flag } from '#ctl/etcdctl-v2/cli-flags.ts';
import { endpointsLine, failureText, newClient, send, type Client, type V2Request, type V2Response } from '#ctl/etcdctl-v2/client.ts';
import { fieldOf, goStrings, itemsOf, jsonError, parseJson, textOf, type JsonValue } from '#ctl/etcdctl-v2/json.ts';

/** A client for `/v2/auth`; with --debug the endpoints are told twice, as the real one does. */
function* authClient(ctx: ScriptContext): Generator<Ask, Client, Answer> {
  const client = yield* newClient(ctx);
  if (flagBool(ctx, 'debug')) ctx.stderr(endpointsLine(client));
  return client;
}

type Asked =
  | { readonly ok: true; readonly client: Client; readonly json: JsonValue; readonly response: V2Response }
  | { readonly ok: false; readonly text: string; readonly client: Client };

/** Asks `/v2/auth/…`. An answer other than 200 and 201 is an error in the member's words. */
function* tryAsk(ctx: ScriptContext, client: Client, request: V2Request): Generator<Ask, Asked, Answer> {
  const result = yield* send(ctx, client, request);
  if (!result.ok) return { ok: false, text: failureText(result.failure), client: result.client };
  const { response } = result;
  const text = fromUtf8(response.body);
  const json = parseJson(text);
  if (response.status === 200 || response.status === 201) return { ok: true, client: result.client, json, response };
  return { ok: false, text: json === undefined ? jsonError(text) : textOf(fieldOf(json, 'message')), client: result.client };
}

/** The same; an error ends the command. */
function* ask(
  ctx: ScriptContext,
  client: Client,
  request: V2Request,
): Generator<Ask, { readonly client: Client; readonly json: JsonValue }, Answer> {
  const asked = yield* tryAsk(ctx, client, request);
  return asked.ok ? asked : stop(1, `${asked.text}\n`);
}

const get = (target: string): V2Request => ({ method: 'GET', target });
const put = (target: string, body: string): V2Request => ({ method: 'PUT', target, contentType: 'application/json', body });
const userPath = (name: string): string => `/v2/auth/users/${encodeURIComponent(name)}`;
const rolePath = (name: string): string => `/v2/auth/roles/${encodeURIComponent(name)}`;

function single(ctx: ScriptContext, missing: string): string {
  const [name] = ctx.args;
  return name === undefined || ctx.args.length !== 1 ? stop(1, `${missing}\n`) : name;
}
const userName = (ctx: ScriptContext): string => single(ctx, 'Please provide a username');
const roleName = (ctx: ScriptContext): string => single(ctx, 'Please provide a role name');
const noArguments = (ctx: ScriptContext): void => {
  if (ctx.args.length > 0) stop(1, 'No arguments accepted\n');
};

function* userList(ctx: ScriptContext): Script {
  noArguments(ctx);
  const client = yield* authClient(ctx);
  const { json } = yield* ask(ctx, client, get('/v2/auth/users'));
  for (const user of itemsOf(fieldOf(json, 'users'))) ctx.stdout(`${textOf(fieldOf(user, 'user'))}\n`);
  return exit();
}

function* userAdd(ctx: ScriptContext): Script {
  const argument = userName(ctx);
  const client = yield* authClient(ctx);
  const colon = argument.indexOf(':');
  const name = colon < 0 ? argument : argument.slice(0, colon);
  const password = colon < 0 ? yield* readHidden(ctx, 'New password: ') : argument.slice(colon + 1);
  const secret = password === '' ? '' : `"password":${goJsonString(password)},`;
  yield* ask(ctx, client, put(userPath(name), `{"user":${goJsonString(name)},${secret}"roles":null}`));
  ctx.stdout(`User ${name} created\n`);
  return exit();
}

function* userGet(ctx: ScriptContext): Script {
  const name = userName(ctx);
  const client = yield* authClient(ctx);
  const { json } = yield* ask(ctx, client, get(userPath(name)));
  const roles = itemsOf(fieldOf(json, 'roles')).map((r) => textOf(fieldOf(r, 'role')));
  ctx.stdout(`User: ${textOf(fieldOf(json, 'user'))}\nRoles: ${roles.map((r) => ` ${r}`).join('')}\n`);
  return exit();
}

function* userRemove(ctx: ScriptContext): Script {
  const name = userName(ctx);
  const client = yield* authClient(ctx);
  yield* ask(ctx, client, { method: 'DELETE', target: userPath(name) });
  ctx.stdout(`User ${name} removed\n`);
  return exit();
}

function* userPasswd(ctx: ScriptContext): Script {
  const name = userName(ctx);
  const client = yield* authClient(ctx);
  const password = yield* readHidden(ctx, 'New password: ');
  yield* ask(ctx, client, put(userPath(name), `{"user":${goJsonString(name)},"password":${goJsonString(password)},"roles":null}`));
  ctx.stdout('Password updated\n');
  return exit();
}

const userRoles = (verb: 'grant' | 'revoke') =>
  function* run(ctx: ScriptContext): Script {
    const roles = flagList(ctx, 'roles');
    if (roles.length === 0) return stop(1, 'No roles specified; please use `--roles`\n');
    const name = userName(ctx);
    const client = yield* authClient(ctx);
    yield* ask(ctx, client, put(userPath(name), `{"user":${goJsonString(name)},"roles":null,"${verb}":${goStrings(roles)}}`));
    ctx.stdout(`User ${name} updated\n`);
    return exit();
  };

function* roleList(ctx: ScriptContext): Script {
  noArguments(ctx);
  const client = yield* authClient(ctx);
  const result = yield* send(ctx, client, get('/v2/auth/roles'));
  if (!result.ok) return stop(1, `${failureText(result.failure)}\n`);
  if (result.response.status !== 200) return stop(1, `unexpected status code ${result.response.status}\n`);
  for (const role of itemsOf(fieldOf(parseJson(fromUtf8(result.response.body)), 'roles'))) ctx.stdout(`${textOf(fieldOf(role, 'role'))}\n`);
  return exit();
}

const NO_PERMISSIONS = '"permissions":{"kv":{"read":null,"write":null}}';

function* roleAdd(ctx: ScriptContext): Script {
  const name = roleName(ctx);
  const client = yield* authClient(ctx);
  const there = yield* tryAsk(ctx, client, get(rolePath(name)));
  if (there.ok) return stop(1, `Role ${name} already exists\n`);
  yield* ask(ctx, there.client, put(rolePath(name), `{"role":${goJsonString(name)},${NO_PERMISSIONS}}`));
  ctx.stdout(`Role ${name} created\n`);
  return exit();
}

function* roleGet(ctx: ScriptContext): Script {
  const name = roleName(ctx);
  const client = yield* authClient(ctx);
  const { json } = yield* ask(ctx, client, get(rolePath(name)));
  const kv = fieldOf(fieldOf(json, 'permissions'), 'kv');
  const paths = (kind: string): string =>
    itemsOf(fieldOf(kv, kind))
      .map((p) => `\t${textOf(p)}\n`)
      .join('');
  ctx.stdout(`Role: ${textOf(fieldOf(json, 'role'))}\nKV Read:\n${paths('read')}KV Write:\n${paths('write')}`);
  return exit();
}

function* roleRemove(ctx: ScriptContext): Script {
  const name = roleName(ctx);
  const client = yield* authClient(ctx);
  yield* ask(ctx, client, { method: 'DELETE', target: rolePath(name) });
  ctx.stdout(`Role ${name} removed\n`);
  return exit();
}

const rolePaths = (verb: 'grant' | 'revoke') =>
  function* run(ctx: ScriptContext): Script {
    const path = flagString(ctx, 'path');
    if (path === '') return stop(1, 'No path specified; please use `--path`\n');
    const [read, write, both] = [flagBool(ctx, 'read'), flagBool(ctx, 'write'), flagBool(ctx, 'readwrite')];
    if ([read, write, both].filter(Boolean).length !== 1) return stop(1, 'Please specify exactly one of --read, --write or --readwrite\n');
    const name = roleName(ctx);
    const client = yield* authClient(ctx);
    const there = yield* ask(ctx, client, get(rolePath(name)));
    const rights = `{"kv":{"read":${goStrings(read || both ? [path] : [])},"write":${goStrings(write || both ? [path] : [])}}}`;
    yield* ask(ctx, there.client, put(rolePath(name), `{"role":${goJsonString(name)},${NO_PERMISSIONS},"${verb}":${rights}}`));
    ctx.stdout(`Role ${name} updated\n`);
    return exit();
  };

const authSwitch = (method: 'PUT' | 'DELETE', done: string) =>
  function* run(ctx: ScriptContext): Script {
    noArguments(ctx);
    const client = yield* authClient(ctx);
    yield* ask(ctx, client, { method, target: '/v2/auth/enable' });
    ctx.stdout(`${done}\n`);
    return exit();
  };

const ROLES: V2Flag = { names: ['roles'], type: 'strings', fallback: '', usage: 'a role; may be given more than once' };
const PATHS: readonly V2Flag[] = [
  { names: ['path'], type: 'string', fallback: '', usage: 'the path that the role is about; a * at its end is everything below' },
  { names: ['read'], type: 'bool', fallback: 'false', usage: 'reading only' },
  { names: ['write'], type: 'bool', fallback: 'false', usage: 'writing only' },
  { names: ['readwrite', 'rw'], type: 'bool', fallback: 'false', usage: 'reading and writing' },
];
const leaf = (name: string, use: string, short: string, run: (ctx: ScriptContext) => Script, flags: readonly V2Flag[] = []): V2Command => ({
  name,
  use,
  short,
  flags,
  run,
});

export const authCommands: readonly V2Command[] = [
  {
    name: 'user',
    use: '',
    short: 'the users of the v2 store',
    flags: [],
    children: [
      leaf('add', '<user>', 'adds a user', userAdd),
      leaf('get', '<user>', 'shows a user', userGet),
      leaf('list', '', 'lists the users', userList),
      leaf('remove', '<user>', 'removes a user', userRemove),
      leaf('grant', '<user>', 'gives roles to a user', userRoles('grant'), [ROLES]),
      leaf('revoke', '<user>', 'takes roles from a user', userRoles('revoke'), [ROLES]),
      leaf('passwd', '<user>', 'changes a password', userPasswd),
    ],
  },
  {
    name: 'role',
    use: '',
    short: 'the roles of the v2 store',
    flags: [],
    children: [
      leaf('add', '<role>', 'adds a role', roleAdd),
      leaf('get', '<role>', 'shows a role', roleGet),
      leaf('list', '', 'lists the roles', roleList),
      leaf('remove', '<role>', 'removes a role', roleRemove),
      leaf('grant', '<role>', 'allows a role a path', rolePaths('grant'), PATHS),
      leaf('revoke', '<role>', 'takes a path from a role', rolePaths('revoke'), PATHS),
    ],
  },
  {
    name: 'auth',
    use: '',
    short: 'turns authentication on and off',
    flags: [],
    children: [
      leaf('enable', '', 'turns it on', authSwitch('PUT', 'Authentication Enabled')),
      leaf('disable', '', 'turns it off', authSwitch('DELETE', 'Authentication Disabled')),
    ],
  },
];
