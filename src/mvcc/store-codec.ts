/**
 * The whole store as bytes, for Raft snapshots and checkpoints: a decoded store behaves as the encoded one did, pending physical compactions
 * and the file's pages included. Lease links are not part of it.
 */

import { leaseId, revision } from '#kernel/brand.ts';
import { present } from '#kernel/assert.ts';
import { BlockCodec, type BlockSource } from '#kernel/blocks.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { bytesToKey } from '#mvcc/byte-key.ts';
import { DbSize } from '#mvcc/db-size.ts';
import { KeyIndex } from '#mvcc/key-index.ts';
import type { LeaseLinks, StoredRevision } from '#mvcc/record.ts';
import { RevisionLog } from '#mvcc/revision-log.ts';
import type { MvccStore } from '#mvcc/store.ts';
import { NO_LEASES, type MvccProfile, type PendingCompaction, type StoreState } from '#mvcc/store-state.ts';

const FORMAT = 1;
/** With most changes in blocks beside it: only in checkpoints. */
const FORMAT_BLOCKS = 2;
const PROFILES: readonly MvccProfile[] = ['3.4.23', '3.5'];
/** 2 once marked what a compaction had given up; the physical pass finds that out by itself. */
const FLAG = { tombstone: 1, lease: 4 } as const;

/** A value changes hands as it is: it shares memory with the block that it came in. */
const CHANGES = new BlockCodec<StoredRevision>(32, (change) => change.modRevision, writeChange, readChange);

/**
 * Everything of the store but its watchers and lease links. No write transaction may be open.
 * @param blocks gets most of the changes, in blocks that are the same objects each time; undefined: all is in the result
 */
export function encodeStore(store: MvccStore, blocks?: Bytes[]): Bytes {
  const s = store.state();
  const w = new Writer(4096);
  w.u8(blocks === undefined ? FORMAT : FORMAT_BLOCKS).u8(PROFILES.indexOf(s.profile));
  w.varint(s.currentRevision)
    .varint(s.compactRevision + 1)
    .varint(s.finishedCompactRevision + 1)
    .varint(s.compactionCursor);
  w.varint(s.pendingCompactions.length);
  for (const { revision, follows } of s.pendingCompactions) w.varint(revision).bool(follows);
  w.u32(s.compactionHash.kept).u32(s.compactionHash.all).bool(s.compactionHash.keeps);
  const changes = s.log.all();
  let from = 0;
  if (blocks !== undefined) {
    const before = blocks.length;
    from = CHANGES.write(changes, blocks);
    w.varint(blocks.length - before);
  }
  w.varint(changes.length - from);
  for (let i = from; i < changes.length; i++) writeChange(w, present(changes[i], 'a change'));
  s.size.encode(w);
  return w.finish();
}

/**
 * The state of an encoded store: for `new MvccStore(options, state)`, `new WatchableStore(options, state)` or `replaceState`.
 * @param blocks those that {@link encodeStore} put beside the bytes
 * @param leases who is told about keys and leases from now on; the keys that hang on leases now are `leasedKeys()`
 * @throws DecodeError
 */
export function decodeStore(bytes: Bytes, leases: LeaseLinks = NO_LEASES, blocks?: BlockSource): StoreState {
  const r = new Reader(bytes);
  const format = r.u8();
  if (format !== (blocks === undefined ? FORMAT : FORMAT_BLOCKS)) throw new DecodeError(`store: format ${format}, expected ${FORMAT}`);
  const profileNumber = r.u8();
  const profile = PROFILES[profileNumber];
  if (profile === undefined) throw new DecodeError(`store: unknown profile ${profileNumber}`);
  const currentRevision = r.varint();
  const compactRevision = r.varint() - 1;
  const finishedCompactRevision = r.varint() - 1;
  const compactionCursor = r.varint();
  const pendingCompactions: PendingCompaction[] = [];
  for (let n = r.varint(); n > 0; n--) pendingCompactions.push({ revision: r.varint(), follows: r.bool() });
  const compactionHash = { kept: r.u32(), all: r.u32(), keeps: r.bool() };
  const log = new RevisionLog();
  const index = new KeyIndex();
  const add = (change: StoredRevision): void => {
    log.append(change);
    index.append(keyOf(change), change);
  };
  for (const block of blocks?.take(r.varint()) ?? []) for (const change of CHANGES.read(block)) add(change);
  for (let n = r.varint(); n > 0; n--) add(readChange(r));
  const size = DbSize.decode(r, log.all());
  if (!r.done) throw new DecodeError(`store: ${bytes.length - r.offset} bytes after its end`);
  return {
    profile,
    leases,
    index,
    log,
    size,
    currentRevision,
    compactRevision,
    pendingCompactions,
    compactionCursor,
    compactionHash,
    finishedCompactRevision,
    writing: false,
  };
}

const KEYS = new WeakMap<StoredRevision, string>();

/** Members that share a block share the keys of its changes. */
function keyOf(change: StoredRevision): string {
  const known = KEYS.get(change);
  if (known !== undefined) return known;
  const key = bytesToKey(change.key);
  KEYS.set(change, key);
  return key;
}

/** One change with its revision. */
export function writeChange(w: Writer, c: StoredRevision): void {
  w.u8((c.tombstone ? FLAG.tombstone : 0) | (c.lease === 0n ? 0 : FLAG.lease));
  w.varint(c.modRevision).varint(c.sub).bytes(c.key);
  if (!c.tombstone) w.varint(c.createRevision).varint(c.version).bytes(c.value);
  if (c.lease !== 0n) w.u64(c.lease);
}

/** The bytes are views into the source. @throws DecodeError */
export function readChange(r: Reader): StoredRevision {
  const flags = r.u8();
  const tombstone = (flags & FLAG.tombstone) !== 0;
  const modRevision = revision(r.varint());
  const sub = r.varint();
  const key = r.bytes();
  const createRevision = revision(tombstone ? 0 : r.varint());
  const version = tombstone ? 0 : r.varint();
  const value = tombstone ? r.raw(0) : r.bytes();
  const lease = leaseId((flags & FLAG.lease) === 0 ? 0n : r.u64());
  // In the order in which a put makes one: compiled code knows both by the same shape.
  return { key, value, createRevision, modRevision, version, lease, sub, tombstone };
}
