/** etcdctl auth …, user …, role …. */

import { fromUtf8, utf8, equalBytes, type Bytes } from '#kernel/bytes.ts';
import { Permission_Type, type Permission } from '#api/gen/auth.ts';
import {
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGetRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleListRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGetRequest,
  AuthUserGrantRoleRequest,
  AuthUserListRequest,
  AuthUserRevokeRoleRequest,
  type AuthRoleGetResponse,
  type ResponseHeader,
} from '#api/gen/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { AuthService } from '#api/rpc.ts';
import { goQuote } from '#ctl/duration.ts';
import type { Command, Phase } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { field, notSupported, outputFormat, printHeader, printMessage } from '#ctl/etcdctl/display.ts';
import { quoteBytes } from '#ctl/etcdctl/go-text.ts';
import { keyRange, prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import {
  call,
  errorText,
  exit,
  Exit,
  fail,
  flagBool,
  flagString,
  must,
  type Answer,
  type Ask,
  type Script,
  type ScriptContext,
} from '#ctl/etcdctl/script.ts';

/** A change without a result: its sentence, its JSON, or its header. */
function printDone(ctx: ScriptContext, type: string, r: { readonly header: ResponseHeader | undefined }, sentence: string): void {
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(`${sentence}\n`);
  else if (format === 'json') printMessage(ctx, `etcdserverpb.${type}`, r);
  else if (format === 'fields') printHeader(ctx, r.header);
  else notSupported(format);
}

function printNames(ctx: ScriptContext, type: string, r: { readonly header: ResponseHeader | undefined }, names: readonly string[]): void {
  const format = outputFormat(ctx);
  if (format === 'simple') for (const name of names) ctx.stdout(`${name}\n`);
  else if (format === 'json') printMessage(ctx, `etcdserverpb.${type}`, r);
  else if (format === 'fields' && type === 'AuthRoleListResponse') {
    printHeader(ctx, r.header);
    ctx.stdout(`"Roles" :${names.map((n) => ` ${goQuote(n)}`).join('')}\n`);
  } else notSupported(format);
}

/** Exactly so many arguments, or the command ends with its text. */
function exactly(ctx: ScriptContext, count: number, text: string): readonly string[] {
  if (ctx.args.length !== count) fail(Exit.BadArgs, text);
  return ctx.args;
}

function* authEnable(ctx: ScriptContext): Script {
  exactly(ctx, 0, 'auth enable command does not accept any arguments');
  yield* connect(ctx);
  let result = yield* call(AuthService.AuthEnable, {});
  if (!result.ok && result.error.message === ERRORS.RootRoleNotExist.message) {
    // etcdctl gives the user root the role root by itself.
    const added = yield* call(AuthService.RoleAdd, AuthRoleAddRequest.create({ name: 'root' }));
    if (!added.ok && added.error.message !== ERRORS.RoleAlreadyExist.message) return fail(Exit.Error, errorText(added.error));
    yield* must(AuthService.UserGrantRole, AuthUserGrantRoleRequest.create({ user: 'root', role: 'root' }));
    result = yield* call(AuthService.AuthEnable, {});
  }
  if (!result.ok) return fail(Exit.Error, errorText(result.error));
  ctx.stdout('Authentication Enabled\n');
  return exit();
}

function* authDisable(ctx: ScriptContext): Script {
  exactly(ctx, 0, 'auth disable command does not accept any arguments');
  yield* connect(ctx);
  yield* must(AuthService.AuthDisable, {});
  ctx.stdout('Authentication Disabled\n');
  return exit();
}

function* authStatus(ctx: ScriptContext): Script {
  exactly(ctx, 0, 'auth status command does not accept any arguments');
  yield* connect(ctx);
  const r = yield* must(AuthService.AuthStatus, {});
  const format = outputFormat(ctx);
  if (format === 'json') printMessage(ctx, 'etcdserverpb.AuthStatusResponse', r);
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    field(ctx, 'Enabled', r.enabled);
    field(ctx, 'AuthRevision', r.authRevision);
  } else if (format === 'simple') ctx.stdout(`Authentication Status: ${r.enabled}\nAuthRevision: ${r.authRevision}\n`);
  else notSupported(format);
  return exit();
}

