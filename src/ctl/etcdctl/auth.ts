/** etcdctl auth … and user …. */

import {
  AuthRoleAddRequest,
  AuthRoleGetRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGetRequest,
  AuthUserGrantRoleRequest,
  AuthUserListRequest,
  AuthUserRevokeRoleRequest,
} from '#api/gen/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { AuthService } from '#api/rpc.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { exactly, group, leaf, printDone, printNames } from '#ctl/etcdctl/auth-answers.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { field, outputFormat, printHeader, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import { printRole, roleCommand } from '#ctl/etcdctl/role.ts';
import { readHidden } from '#ctl/etcdctl/hidden-input.ts';
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
  else printRest(ctx, format, 'etcdserverpb.AuthStatusResponse', r);
  return exit();
}

/** A new password: asked for twice, or with --interactive=false read from one line. */
function* readPassword(ctx: ScriptContext, name: string): Generator<Ask, string, Answer> {
  if (!flagBool(ctx, 'interactive')) {
    const line = yield { type: 'line' };
    return line.type === 'line' ? fromUtf8(line.data) : '';
  }
  const password = yield* readHidden(ctx, `Password of ${name}: `);
  if (password === '') return fail(Exit.BadArgs, 'empty password');
  const second = yield* readHidden(ctx, `Type password of ${name} again for confirmation: `);
  return second === password ? password : fail(Exit.BadArgs, 'given passwords are different');
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
  if (flagBool(ctx, 'detail')) {
    ctx.stdout(`User: ${name}\n`);
    for (const role of r.roles) {
      ctx.stdout('\n');
      printRole(ctx, role, yield* must(AuthService.RoleGet, AuthRoleGetRequest.create({ role })));
    }
  } else if (format === 'simple') ctx.stdout(`User: ${name}\nRoles:${r.roles.map((role) => ` ${role}`).join('')}\n`);
  else if (format === 'json') printMessage(ctx, 'etcdserverpb.AuthUserGetResponse', r);
  else printRest(ctx, format, 'etcdserverpb.AuthUserGetResponse', r);
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

const INTERACTIVE = {
  name: 'interactive',
  type: 'bool',
  fallback: 'true',
  usage: 'ask for the password twice; false reads one line',
} as const;
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
  roleCommand,
];
