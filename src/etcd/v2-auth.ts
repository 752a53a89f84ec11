/**
 * `/v2/auth` (etcdserver/api/v2http/client_auth.go). A request asks the store several times, partly through the log: what it was told so far is
 * kept with the call, and with each new answer it begins anew and passes over what it knows. So a checkpoint can carry it.
 */

import { goTextJson } from '#v2/go-text.ts';
import { type EventId } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { cleanKey } from '#v2/key-path.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { headerOf, isRefused, type Ask } from '#etcd/http-ask.ts';
import { sendWhole } from '#etcd/http-head.ts';
import type { Parts } from '#etcd/parts.ts';
import { clusterHeader, JSON_TYPE, sendKeyError, sendMessage, traceAnswer, traceRequest } from '#etcd/v2-answers.ts';
import { askHere, isRoot } from '#etcd/v2-auth-access.ts';
import { isEmpty, parseRole, parseUser, roleJson, userJson } from '#etcd/v2-auth-model.ts';
import * as store from '#etcd/v2-auth-store.ts';
import type { AuthRequest, V2Call } from '#etcd/v2-calls.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';

/** What a request is answered with; a text without a status is an error's. */
type Reply =
  | { readonly type: 'json'; readonly status: number; readonly body: string }
  | { readonly type: 'refused'; readonly refusal: store.Refusal }
  | { readonly type: 'message'; readonly status: number; readonly message: string }
  | { readonly type: 'no-auth' };

const json = (body: string, status = 200): Reply => ({ type: 'json', status, body: `${body}\n` });
const EMPTY: Reply = { type: 'json', status: 200, body: '' };
const refused = (refusal: store.Refusal): Reply => ({ type: 'refused', refusal });
const message = (status: number, text: string): Reply => ({ type: 'message', status, message: text });
const BAD_JSON = message(400, 'Invalid JSON in request body.');

type Route =
  | { readonly type: 'enable' }
  | { readonly type: 'list'; readonly kind: 'users' | 'roles' }
  | { readonly type: 'one'; readonly kind: 'users' | 'roles'; readonly name: string }
  | { readonly type: 'invalid' };

/** @returns undefined for a path that nobody serves */
function routeOf(path: string): Route | undefined {
  if (path === '/v2/auth/enable') return { type: 'enable' };
  const kind = /^\/v2\/auth\/(users|roles)(?:\/|$)/.exec(path)?.[1];
  if (kind !== 'users' && kind !== 'roles') return undefined;
  const [, , name, ...more] = cleanKey(path.slice('/v2/auth'.length)).split('/');
  if (name === undefined) return { type: 'list', kind };
  return more.length > 0 ? { type: 'invalid' } : { type: 'one', kind, name };
}

/** Serves a request on users, roles and whether they count. @returns false if the path is another */
export function serveAuth(m: Parts, ask: Ask): boolean {
  const route = routeOf(ask.path);
  if (route === undefined) return false;
  const { item } = ask;
  if (route.type === 'invalid') sendMessage(m, item.id, 400, 'Invalid path', ask.event, []);
  else if (!isRefused(m, ask, ...(route.type === 'list' ? ['GET'] : ['GET', 'PUT', 'DELETE']))) {
    const event = traceRequest(m, ask, '/v2/auth', '');
    const request = { method: item.method, path: ask.path, authorization: headerOf(item, 'authorization'), body: item.body };
    const call: OpenCall = { id: item.id, method: '/v2/auth', token: '', event, http: { kind: 'v2', started: false } };
    m.calls.open(call);
    continueAuth(m, call, { type: 'auth', request, ensured: m.v2.hasAuthDirectories, results: [] }, event);
  }
  return true;
}

type AuthCall = Extract<V2Call, { type: 'auth' }>;

/** Goes on as far as the answers lead. */
export function continueAuth(m: Parts, call: OpenCall, state: AuthCall, cause: EventId): void {
  const run = handle(state.request, state.ensured);
  const results = [...state.results];
  let step = run.next();
  for (let i = 0; step.done !== true; i++) {
    const known = results[i];
    if (known === undefined && step.value.type !== 'get') {
      propose(m, call, step.value, cause);
      m.v2.set(call.id, { ...state, results });
      return;
    }
    if (known === undefined && step.value.type === 'get' && step.value.quorum) {
      proposeV2(m, { type: 'call', call: call.id }, { Method: 'QGET', path: step.value.path }, cause);
      m.v2.set(call.id, { ...state, results });
      return;
    }
    const result = known ?? (step.value.type === 'get' ? askHere(m, step.value) : undefined);
    if (result === undefined) return;
    results[i] = result;
    // The last of etcd's directories is made, or was there: it will not look again.
    if (step.value.type === 'put' && !step.value.prevExist && step.value.path.endsWith('/enabled')) m.v2.hasAuthDirectories = true;
    step = run.next(result);
  }
  m.v2.take(call.id);
  m.calls.close(call.id);
  send(m, call, step.value, cause);
}

function propose(m: Parts, call: OpenCall, ask: Exclude<store.StoreAsk, { type: 'get' }>, cause: EventId): void {
  const { path } = ask;
  const fields = ask.type === 'put' ? { Method: 'PUT', value: ask.value, Dir: ask.dir, PrevExist: ask.prevExist } : { Method: 'DELETE' };
  proposeV2(m, { type: 'call', call: call.id }, { ...fields, path }, cause);
}

