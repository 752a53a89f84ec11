/**
 * What etcd does with users and roles of the v2 API (etcdserver/api/v2auth): a sequence of requests to the store, under `/2`. Each function here
 * yields its requests and is given their results; who runs it is v2-auth.ts.
 */

import { passwordHash } from '#auth/auth-store.ts';
import type { NodeView } from '#v2/event.ts';
import { V2Code, type V2Error } from '#v2/error.ts';
import type { V2Result } from '#v2/store.ts';
import {
  changeList,
  GUEST_NAME,
  parseRole,
  parseUser,
  roleJson,
  roleOfAll,
  ROOT_NAME,
  userJson,
  type V2Role,
  type V2User,
} from '#etcd/v2-auth-model.ts';

/** A request to the store: here, or with `quorum` and for all changes through the log. */
export type StoreAsk =
  | { readonly type: 'get'; readonly path: string; readonly quorum: boolean }
  | { readonly type: 'put'; readonly path: string; readonly value: string; readonly dir: boolean; readonly prevExist: boolean }
  | { readonly type: 'delete'; readonly path: string };

/** A sequence of requests that ends with a value. */
export type Asking<T> = Generator<StoreAsk, T, V2Result>;

/** etcd's refusal with its status, or the store's own. */
export type Refusal =
  { readonly ok: false; readonly status: number; readonly message: string } | { readonly ok: false; readonly error: V2Error };
type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal;

const refuse = (status: number, message: string): Refusal => ({ ok: false, status, message: `auth: ${message}` });
const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });

const ROOT = '/2';

function* get(path: string, quorum: boolean): Asking<V2Result> {
  return yield { type: 'get', path: `${ROOT}${path}`, quorum };
}

/** Makes the directories once in a member's life, before anything is changed. @returns what stands against it */
function* ensure(ensured: boolean): Asking<V2Result | undefined> {
  if (ensured) return undefined;
  for (const dir of ['', '/users/', '/roles/']) {
    const made: V2Result = yield { type: 'put', path: `${ROOT}${dir}`, value: '', dir: true, prevExist: false };
    if (!made.ok && made.error.code !== V2Code.NodeExist) return made;
  }
  const off: V2Result = yield { type: 'put', path: `${ROOT}/enabled`, value: 'false', dir: false, prevExist: false };
  return !off.ok && off.error.code !== V2Code.NodeExist ? off : undefined;
}

function* put(path: string, value: string, prevExist: boolean, ensured: boolean): Asking<V2Result> {
  return (yield* ensure(ensured)) ?? (yield { type: 'put', path: `${ROOT}${path}`, value, dir: false, prevExist });
}

function* remove(path: string, ensured: boolean): Asking<V2Result> {
  return (yield* ensure(ensured)) ?? (yield { type: 'delete', path: `${ROOT}${path}` });
}

const done = (result: V2Result): Outcome<undefined> => (result.ok ? ok(undefined) : { ok: false, error: result.error });
const isMissing = (result: V2Result): boolean => !result.ok && result.error.code === V2Code.KeyNotFound;
const exists = (result: V2Result): boolean => !result.ok && result.error.code === V2Code.NodeExist;

/** Whether users and roles count. */
export function* isEnabled(): Asking<boolean> {
  const result = yield* get('/enabled', false);
  return result.ok && result.event.node.value === 'true';
}

export function* getUser(name: string, quorum = false): Asking<Outcome<V2User>> {
  const result = yield* get(`/users/${name}`, quorum);
  if (isMissing(result)) return refuse(404, `User ${name} does not exist.`);
  if (!result.ok) return { ok: false, error: result.error };
  const user = parseUser(result.event.node.value ?? '') ?? { user: name, password: '', roles: undefined, grant: [], revoke: [] };
  return ok(withRoot(user));
}

/** The root user has the root role, whatever was said. */
const withRoot = (user: V2User): V2User =>
  user.user !== ROOT_NAME || user.roles?.includes(ROOT_NAME) === true ? user : { ...user, roles: [...(user.roles ?? []), ROOT_NAME] };

export function* getRole(name: string, quorum = false): Asking<Outcome<V2Role>> {
  if (name === ROOT_NAME) return ok(roleOfAll(ROOT_NAME));
  const result = yield* get(`/roles/${name}`, quorum);
  if (isMissing(result)) return refuse(404, `Role ${name} does not exist.`);
  if (!result.ok) return { ok: false, error: result.error };
  return ok(parseRole(result.event.node.value ?? '') ?? { ...roleOfAll(name), permissions: { read: undefined, write: undefined } });
}

const namesIn = (nodes: readonly NodeView[] | undefined): readonly string[] =>
  (nodes ?? []).map(({ key }) => key.slice(key.lastIndexOf('/') + 1));

