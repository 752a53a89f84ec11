/** After a run: what was acknowledged is there, on every member, and the members' stores are equal, key by key and by etcd's own HashKV. */

import type { Violation } from '#checker/violation.ts';
import { equalBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { presentMembers } from '#checker/recovery.ts';
import type { HashAnswer } from '#etcd/inspection.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';
import type { World } from '#sim/world.ts';

/** A put that a client was told to be done. Keys are written once. */
export interface Acknowledged {
  readonly key: string;
  readonly revision: number;
}

const KEYS_MAX = 1_000_000;

/** Compares the stores of all members with each other and with what was acknowledged. The cluster must be level. */
export function checkStores(world: World, host: SyncNodeHost, acknowledged: readonly Acknowledged[]): readonly Violation[] {
  const violations: Violation[] = [];
  let first: { readonly name: string; readonly store: Plain; readonly hash: string } | undefined;
  for (const seat of presentMembers(world)) {
    const store = host.inspect(seat.actor, { type: 'keys', key: utf8('\0'), rangeEnd: utf8('\0'), revision: 0, limit: KEYS_MAX });
    const revisions = revisionsOf(store);
    for (const { key, revision } of acknowledged) {
      const found = revisions.get(key);
      if (found === revision) continue;
      const detail = `${key} was acknowledged at revision ${revision}, ${found === undefined ? 'and is not there' : `and is there at revision ${found}`}`;
      violations.push({ property: 'durability', members: [seat.name], index: 0, at: world.now, detail });
      break;
    }
    const hash = hashOf(host.inspect(seat.actor, { type: 'hash', revision: 0 }));
    if (first === undefined) first = { name: seat.name, store, hash };
    else if (!equalBytes(encodePlain(first.store), encodePlain(store)))
      violations.push({
        property: 'equal-stores',
        members: [first.name, seat.name],
        index: 0,
        at: world.now,
        detail: 'the keys that they hold differ',
      });
    else if (first.hash !== hash)
      violations.push({
        property: 'hash-kv',
        members: [first.name, seat.name],
        index: 0,
        at: world.now,
        detail: `HashKV: ${first.hash} against ${hash}`,
      });
  }
  return violations;
}

/** The member's HashAnswer, as text. */
function hashOf(answer: Plain): string {
  const { hash, revision, compactRevision } = answer as unknown as HashAnswer; // as said above
  return `${hash} at revision ${revision}, compacted at ${compactRevision}`;
}

interface KeyAnswer {
  readonly key: Uint8Array;
  readonly modRevision: number | bigint;
}

function revisionsOf(store: Plain): ReadonlyMap<string, number> {
  const keys = (store as { readonly keys?: readonly KeyAnswer[] } | undefined)?.keys ?? []; // the member's KeysAnswer
  return new Map(keys.map((k) => [fromUtf8(k.key), Number(k.modRevision)]));
}
