/** Auth calls: proposed like any write, questions included; a password is checked here and never enters the log. */

import * as rpc from '#api/gen/rpc.ts';
import { AuthService } from '#api/rpc.ts';
import { Code } from '#api/errors.ts';
import { passwordHash } from '#auth/auth-store.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { proposeCall, type RequestBody } from '#etcd/propose.ts';
import { requestRead } from '#etcd/reads.ts';
import { versionRules } from '#etcd/version-rules.ts';

type Handler = (m: Parts, call: OpenCall, body: Bytes) => void;

const proposing =
  (toRequest: (body: Bytes) => RequestBody): Handler =>
  (m, call, body) =>
    proposeCall(m, call.id, toRequest(body), call.event);

/** What the entry carries instead of the password. */
function hashed<R extends { readonly name: string; readonly password: string; readonly hashedPassword: string }>(r: R): R {
  return { ...r, password: '', hashedPassword: passwordHash(r.name, r.password) };
}

/** 3.4 has no such method. */
const authStatus: Handler = (m, call) => {
  if (!versionRules(m.config).hasNewMethods)
    fail(m, call.id, { code: Code.Unimplemented, message: 'unknown method AuthStatus for service etcdserverpb.Auth' }, call.event);
  else proposeCall(m, call.id, { authStatus: rpc.AuthStatusRequest.create({}) }, call.event);
};

/** Handlers by path. */
export const AUTH_HANDLERS: readonly (readonly [string, Handler])[] = [
  [AuthService.AuthEnable.path, proposing((body) => ({ authEnable: rpc.AuthEnableRequest.decode(body) }))],
  [AuthService.AuthDisable.path, proposing((body) => ({ authDisable: rpc.AuthDisableRequest.decode(body) }))],
  [AuthService.AuthStatus.path, authStatus],
  [AuthService.Authenticate.path, (m, call, body) => requestRead(m, call.id, body, call.event)],
  [AuthService.UserAdd.path, proposing((body) => ({ authUserAdd: hashed(rpc.AuthUserAddRequest.decode(body)) }))],
  [AuthService.UserGet.path, proposing((body) => ({ authUserGet: rpc.AuthUserGetRequest.decode(body) }))],
  [AuthService.UserList.path, proposing((body) => ({ authUserList: rpc.AuthUserListRequest.decode(body) }))],
  [AuthService.UserDelete.path, proposing((body) => ({ authUserDelete: rpc.AuthUserDeleteRequest.decode(body) }))],
  [
    AuthService.UserChangePassword.path,
    proposing((body) => ({ authUserChangePassword: hashed(rpc.AuthUserChangePasswordRequest.decode(body)) })),
  ],
  [AuthService.UserGrantRole.path, proposing((body) => ({ authUserGrantRole: rpc.AuthUserGrantRoleRequest.decode(body) }))],
  [AuthService.UserRevokeRole.path, proposing((body) => ({ authUserRevokeRole: rpc.AuthUserRevokeRoleRequest.decode(body) }))],
  [AuthService.RoleAdd.path, proposing((body) => ({ authRoleAdd: rpc.AuthRoleAddRequest.decode(body) }))],
  [AuthService.RoleGet.path, proposing((body) => ({ authRoleGet: rpc.AuthRoleGetRequest.decode(body) }))],
  [AuthService.RoleList.path, proposing((body) => ({ authRoleList: rpc.AuthRoleListRequest.decode(body) }))],
  [AuthService.RoleDelete.path, proposing((body) => ({ authRoleDelete: rpc.AuthRoleDeleteRequest.decode(body) }))],
  [
    AuthService.RoleGrantPermission.path,
    proposing((body) => ({ authRoleGrantPermission: rpc.AuthRoleGrantPermissionRequest.decode(body) })),
  ],
  [
    AuthService.RoleRevokePermission.path,
    proposing((body) => ({ authRoleRevokePermission: rpc.AuthRoleRevokePermissionRequest.decode(body) })),
  ],
];
