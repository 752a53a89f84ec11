/** Auth entries on the state machine (server/etcdserver/apply_auth.go). */

import type { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { AuthService } from '#api/rpc.ts';
import { ERRORS, type ApiError } from '#api/errors.ts';
import type { AuthInfo, AuthOutcome } from '#auth/auth-store.ts';
import type { EventId } from '#kernel/brand.ts';
import { answer, type Answering, type Headed } from '#etcd/answer.ts';
import type { CallId } from '#etcd/contract.ts';
import type { Parts } from '#etcd/parts.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** How an entry's call is answered, where it waits. */
export type SendAnswer = (m: Parts, call: CallId, cause: EventId) => void;

export type AuthApplied =
  | { readonly what: string; readonly ok: true; readonly send: SendAnswer }
  | { readonly what: string; readonly ok: false; readonly error: ApiError };

function done<Response extends Headed>(what: string, method: Answering<Response>, response: Response): AuthApplied {
  return { what, ok: true, send: (m, call, cause) => answer(m, call, method, response, cause) };
}

function change<Response extends Headed>(what: string, method: Answering<Response>, response: Response, refusal: AuthOutcome): AuthApplied {
  return refusal === undefined ? done(what, method, response) : { what, ok: false, error: refusal };
}

const EMPTY = { header: undefined };

/** Why an entry's author may not manage users and roles. */
const refuseManager = ({ machine }: Parts, who: AuthInfo): AuthOutcome =>
  machine.alarms.isPastAuth ? undefined : machine.auth.refuseAdmin(who);

/** Applies an auth entry; undefined if it is none. */
export function applyAuth(m: Parts, r: InternalRaftRequest): AuthApplied | undefined {
  if (r.authenticate !== undefined) return applyAuthenticate(m, r.authenticate.name, r.authenticate.simpleToken);
  const who: AuthInfo = { username: r.header?.username ?? '', revision: Number(r.header?.authRevision ?? 0n) };
  return applyQuestion(m, r, who) ?? applySwitch(m, r, who) ?? applyUser(m, r, who) ?? applyRole(m, r, who);
}

function applyAuthenticate(m: Parts, name: string, prefix: string): AuthApplied {
  const { auth } = m.machine;
  const what = 'authenticate';
  if (!auth.isEnabled) return { what, ok: false, error: ERRORS.AuthNotEnabled };
  if (!auth.hasUser(name)) return { what, ok: false, error: ERRORS.AuthFailed };
  const token = `${prefix}.${m.machine.appliedIndex}`;
  m.tokens.issue(token, name, m.out.now);
  return done(what, AuthService.Authenticate, { header: undefined, token });
}

/** What users may also ask of themselves. */
function applyQuestion(m: Parts, r: InternalRaftRequest, who: AuthInfo): AuthApplied | undefined {
  const { auth } = m.machine;
  const denied = refuseManager(m, who);
  if (r.authUserGet !== undefined) {
    const { name } = r.authUserGet;
    const roles = auth.rolesOf(name);
    const refusal = denied !== undefined && name !== who.username ? denied : roles === undefined ? ERRORS.UserNotFound : undefined;
    return change('user-get', AuthService.UserGet, { header: undefined, roles: roles ?? [] }, refusal);
  }
  if (r.authRoleGet !== undefined) {
    const { role } = r.authRoleGet;
    const perm = auth.permissionsOf(role);
    const isOwn = auth.rolesOf(who.username)?.includes(role) ?? false;
    const refusal = denied !== undefined && !isOwn ? denied : perm === undefined ? ERRORS.RoleNotFound : undefined;
    return change('role-get', AuthService.RoleGet, { header: undefined, perm: perm ?? [] }, refusal);
  }
  if (r.authUserList !== undefined) return change('user-list', AuthService.UserList, { header: undefined, users: auth.users() }, denied);
  if (r.authRoleList !== undefined) return change('role-list', AuthService.RoleList, { header: undefined, roles: auth.roles() }, denied);
  if (r.authStatus !== undefined)
    return done('auth-status', AuthService.AuthStatus, { header: undefined, enabled: auth.isEnabled, authRevision: BigInt(auth.revision) });
  return undefined;
}

function applySwitch(m: Parts, r: InternalRaftRequest, who: AuthInfo): AuthApplied | undefined {
  const { auth } = m.machine;
  if (r.authEnable !== undefined) return change('auth-enable', AuthService.AuthEnable, EMPTY, refuseManager(m, who) ?? auth.enable());
  if (r.authDisable === undefined) return undefined;
  const refusal = refuseManager(m, who) ?? auth.disable();
  if (refusal === undefined) m.tokens.forget();
  return change('auth-disable', AuthService.AuthDisable, EMPTY, refusal);
}

function applyUser(m: Parts, r: InternalRaftRequest, who: AuthInfo): AuthApplied | undefined {
  const { auth } = m.machine;
  const denied = refuseManager(m, who);
  if (r.authUserAdd !== undefined) {
    const { name, hashedPassword, options } = r.authUserAdd;
    const refusal = denied ?? auth.addUser(name, hashedPassword, options?.noPassword ?? false);
    return change('user-add', AuthService.UserAdd, EMPTY, refusal);
  }
  if (r.authUserDelete !== undefined) {
    const refusal = denied ?? auth.deleteUser(r.authUserDelete.name);
    if (refusal === undefined) m.tokens.forget(r.authUserDelete.name);
    return change('user-delete', AuthService.UserDelete, EMPTY, refusal);
  }
  if (r.authUserChangePassword !== undefined) {
    const { name, hashedPassword } = r.authUserChangePassword;
    const refusal = denied ?? auth.changePassword(name, hashedPassword);
    if (refusal === undefined) m.tokens.forget(name);
    return change('user-passwd', AuthService.UserChangePassword, EMPTY, refusal);
  }
  if (r.authUserGrantRole !== undefined) {
    const { user, role } = r.authUserGrantRole;
    return change('user-grant-role', AuthService.UserGrantRole, EMPTY, denied ?? auth.grantRole(user, role));
  }
  if (r.authUserRevokeRole === undefined) return undefined;
  const { name, role } = r.authUserRevokeRole;
  return change('user-revoke-role', AuthService.UserRevokeRole, EMPTY, denied ?? auth.revokeRole(name, role));
}

function applyRole(m: Parts, r: InternalRaftRequest, who: AuthInfo): AuthApplied | undefined {
  const { auth } = m.machine;
  const denied = refuseManager(m, who);
  if (r.authRoleAdd !== undefined) return change('role-add', AuthService.RoleAdd, EMPTY, denied ?? auth.addRole(r.authRoleAdd.name));
  if (r.authRoleDelete !== undefined)
    return change('role-delete', AuthService.RoleDelete, EMPTY, denied ?? auth.deleteRole(r.authRoleDelete.role));
  if (r.authRoleGrantPermission !== undefined) {
    const { name, perm } = r.authRoleGrantPermission;
    // 3.4 looks for the role first, and falls over a missing permission; 3.5 looks at the permission first.
    const isUnknown = versionRules(m.config).findsRoleFirst && auth.permissionsOf(name) === undefined;
    const refusal = denied ?? (isUnknown ? ERRORS.RoleNotFound : auth.grantPermission(name, perm));
    return change('role-grant-permission', AuthService.RoleGrantPermission, EMPTY, refusal);
  }
  if (r.authRoleRevokePermission === undefined) return undefined;
  const { role } = r.authRoleRevokePermission;
  const refusal = denied ?? auth.revokePermission(role, r.authRoleRevokePermission);
  return change('role-revoke-permission', AuthService.RoleRevokePermission, EMPTY, refusal);
}
