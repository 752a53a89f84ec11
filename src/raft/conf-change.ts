/**
 * Configuration changes as they are proposed, and their form in an entry's data, which is etcd's protobuf form: entries of
 * configuration changes lie in the WAL and must mean the same there.
 */

import { nodeId, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { ProtoReader, ProtoWriter } from '#raft/proto.ts';
import type { EntryType } from '#raft/entry.ts';

/** What one operation does to its node. */
export type ConfChangeType = 'add-node' | 'remove-node' | 'update-node' | 'add-learner-node';

/** How a change is carried out: `auto` takes the simple way if it can, the others always go through a joint configuration. */
export type ConfChangeTransition = 'auto' | 'joint-implicit' | 'joint-explicit';

/** One operation of a change. */
export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: NodeId;
}

/** The first form: exactly one operation. */
export interface ConfChangeV1 {
  readonly version: 1;
  /** The application's own name of the change; the core only carries it. */
  readonly id: bigint;
  readonly change: ConfChangeSingle;
  readonly context: Bytes;
}

/** The second form: any number of operations; none, with the transition `auto`, leaves a joint configuration. */
export interface ConfChangeV2 {
  readonly version: 2;
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Bytes;
}

export type ConfChange = ConfChangeV1 | ConfChangeV2;

/** The change that leaves a joint configuration. (One that the core proposes by itself has no data at all and reads the same.) */
export const LEAVE_JOINT: ConfChangeV2 = { version: 2, transition: 'auto', changes: [], context: EMPTY_BYTES };

/** What a change asks for. */
export type ConfChangePlan =
  { readonly type: 'simple' } | { readonly type: 'enter-joint'; readonly autoLeave: boolean } | { readonly type: 'leave-joint' };

/** The same change in the second form. */
export function toV2(change: ConfChange): ConfChangeV2 {
  if (change.version === 2) return change;
  return { version: 2, transition: 'auto', changes: [change.change], context: change.context };
}

/** Which of the three ways a change takes: joint iff it is asked for or there is more than one operation; no operation leaves. */
export function planOf(change: ConfChangeV2): ConfChangePlan {
  if (change.transition === 'auto' && change.changes.length === 0) return { type: 'leave-joint' };
  if (change.transition !== 'auto' || change.changes.length > 1)
    return { type: 'enter-joint', autoLeave: change.transition !== 'joint-explicit' };
  return { type: 'simple' };
}

const TYPES: readonly ConfChangeType[] = ['add-node', 'remove-node', 'update-node', 'add-learner-node'];
const TRANSITIONS: readonly ConfChangeTransition[] = ['auto', 'joint-implicit', 'joint-explicit'];

/** The entry type that carries the change. */
export const confChangeEntryType = (change: ConfChange): EntryType => (change.version === 1 ? 'EntryConfChange' : 'EntryConfChangeV2');

/** A change as an entry's data. */
export function encodeConfChange(change: ConfChange): Bytes {
  const w = new ProtoWriter();
  if (change.version === 1) {
    w.uint64(1, change.id)
      .uint64(2, BigInt(TYPES.indexOf(change.change.type)))
      .uint64(3, change.change.nodeId);
    if (change.context.length > 0) w.bytes(4, change.context);
    return w.finish();
  }
  w.uint64(1, BigInt(TRANSITIONS.indexOf(change.transition)));
  for (const { type, nodeId: id } of change.changes) {
    w.bytes(
      2,
      new ProtoWriter()
        .uint64(1, BigInt(TYPES.indexOf(type)))
        .uint64(2, id)
        .finish(),
    );
  }
  if (change.context.length > 0) w.bytes(3, change.context);
  return w.finish();
}

/**
 * Reads an entry's data.
 * @throws DecodeError if the data is malformed or names an unknown type or transition
 */
export function decodeConfChange(type: 'EntryConfChange' | 'EntryConfChangeV2', data: Bytes): ConfChange {
  return type === 'EntryConfChange' ? decodeV1(data) : decodeV2(data);
}

function decodeV1(data: Bytes): ConfChangeV1 {
  const r = new ProtoReader(data);
  let id = 0n;
  let type: ConfChangeType = 'add-node';
  let node = 0n;
  let context = EMPTY_BYTES;
  while (r.next()) {
    if (r.field === 1) id = r.uint64();
    else if (r.field === 2) type = r.oneOf(TYPES);
    else if (r.field === 3) node = r.uint64();
    else if (r.field === 4) context = r.bytes();
    else r.skip();
  }
  return { version: 1, id, change: { type, nodeId: nodeId(node) }, context };
}

function decodeV2(data: Bytes): ConfChangeV2 {
  const r = new ProtoReader(data);
  let transition: ConfChangeTransition = 'auto';
  const changes: ConfChangeSingle[] = [];
  let context = EMPTY_BYTES;
  while (r.next()) {
    if (r.field === 1) transition = r.oneOf(TRANSITIONS);
    else if (r.field === 2) changes.push(decodeSingle(r.bytes()));
    else if (r.field === 3) context = r.bytes();
    else r.skip();
  }
  return { version: 2, transition, changes, context };
}

function decodeSingle(data: Bytes): ConfChangeSingle {
  const r = new ProtoReader(data);
  let type: ConfChangeType = 'add-node';
  let node = 0n;
  while (r.next()) {
    if (r.field === 1) type = r.oneOf(TYPES);
    else if (r.field === 2) node = r.uint64();
    else r.skip();
  }
  return { type, nodeId: nodeId(node) };
}

const LETTERS: Readonly<Record<ConfChangeType, string>> = {
  'add-node': 'v',
  'add-learner-node': 'l',
  'remove-node': 'r',
  'update-node': 'u',
};

/** Operations as `v1 l2 r3 u4`: voter, learner, removed, updated; ids decimal. */
export const formatChanges = (changes: readonly ConfChangeSingle[]): string =>
  changes.map(({ type, nodeId: id }) => `${LETTERS[type]}${id}`).join(' ');

/** Reads {@link formatChanges}'s text; undefined if it is malformed. Empty text is no operation. */
export function parseChanges(text: string): ConfChangeSingle[] | undefined {
  const changes: ConfChangeSingle[] = [];
  for (const token of text.split(/\s+/).filter((word) => word !== '')) {
    const type = TYPES.find((candidate) => LETTERS[candidate] === token[0]);
    if (type === undefined || !/^\d+$/.test(token.slice(1))) return undefined;
    changes.push({ type, nodeId: nodeId(BigInt(token.slice(1))) });
  }
  return changes;
}