/** A new password: asked for twice, or with --interactive=false read from one line. */
function* readPassword(ctx: ScriptContext, name: string): Generator<Ask, string, Answer> {
  const interactive = flagBool(ctx, 'interactive');
  if (interactive) ctx.stdout(`Password of ${name}: `);
  const first = yield { type: 'line' };
  const password = first.type === 'line' ? fromUtf8(first.data) : '';
  if (!interactive) return password;
  hiddenInput(ctx);
  if (password === '') return fail(Exit.BadArgs, 'empty password');
  ctx.stdout(`Type password of ${name} again for confirmation: `);
  const second = yield { type: 'line' };
  hiddenInput(ctx);
  if (second.type !== 'line' || fromUtf8(second.data) !== password) return fail(Exit.BadArgs, 'given passwords are different');
  return password;
}

/** What hiding the input leaves behind: a newline, and off a terminal the complaints of stty. */
function hiddenInput(ctx: ScriptContext): void {
  if (ctx.start.columns === 0) ctx.stderr("stty: 'standard input': Inappropriate ioctl for device\n".repeat(2));
  ctx.stdout('\n');
}

function* userAdd(ctx: ScriptContext): Script {
  const [argument = ''] = exactly(ctx, 1, 'user add command requires user name as its argument');
  const given = flagString(ctx, 'new-user-password');
  const colon = argument.indexOf(':');
  const noPassword = flagBool(ctx, 'no-password');
  let name = argument;
  let password = given;
  if (given === '' && !noPassword) {
    if (colon < 0) password = yield* readPassword(ctx, name);
    else {
      name = argument.slice(0, colon);
      password = argument.slice(colon + 1);
      if (name === '') fail(Exit.BadArgs, 'empty user name is not allowed');
    }
  }
  yield* connect(ctx);
  const r = yield* must(AuthService.UserAdd, AuthUserAddRequest.create({ name, password, options: { noPassword } }));
  printDone(ctx, 'AuthUserAddResponse', r, `User ${name} created`);
  return exit();
}

function* userDelete(ctx: ScriptContext): Script {
  const [name = ''] = exactly(ctx, 1, 'user delete command requires user name as its argument');
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthUserDeleteResponse',
    yield* must(AuthService.UserDelete, AuthUserDeleteRequest.create({ name })),
    `User ${name} deleted`,
  );
  return exit();
}

function* userGet(ctx: ScriptContext): Script {
  const [name = ''] = exactly(ctx, 1, 'user get command requires user name as its argument');
  yield* connect(ctx);
  const r = yield* must(AuthService.UserGet, AuthUserGetRequest.create({ name }));
  const format = outputFormat(ctx);
  if (format === 'simple' && flagBool(ctx, 'detail')) {
    ctx.stdout(`User: ${name}\n`);
    for (const role of r.roles) {
      ctx.stdout('\n');
      printRole(ctx, role, yield* must(AuthService.RoleGet, AuthRoleGetRequest.create({ role })));
    }
  } else if (format === 'simple') ctx.stdout(`User: ${name}\nRoles:${r.roles.map((role) => ` ${role}`).join('')}\n`);
  else if (format === 'json') printMessage(ctx, 'etcdserverpb.AuthUserGetResponse', r);
  else notSupported(format);
  return exit();
}

function* userList(ctx: ScriptContext): Script {
  exactly(ctx, 0, 'user list command requires no arguments');
  yield* connect(ctx);
  const r = yield* must(AuthService.UserList, AuthUserListRequest.create());
  printNames(ctx, 'AuthUserListResponse', r, r.users);
  return exit();
}

function* userPasswd(ctx: ScriptContext): Script {
  const [name = ''] = exactly(ctx, 1, 'user passwd command requires user name as its argument');
  const password = yield* readPassword(ctx, name);
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthUserChangePasswordResponse',
    yield* must(AuthService.UserChangePassword, AuthUserChangePasswordRequest.create({ name, password })),
    'Password updated',
  );
  return exit();
}

function* userGrantRole(ctx: ScriptContext): Script {
  const [user = '', role = ''] = exactly(ctx, 2, 'user grant command requires user name and role name as its argument');
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthUserGrantRoleResponse',
    yield* must(AuthService.UserGrantRole, AuthUserGrantRoleRequest.create({ user, role })),
    `Role ${role} is granted to user ${user}`,
  );
  return exit();
}

