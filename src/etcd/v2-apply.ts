/** Applies requests of the v2 API that come from the log (server/etcdserver/apply_v2.go). */

import type { Request } from '#api/gen/raft-internal.ts';
import { nodeId, simTime, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { textOfBytes } from '#v2/go-text.ts';
import type { Lifetime, V2Result } from '#v2/store.ts';
import { onVersionSet } from '#etcd/leadership.ts';
import { isLeader, type Parts } from '#etcd/parts.ts';
import { parseAttributes } from '#etcd/publish.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';
import { wallNanos } from '#etcd/time-of-day.ts';
import { keepSet, VERSION_KEY } from '#etcd/v2-store.ts';

/** The leader removes what has expired this often, µs. */
const SYNC_MICROS = 500_000;

/** What an entry did: a short word and the key, for the trace; the result for whoever waits, undefined where nobody does. */
export interface V2Applied {
  readonly what: string;
  readonly key: Bytes | undefined;
  readonly result: V2Result | undefined;
}

/** Applies a request of the log. What members say of themselves, and the cluster's version, change the membership too. */
export function applyV2(m: Parts, r: Request): V2Applied {
  const path = textOfBytes(r.Path);
  if (r.Method === 'PUT' && isPlainSet(r)) {
    if (path === VERSION_KEY) {
      onVersionSet(m, textOfBytes(r.Val));
      keepSet(m, path, textOfBytes(r.Val));
      return { what: 'cluster-version', key: undefined, result: undefined };
    }
    const attributes = parseAttributes(r);
    if (attributes !== undefined) {
      m.machine.cluster.publish(nodeId(attributes.id), attributes.name, attributes.clientUrls);
      if (m.machine.cluster.get(nodeId(attributes.id)) !== undefined) keepSet(m, path, textOfBytes(r.Val));
      return { what: 'publish', key: undefined, result: undefined };
    }
  }
  const result = changeStore(m, r, path);
  if (result === undefined) return { what: 'v2', key: undefined, result: undefined };
  const key: Bytes | undefined = r.Path.length > 2 ? r.Path.subarray(2) : undefined;
  return { what: `v2 ${r.Method.toLowerCase()}`, key, result };
}

const isPlainSet = (r: Request): boolean => r.PrevExist === undefined && r.PrevIndex === 0n && r.PrevValue.length === 0;

/** @returns undefined for a request that answers nothing */
function changeStore(m: Parts, r: Request, path: string): V2Result | undefined {
  const { v2 } = m.machine;
  const now = wallNanos(m);
  const value = textOfBytes(r.Val);
  const lifetime: Lifetime = { expiration: r.Expiration, refresh: r.Refresh ?? false };
  const expected = { prevValue: textOfBytes(r.PrevValue), prevIndex: r.PrevIndex };
  const compares = r.PrevIndex > 0n || expected.prevValue !== '';
  switch (r.Method) {
    case 'POST':
      return v2.create(path, true, { dir: r.Dir, value, lifetime }, now);
    case 'PUT':
      if (r.PrevExist === false) return v2.create(path, false, { dir: r.Dir, value, lifetime }, now);
      if (compares) return v2.compareAndSwap(path, expected, { value, lifetime }, now);
      if (r.PrevExist === true) return v2.update(path, value, lifetime, now);
      return v2.set(path, { dir: r.Dir, value, lifetime }, now);
    case 'DELETE':
      return compares ? v2.compareAndDelete(path, expected, now) : v2.delete(path, { dir: r.Dir, recursive: r.Recursive }, now);
    case 'QGET':
      return v2.get(path, { recursive: r.Recursive, sorted: r.Sorted }, now);
    case 'SYNC':
      v2.deleteExpired(r.Time, now);
      return undefined;
    default:
      return undefined;
  }
}

/** While a key is to expire, the leader's ticker runs; its phase is the member's start. */
export function armSync(m: Parts): void {
  const { loop, info, out } = m;
  if (!isLeader(m) || m.machine.v2.mortal.size === 0) loop.syncAt = simTime(0);
  else if (loop.syncAt === 0) loop.syncAt = simTime(info.now + (Math.floor((out.now - info.now) / SYNC_MICROS) + 1) * SYNC_MICROS);
}

/** The ticker's tick: every member removes, at this entry, what has expired by the leader's clock. */
export function onSyncTimer(m: Parts, cause: EventId): void {
  if (m.loop.syncAt === 0 || m.out.now < m.loop.syncAt) return;
  m.loop.syncAt = simTime(0);
  proposeV2(m, { type: 'nobody' }, { Method: 'SYNC', path: '', Time: wallNanos(m) }, cause);
}