function send(m: Parts, { id }: OpenCall, reply: Reply, cause: EventId): void {
  switch (reply.type) {
    case 'json':
      return sendWhole(
        m,
        id,
        { status: reply.status, headers: [JSON_TYPE, clusterHeader(m)] },
        reply.body,
        traceAnswer(m, id, '', 0, cause),
      );
    case 'message':
      return sendMessage(m, id, reply.status, reply.message, cause);
    case 'no-auth':
      return sendMessage(m, id, 401, 'Insufficient credentials', cause, []);
    case 'refused':
      if ('error' in reply.refusal) return sendKeyError(m, id, reply.refusal.error, false, cause);
      return sendMessage(m, id, reply.refusal.status, reply.refusal.message, cause);
  }
}

function* handle(request: AuthRequest, ensured: boolean): store.Asking<Reply> {
  const route = routeOf(request.path);
  const isOpen = route?.type === 'enable' && request.method === 'GET';
  if (!isOpen && !(yield* isRoot(request.authorization))) return { type: 'no-auth' };
  switch (route?.type) {
    case 'enable':
      return yield* handleEnable(request.method, ensured);
    case 'list':
      return yield* route.kind === 'users' ? listUsers() : listRoles();
    case 'one':
      return yield* (route.kind === 'users' ? handleUser : handleRole)(request, route.name, ensured);
    default:
      return message(400, 'Invalid path');
  }
}

function* handleEnable(method: string, ensured: boolean): store.Asking<Reply> {
  const isOn = yield* store.isEnabled();
  if (method === 'GET') return json(`{"enabled":${isOn}}`);
  const outcome = yield* method === 'PUT' ? store.enable(ensured) : store.disable(ensured);
  return outcome.ok ? EMPTY : refused(outcome);
}

function* listRoles(): store.Asking<Reply> {
  const names = yield* store.allNames('roles');
  if (!names.ok) return refused(names);
  const roles: string[] = [];
  for (const name of names.value) {
    const role = yield* store.getRole(name);
    if (!role.ok) return refused(role);
    roles.push(roleJson(role.value));
  }
  return json(`{"roles":[${roles.join(',')}]}`);
}

/** A user with the roles themselves instead of their names. */
function* userWithRoles(name: string): store.Asking<string | store.Refusal> {
  const user = yield* store.getUser(name);
  if (!user.ok) return user;
  const roles: string[] = [];
  for (const one of user.value.roles ?? []) {
    const role = yield* store.getRole(one);
    if (role.ok) roles.push(roleJson(role.value));
  }
  return `{"user":${goTextJson(user.value.user)}${roles.length === 0 ? '' : `,"roles":[${roles.join(',')}]`}}`;
}

function* listUsers(): store.Asking<Reply> {
  const names = yield* store.allNames('users');
  if (!names.ok) return refused(names);
  const users: string[] = [];
  for (const name of names.value) {
    const user = yield* userWithRoles(name);
    if (typeof user !== 'string') return refused(user);
    users.push(user);
  }
  return json(`{"users":${users.length === 0 ? 'null' : `[${users.join(',')}]`}}`);
}

function* handleUser({ method, body }: AuthRequest, name: string, ensured: boolean): store.Asking<Reply> {
  if (method === 'GET') {
    const user = yield* userWithRoles(name);
    return typeof user === 'string' ? json(user) : refused(user);
  }
  if (method === 'DELETE') {
    const gone = yield* store.deleteUser(name, ensured);
    return gone.ok ? EMPTY : refused(gone);
  }
  const user = parseUser(fromUtf8(body));
  if (user === undefined) return BAD_JSON;
  if (user.user !== name) return message(400, 'User JSON name does not match the name in the URL');
  const changesRoles = user.grant.length + user.revoke.length > 0;
  const hasRoles = (user.roles ?? []).length > 0;
  if (changesRoles && hasRoles) return message(400, 'User JSON contains both roles and grant/revoke');
  const isUpdate = changesRoles || (!hasRoles && (yield* store.getUser(name, true)).ok);
  const outcome = yield* isUpdate ? store.updateUser(user, ensured) : store.createUser(user, ensured);
  if (!outcome.ok) return refused(outcome);
  return json(userJson({ ...outcome.value, password: '' }), isUpdate || hasRoles ? 200 : 201);
}

function* handleRole({ method, body }: AuthRequest, name: string, ensured: boolean): store.Asking<Reply> {
  if (method === 'GET') {
    const role = yield* store.getRole(name);
    return role.ok ? json(roleJson(role.value)) : refused(role);
  }
  if (method === 'DELETE') {
    const gone = yield* store.deleteRole(name, ensured);
    return gone.ok ? EMPTY : refused(gone);
  }
  const role = parseRole(fromUtf8(body));
  if (role === undefined) return BAD_JSON;
  if (role.role !== name) return message(400, 'Role JSON name does not match the name in the URL');
  const isUpdate = !isEmpty(role.grant) || !isEmpty(role.revoke);
  if (isUpdate && !isEmpty(role.permissions)) return message(400, 'Role JSON contains both permissions and grant/revoke');
  const outcome = yield* isUpdate ? store.updateRole(role, ensured) : store.createRole(role, ensured);
  return outcome.ok ? json(roleJson(outcome.value), isUpdate ? 200 : 201) : refused(outcome);
}