function* userRevokeRole(ctx: ScriptContext): Script {
  const [name = '', role = ''] = exactly(ctx, 2, 'user revoke-role requires user name and role name as its argument');
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthUserRevokeRoleResponse',
    yield* must(AuthService.UserRevokeRole, AuthUserRevokeRoleRequest.create({ name, role })),
    `Role ${role} is revoked from user ${name}`,
  );
  return exit();
}

function* roleAdd(ctx: ScriptContext): Script {
  const [name = ''] = exactly(ctx, 1, 'role add command requires role name as its argument');
  yield* connect(ctx);
  printDone(ctx, 'AuthRoleAddResponse', yield* must(AuthService.RoleAdd, AuthRoleAddRequest.create({ name })), `Role ${name} created`);
  return exit();
}

function* roleDelete(ctx: ScriptContext): Script {
  const [role = ''] = exactly(ctx, 1, 'role delete command requires role name as its argument');
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthRoleDeleteResponse',
    yield* must(AuthService.RoleDelete, AuthRoleDeleteRequest.create({ role })),
    `Role ${role} deleted`,
  );
  return exit();
}

function* roleList(ctx: ScriptContext): Script {
  exactly(ctx, 0, 'role list command requires no arguments');
  yield* connect(ctx);
  const r = yield* must(AuthService.RoleList, AuthRoleListRequest.create());
  printNames(ctx, 'AuthRoleListResponse', r, r.roles);
  return exit();
}

function* roleGet(ctx: ScriptContext): Script {
  const [role = ''] = exactly(ctx, 1, 'role get command requires role name as its argument');
  yield* connect(ctx);
  printRole(ctx, role, yield* must(AuthService.RoleGet, AuthRoleGetRequest.create({ role })));
  return exit();
}

const OPEN_END: Bytes = Uint8Array.of(0);
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(Permission_Type).map(([name, value]) => [value, name]));

/** `k`, `[a, m)`, `[z, <open ended>`. */
function rangeText(key: Bytes, end: Bytes): string {
  if (end.length === 0) return fromUtf8(key);
  return equalBytes(end, OPEN_END) ? `[${fromUtf8(key)}, <open ended>` : `[${fromUtf8(key)}, ${fromUtf8(end)})`;
}

const permissionText = (p: Permission): string =>
  rangeText(p.key, p.rangeEnd) +
  (p.rangeEnd.length > 0 && p.key.length > 0 && !equalBytes(p.rangeEnd, OPEN_END) && equalBytes(prefixEnd(p.key), p.rangeEnd)
    ? ` (prefix ${fromUtf8(p.key)})`
    : '');

function printRole(ctx: ScriptContext, role: string, r: AuthRoleGetResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') printMessage(ctx, 'etcdserverpb.AuthRoleGetResponse', r);
  else if (format === 'simple') {
    const lines = (type: Permission['permType']): string =>
      r.perm
        .filter((p) => p.permType === type || p.permType === Permission_Type.READWRITE)
        .map((p) => `\t${permissionText(p)}\n`)
        .join('');
    ctx.stdout(`Role ${role}\nKV Read:\n${lines(Permission_Type.READ)}KV Write:\n${lines(Permission_Type.WRITE)}`);
  } else if (format === 'fields') {
    printHeader(ctx, r.header);
    for (const p of r.perm) {
      field(ctx, 'PermType', ` ${TYPE_NAMES.get(p.permType) ?? ''}`);
      field(ctx, 'Key', quoteBytes(p.key));
      field(ctx, 'RangeEnd', quoteBytes(p.rangeEnd));
    }
  } else notSupported(format);
}

/** Key and end of a permission from the arguments that follow the role. */
function permissionRange(ctx: ScriptContext, args: readonly string[]): { readonly key: Bytes; readonly rangeEnd: Bytes } {
  const [key = '', end] = args;
  const { prefix, 'from-key': fromKey } = ctx.flags;
  if (prefix === true && fromKey === true) fail(Exit.BadArgs, '--from-key and --prefix flags are mutually exclusive');
  if (end !== undefined && prefix === true) fail(Exit.BadArgs, 'unexpected endkey argument with --prefix flag');
  if (end !== undefined && fromKey === true) fail(Exit.BadArgs, 'unexpected endkey argument with --from-key flag');
  return keyRange(utf8(key), utf8(end ?? ''), ctx.flags);
}

