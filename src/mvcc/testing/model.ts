/** A store so simple that it is right by inspection: the list of all changes ever made. The engine's tests are held against it. */

import { bytesToKey, isInRange, keyRange } from '#mvcc/byte-key.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { equalBytes } from '#kernel/bytes.ts';

/** One change; `value` undefined: a delete. */
export interface ModelChange {
  readonly revision: number;
  readonly key: Bytes;
  readonly value: Bytes | undefined;
  readonly lease: bigint;
}

export interface ModelKey {
  readonly key: Bytes;
  readonly value: Bytes;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: bigint;
}

export type ModelOp =
  | { readonly type: 'put'; readonly key: Bytes; readonly value: Bytes; readonly lease: bigint }
  | { readonly type: 'delete'; readonly key: Bytes; readonly rangeEnd: Bytes };

export class Model {
  readonly changes: ModelChange[] = [];
  revision = 1;
  compacted = -1;

  /** Applies one transaction. */
  apply(ops: readonly ModelOp[]): void {
    const next = this.revision + 1;
    const before = this.changes.length;
    for (const op of ops) {
      if (op.type === 'put') this.changes.push({ revision: next, key: op.key, value: op.value, lease: op.lease });
      else {
        for (const kv of this.at(next, op.key, op.rangeEnd))
          this.changes.push({ revision: next, key: kv.key, value: undefined, lease: 0n });
      }
    }
    if (this.changes.length > before) this.revision = next;
  }

  /** Keys of an interval as they were at a revision, in byte order. */
  at(revision: number, key: Bytes, rangeEnd: Bytes): readonly ModelKey[] {
    const range = keyRange(key, rangeEnd);
    const live = new Map<string, ModelKey>();
    for (const c of this.changes) {
      const k = bytesToKey(c.key);
      if (c.revision > revision || !isInRange(k, range)) continue;
      const old = live.get(k);
      if (c.value === undefined) live.delete(k);
      else {
        live.set(k, {
          key: c.key,
          value: c.value,
          createRevision: old?.createRevision ?? c.revision,
          modRevision: c.revision,
          version: (old?.version ?? 0) + 1,
          lease: c.lease,
        });
      }
    }
    return [...live.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, kv]) => kv);
  }

  /** What a watcher of an interval hears of from a revision on. */
  events(from: number, key: Bytes, rangeEnd: Bytes): readonly { readonly type: string; readonly key: string; readonly revision: number }[] {
    const range = keyRange(key, rangeEnd);
    return this.changes
      .filter((c) => c.revision >= from && isInRange(bytesToKey(c.key), range))
      .map((c) => ({ type: c.value === undefined ? 'delete' : 'put', key: bytesToKey(c.key), revision: c.revision }));
  }

  /** Which key hung on which lease, as the lessor should know it. */
  leases(): ReadonlyMap<string, bigint> {
    const found = new Map<string, bigint>();
    for (const kv of this.at(this.revision, Uint8Array.of(0), Uint8Array.of(0)))
      if (kv.lease !== 0n) found.set(bytesToKey(kv.key), kv.lease);
    return found;
  }
}

/** Whether two keys are the same in all fields. */
export const sameKey = (a: ModelKey, b: ModelKey): boolean =>
  equalBytes(a.key, b.key) &&
  equalBytes(a.value, b.value) &&
  a.createRevision === b.createRevision &&
  a.modRevision === b.modRevision &&
  a.version === b.version &&
  a.lease === b.lease;
