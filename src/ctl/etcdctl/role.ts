/** etcdctl role …. */

import { Permission_Type, type Permission } from '#api/gen/auth.ts';
import {
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGetRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleListRequest,
  AuthRoleRevokePermissionRequest,
  type AuthRoleGetResponse,
} from '#api/gen/rpc.ts';
import { AuthService } from '#api/rpc.ts';
import { equalBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { exactly, group, leaf, printDone, printNames } from '#ctl/etcdctl/auth-answers.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { field, outputFormat, printHeader, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import { quoteBytes } from '#ctl/etcdctl/go-text.ts';
import { keyRange, prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import { exit, Exit, fail, must, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

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

/** The permissions of a role. */
export function printRole(ctx: ScriptContext, role: string, r: AuthRoleGetResponse): void {
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
  } else printRest(ctx, format, 'etcdserverpb.AuthRoleGetResponse', r);
}

const FROM_KEY = { 'from-key': true };

/** Key and end of a permission from the arguments that follow the role. */
function permissionRange(ctx: ScriptContext, args: readonly string[]): { readonly key: Bytes; readonly rangeEnd: Bytes } {
  const [key = '', end] = args;
  const { prefix, 'from-key': fromKey } = ctx.flags;
  if (prefix === true && fromKey === true) fail(Exit.BadArgs, '--from-key and --prefix flags are mutually exclusive');
  if (end !== undefined && prefix === true) fail(Exit.BadArgs, 'unexpected endkey argument with --prefix flag');
  if (end !== undefined && fromKey === true) fail(Exit.BadArgs, 'unexpected endkey argument with --from-key flag');
  // A permission has an interval of keys, in which a single zero byte stands for the beginning.
  return keyRange(
    utf8(key === '' ? '\0' : key),
    utf8(end ?? ''),
    key === '' && (prefix === true || fromKey === true) ? FROM_KEY : ctx.flags,
  );
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

const RANGE_FLAGS = [
  { name: 'prefix', type: 'bool', fallback: 'false', usage: 'all keys that begin with the key' },
  { name: 'from-key', type: 'bool', fallback: 'false', usage: 'all keys from the key on' },
] as const;

export const roleCommand: Command = group('role', 'Manages roles', [
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
]);