function* roleGrant(ctx: ScriptContext): Script {
  const [name = '', kind = '', ...range] = ctx.args;
  if (ctx.args.length < 3) fail(Exit.BadArgs, 'role grant command requires role name, permission type, and key [endkey] as its argument');
  const permType = [Permission_Type.READ, Permission_Type.WRITE, Permission_Type.READWRITE].find(
    (t) => TYPE_NAMES.get(t) === kind.toUpperCase(),
  );
  if (permType === undefined) return fail(Exit.BadArgs, `invalid permission type: ${kind}`);
  const perm = { permType, ...permissionRange(ctx, range) };
  yield* connect(ctx);
  printDone(
    ctx,
    'AuthRoleGrantPermissionResponse',
    yield* must(AuthService.RoleGrantPermission, AuthRoleGrantPermissionRequest.create({ name, perm })),
    `Role ${name} updated`,
  );
  return exit();
}

function* roleRevoke(ctx: ScriptContext): Script {
  const [role = '', ...range] = ctx.args;
  if (ctx.args.length < 2) fail(Exit.BadArgs, 'role revoke-permission command requires role name and key [endkey] as its argument');
  const { key, rangeEnd } = permissionRange(ctx, range);
  yield* connect(ctx);
  const r = yield* must(AuthService.RoleRevokePermission, AuthRoleRevokePermissionRequest.create({ role, key, rangeEnd }));
  printDone(
    ctx,
    'AuthRoleRevokePermissionResponse',
    r,
    `Permission of ${rangeEnd.length === 0 ? 'key' : 'range'} ${rangeText(key, rangeEnd)} is revoked from role ${role}`,
  );
  return exit();
}

const leaf = (name: string, use: string, short: string, run: Phase, flags: Command['flags'] = []): Command => ({
  name,
  use,
  short,
  flags,
  run,
});
const group = (name: string, short: string, children: readonly Command[]): Command => ({
  name,
  use: '<subcommand>',
  short,
  flags: [],
  children,
});
const INTERACTIVE = {
  name: 'interactive',
  type: 'bool',
  fallback: 'true',
  usage: 'ask for the password twice; false reads one line',
} as const;
const RANGE_FLAGS = [
  { name: 'prefix', type: 'bool', fallback: 'false', usage: 'all keys that begin with the key' },
  { name: 'from-key', type: 'bool', fallback: 'false', usage: 'all keys from the key on' },
] as const;

/** @param newer whether the modelled release is 3.5 or later */
export const authCommands = (newer: boolean): readonly Command[] => [
  group('auth', 'Turns authentication on and off', [
    leaf('disable', '', 'Turns it off', authDisable),
    leaf('enable', '', 'Turns it on', authEnable),
    ...(newer ? [leaf('status', '', 'Says whether it is on', authStatus)] : []),
  ]),
  group('user', 'Manages users', [
    leaf('add', '<user name or user:password> [options]', 'Adds a user', userAdd, [
      INTERACTIVE,
      { name: 'new-user-password', type: 'string', fallback: '', usage: 'the password' },
      { name: 'no-password', type: 'bool', fallback: 'false', usage: 'a user without a password' },
    ]),
    leaf('delete', '<user name>', 'Deletes a user', userDelete),
    leaf('get', '<user name> [options]', 'Shows a user', userGet, [
      { name: 'detail', type: 'bool', fallback: 'false', usage: 'with the permissions of the roles' },
    ]),
    leaf('grant-role', '<user name> <role name>', 'Gives a role to a user', userGrantRole),
    leaf('list', '', 'Lists the users', userList),
    leaf('passwd', '<user name> [options]', 'Changes a password', userPasswd, [INTERACTIVE]),
    leaf('revoke-role', '<user name> <role name>', 'Takes a role from a user', userRevokeRole),
  ]),
  group('role', 'Manages roles', [
    leaf('add', '<role name>', 'Adds a role', roleAdd),
    leaf('delete', '<role name>', 'Deletes a role', roleDelete),
    leaf('get', '<role name>', 'Shows a role', roleGet),
    leaf(
      'grant-permission',
      '[options] <role name> <permission type> <key> [endkey]',
      'Allows a role a key or a range',
      roleGrant,
      RANGE_FLAGS,
    ),
    leaf('list', '', 'Lists the roles', roleList),
    leaf('revoke-permission', '<role name> <key> [endkey]', 'Takes a permission from a role', roleRevoke, RANGE_FLAGS),
  ]),
];