/** Names of all users or roles, sorted; the root role is always there. */
export function* allNames(kind: 'users' | 'roles'): Asking<Outcome<readonly string[]>> {
  const always = kind === 'roles' ? [ROOT_NAME] : [];
  const result = yield* get(`/${kind}/`, false);
  if (isMissing(result)) return ok(always);
  if (!result.ok) return { ok: false, error: result.error };
  return ok([...always, ...namesIn(result.event.node.nodes)].sort());
}

export function* createUser(user: V2User, ensured: boolean): Asking<Outcome<V2User>> {
  if (user.password === '') return refuse(400, `Cannot create user ${user.user} with an empty password`);
  const stored = { ...withRoot(user), password: passwordHash(user.user, user.password) };
  const result = yield* put(`/users/${user.user}`, userJson(stored), false, ensured);
  if (exists(result)) return refuse(409, `User ${user.user} already exists.`);
  return result.ok ? ok(stored) : { ok: false, error: result.error };
}

export function* updateUser(user: V2User, ensured: boolean): Asking<Outcome<V2User>> {
  const old = yield* getUser(user.user, true);
  if (!old.ok) return old;
  const before = old.value;
  const roles = changeList(before.roles ?? [], user.grant, user.revoke);
  if (!roles.ok) return refuse(409, `Granting duplicate role ${roles.duplicate} for user ${user.user}`);
  const missing = user.revoke.find((role) => !(before.roles ?? []).includes(role) && !user.grant.includes(role));
  if (missing !== undefined) return refuse(409, `Revoking ungranted role ${missing} for user ${user.user}`);
  const password = user.password === '' ? before.password : passwordHash(user.user, user.password);
  const changed: V2User = { ...before, password, roles: roles.list };
  // A password is always new: etcd's hash of it has a salt.
  if (user.password === '' && userJson(changed) === userJson(before))
    return refuse(400, 'User not updated. Use grant/revoke/password to update the user.');
  const result = yield* put(`/users/${user.user}`, userJson(changed), true, ensured);
  return result.ok ? ok(changed) : { ok: false, error: result.error };
}

export function* deleteUser(name: string, ensured: boolean): Asking<Outcome<undefined>> {
  if ((yield* isEnabled()) && name === ROOT_NAME) return refuse(403, 'Cannot delete root user while auth is enabled.');
  const result = yield* remove(`/users/${name}`, ensured);
  return isMissing(result) ? refuse(404, `User ${name} does not exist`) : done(result);
}

const refuseRoot = (role: string): Refusal => refuse(403, `Cannot modify role ${role}: is root role.`);

export function* createRole(role: V2Role, ensured: boolean): Asking<Outcome<V2Role>> {
  if (role.role === ROOT_NAME) return refuseRoot(role.role);
  const result = yield* put(`/roles/${role.role}`, roleJson(role), false, ensured);
  if (exists(result)) return refuse(409, `Role ${role.role} already exists.`);
  return result.ok ? ok(role) : { ok: false, error: result.error };
}

export function* updateRole(role: V2Role, ensured: boolean): Asking<Outcome<V2Role>> {
  if (role.role === ROOT_NAME) return refuseRoot(role.role);
  const old = yield* getRole(role.role, true);
  if (!old.ok) return old;
  const { permissions } = old.value;
  const read = changeList(permissions.read ?? [], role.grant?.read ?? [], role.revoke?.read ?? []);
  if (!read.ok) return refuse(409, `Granting duplicate read permission ${read.duplicate}`);
  const write = changeList(permissions.write ?? [], role.grant?.write ?? [], role.revoke?.write ?? []);
  if (!write.ok) return refuse(409, `Granting duplicate write permission ${write.duplicate}`);
  const changed: V2Role = { ...old.value, permissions: { read: read.list, write: write.list } };
  if (roleJson(changed) === roleJson(old.value)) return refuse(400, 'Role not updated. Use grant/revoke to update the role.');
  const result = yield* put(`/roles/${role.role}`, roleJson(changed), true, ensured);
  return result.ok ? ok(changed) : { ok: false, error: result.error };
}

export function* deleteRole(name: string, ensured: boolean): Asking<Outcome<undefined>> {
  if (name === ROOT_NAME) return refuseRoot(name);
  const result = yield* remove(`/roles/${name}`, ensured);
  return isMissing(result) ? refuse(404, `Role ${name} doesn't exist.`) : done(result);
}

export function* enable(ensured: boolean): Asking<Outcome<undefined>> {
  if (yield* isEnabled()) return refuse(409, 'already enabled');
  if (!(yield* getUser(ROOT_NAME, true)).ok) return refuse(409, 'No root user available, please create one');
  let isThere = ensured;
  if (!(yield* getRole(GUEST_NAME, true)).ok) {
    const made = yield* createRole(roleOfAll(GUEST_NAME), ensured);
    if (!made.ok) return made;
    isThere = true;
  }
  return done(yield* put('/enabled', 'true', true, isThere));
}

export function* disable(ensured: boolean): Asking<Outcome<undefined>> {
  if (!(yield* isEnabled())) return refuse(409, 'already disabled');
  return done(yield* put('/enabled', 'false', true, ensured));
}
