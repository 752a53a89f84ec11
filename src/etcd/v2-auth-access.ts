/**
 * Who may use the v2 API (etcdserver/api/v2http/client_auth.go). Without a name it is the guest, where auth is enabled. Users and roles are looked
 * up here with each request, which the counters of reads show, as etcd's do.
 */

import { passwordHash } from '#auth/auth-store.ts';
import { fromBase64 } from '#kernel/base64.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import type { V2Result } from '#v2/store.ts';
import type { Parts } from '#etcd/parts.ts';
import { covers, GUEST_NAME, ROOT_NAME, type V2User } from '#etcd/v2-auth-model.ts';
import { getRole, getUser, isEnabled, type Asking, type StoreAsk } from '#etcd/v2-auth-store.ts';
import { wallNanos } from '#etcd/time-of-day.ts';

/** A read of the member's own store. */
export const askHere = (m: Parts, { path }: Extract<StoreAsk, { type: 'get' }>): V2Result =>
  m.machine.v2.get(path, { recursive: false, sorted: false }, wallNanos(m));

/** Runs questions that need only what this member has. */
function runHere<T>(m: Parts, asking: Asking<T>, fallback: T): T {
  let step = asking.next();
  while (step.done !== true) {
    if (step.value.type !== 'get') return fallback;
    step = asking.next(askHere(m, step.value));
  }
  return step.value;
}

/** The user of a request's basic authentication; undefined if there is none, or the password is wrong. */
function* userOf(authorization: string): Asking<V2User | undefined> {
  const encoded = /^basic (.*)$/i.exec(authorization)?.[1];
  const decoded = encoded === undefined ? undefined : fromBase64(encoded);
  const text = decoded?.type === 'ok' ? fromUtf8(decoded.bytes) : undefined;
  const cut = text?.indexOf(':') ?? -1;
  if (text === undefined || cut < 0) return undefined;
  const name = text.slice(0, cut);
  const user = yield* getUser(name);
  return user.ok && user.value.password === passwordHash(name, text.slice(cut + 1)) ? user.value : undefined;
}

/** Whether a request comes from root, or nobody asks. */
export function* isRoot(authorization: string): Asking<boolean> {
  if (!(yield* isEnabled())) return true;
  const user = yield* userOf(authorization);
  return user?.roles?.includes(ROOT_NAME) === true;
}

interface KeyUse {
  readonly authorization: string;
  readonly method: string;
  /** As it was sent, without `/v2/keys`. */
  readonly key: string;
  readonly recursive: boolean;
}

function* mayUse({ authorization, method, key, recursive }: KeyUse): Asking<boolean> {
  if (!(yield* isEnabled())) return true;
  const writes = method !== 'GET' && method !== 'HEAD';
  if (authorization === '') {
    const guest = yield* getRole(GUEST_NAME);
    return guest.ok && covers(guest.value, key, writes, false);
  }
  for (const name of (yield* userOf(authorization))?.roles ?? []) {
    const role = yield* getRole(name);
    if (role.ok && covers(role.value, key, writes, recursive)) return true;
  }
  return false;
}

/** Whether a request may change the cluster. */
export const mayAdminister = (m: Parts, authorization: string): boolean => runHere(m, isRoot(authorization), false);

/** Whether a request may use a key. */
export const mayUseKey = (m: Parts, use: KeyUse): boolean => runHere(m, mayUse(use), false);
