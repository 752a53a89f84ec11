/** What the page's data views ask of a member: changes of keys with what was before, users and roles, the v2 tree. Nothing is changed. */

import { Permission_Type } from '#api/gen/auth.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { bytesToKey, isInRange, keyRange } from '#mvcc/byte-key.ts';
import type { StoredRevision } from '#mvcc/record.ts';
import type { NodeView } from '#v2/event.ts';
import type { Inspection } from '#etcd/contract.ts';
import type { AuthAnswer, KeyChangesAnswer, V2KeysAnswer } from '#etcd/inspection.ts';
import type { Parts } from '#etcd/parts.ts';
import { quotaOf } from '#etcd/quota.ts';
import { settingsOf } from '#etcd/settings.ts';
import { wallNanos } from '#etcd/time-of-day.ts';
import { KEYS } from '#etcd/v2-store.ts';

/** Changes that one question looks through at most. */
const SCANNED_MAX = 10_000;
/** Main revisions read at a time. */
const WINDOW = 500;
const V2_NODES_MAX = 2000;

/** Walks back through the store's changes, a window of revisions at a time. */
export function keyChangesAnswer(m: Parts, question: Extract<Inspection, { type: 'key-changes' }>): KeyChangesAnswer {
  const { kv } = m.machine;
  const range = keyRange(question.key, question.rangeEnd);
  const limit = Math.max(0, question.limit);
  const found: StoredRevision[] = [];
  const newest = question.before > 0 ? Math.min(question.before - 1, kv.currentRevision) : kv.currentRevision;
  if (range.end === undefined) {
    const [history] = kv.histories(question.key, undefined, 1);
    found.push(...(history?.revisions ?? []).filter((change) => change.modRevision <= newest).reverse());
  } else {
    let scanned = 0;
    for (let to = newest; to > 0 && found.length <= limit && scanned < SCANNED_MAX; to -= WINDOW) {
      const window = kv.changesBetween(Math.max(1, to - WINDOW + 1), to);
      scanned += Math.max(1, window.length);
      found.push(...window.filter((change) => isInRange(bytesToKey(change.key), range)).reverse());
    }
  }
  return {
    revision: kv.currentRevision,
    compactRevision: kv.compactRevision,
    more: found.length > limit,
    changes: found.slice(0, limit).map((change) => {
      const { key, value, createRevision, modRevision, version, lease, tombstone } = change;
      return { key, value, createRevision, modRevision, version, lease, tombstone, before: valueBefore(m, change) };
    }),
  };
}

function valueBefore(m: Parts, change: StoredRevision): Bytes | undefined {
  const [history] = m.machine.kv.histories(change.key, undefined, 1);
  const revisions = history?.revisions ?? [];
  const before = revisions[revisions.indexOf(change) - 1];
  return before === undefined || before.tombstone ? undefined : before.value;
}

const KINDS = { [Permission_Type.READ]: 'read', [Permission_Type.WRITE]: 'write', [Permission_Type.READWRITE]: 'readwrite' } as const;

export function authAnswer(m: Parts): AuthAnswer {
  const { auth } = m.machine;
  return {
    enabled: auth.isEnabled,
    revision: auth.revision,
    users: auth.users().map((name) => ({ name, roles: auth.rolesOf(name) ?? [] })),
    roles: auth.roles().map((name) => ({
      name,
      permissions: (auth.permissionsOf(name) ?? []).map(({ permType, key, rangeEnd }) => ({
        kind: KINDS[permType],
        key,
        rangeEnd,
      })),
    })),
  };
}

export function v2KeysAnswer(m: Parts): V2KeysAnswer {
  const { v2 } = m.machine;
  const nodes: V2KeysAnswer['nodes'][number][] = [];
  const walk = (node: NodeView): void => {
    if (node.key !== KEYS && nodes.length <= V2_NODES_MAX) {
      const { dir, value = '', ttl, createdIndex, modifiedIndex } = node;
      nodes.push({ key: node.key.slice(KEYS.length), dir, value, ttl, createdIndex, modifiedIndex });
    }
    for (const child of node.nodes ?? []) walk(child);
  };
  const root = v2.peek(KEYS, wallNanos(m));
  if (root !== undefined) walk(root);
  return {
    enabled: settingsOf(m.config).enableV2,
    index: v2.index,
    more: nodes.length > V2_NODES_MAX,
    nodes: nodes.slice(0, V2_NODES_MAX),
  };
}

/** The quota in force, bytes; -1 if there is none: plain data has no infinity. */
export function quotaShown(m: Parts): number {
  const quota = quotaOf(m.config);
  return quota === Infinity ? -1 : quota;
}
