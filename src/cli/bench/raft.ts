/** Benchmarks of the Raft core: proposals committed a second, the commit index, the status; and what each of them allocates. */

import { logIndex, nodeId, term, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import type { Proposal } from '#raft/entry.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import type { Message } from '#raft/message.ts';
import { majorityCommitted } from '#raft/quorum.ts';
import { RawNode } from '#raft/raw-node.ts';
import { allocatedBytes } from '#cli/bench-allocation.ts';
import { rowOf, type Row } from '#cli/bench-row.ts';

const REPETITIONS = 7;
const PAYLOAD_BYTES = 16;
/** Entries kept before the log is compacted, as a member would. */
const KEEP = 5000;

interface Member {
  readonly node: RawNode;
  readonly storage: MemoryStorage;
  applied: number;
}

function startMembers(count: number): Member[] {
  const voters = Array.from({ length: count }, (_, i) => nodeId(BigInt(i + 1)));
  return voters.map((id) => {
    const storage = new MemoryStorage();
    const confState = { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    storage.applySnapshot({ index: logIndex(1), term: term(1), confState, data: EMPTY_BYTES });
    storage.setHardState({ term: term(1), vote: nodeId(0n), commit: logIndex(1) });
    const config = { id, storage, electionTicks: 10, heartbeatTicks: 1, applied: logIndex(1), prng: createPrng(1, `election/${id}`) };
    return { node: RawNode.start({ ...config, maxInflightMessages: 512, maxSizePerMessage: 1 << 20 }), storage, applied: 1 };
  });
}

/** Lets all members work until nothing is left to do. */
function settle(members: readonly Member[]): void {
  const queue: Message[] = [];
  for (let isBusy = true; isBusy;) {
    isBusy = false;
    for (const member of members) {
      if (!member.node.hasReady()) continue;
      isBusy = true;
      const ready = member.node.ready();
      if (ready.hardState !== undefined) member.storage.setHardState(ready.hardState);
      member.storage.append(ready.entries);
      member.applied = ready.committedEntries.at(-1)?.index ?? member.applied;
      queue.push(...ready.messages);
      member.node.advance();
      if (member.applied - member.storage.firstIndex() > 2 * KEEP) member.storage.compact(logIndex(member.applied - KEEP));
    }
    for (const message of queue) members[Number(message.to) - 1]?.node.step(message);
    queue.length = 0;
  }
}

interface Cluster {
  readonly members: readonly Member[];
  readonly leader: Member;
}

/** Members of which the first leads. */
function startCluster(count: number): Cluster {
  const members = startMembers(count);
  const [leader] = members;
  if (leader === undefined) throw new Error('no member');
  leader.node.campaign();
  settle(members);
  return { members, leader };
}

const proposalsOf = (batch: number): Proposal[] => {
  const data: Bytes = new Uint8Array(PAYLOAD_BYTES);
  return Array.from({ length: batch }, () => ({ type: 'EntryNormal', data }));
};

/** Commits `total` proposals in batches; returns proposals committed on every member a second. */
function commitRate(count: number, batch: number, total: number): number {
  const { members, leader } = startCluster(count);
  const before = leader.applied;
  const entries = proposalsOf(batch);
  const began = performance.now();
  for (let done = 0; done < total; done += batch) {
    leader.node.proposeBatch(entries);
    settle(members);
  }
  const seconds = (performance.now() - began) / 1000;
  const committed = Math.min(...members.map(({ applied }) => applied)) - before;
  if (committed < total) throw new Error(`committed ${committed} of ${total} proposals`);
  return committed / seconds;
}

/** Proposals committed in one sample of {@link allocatedBytes}: some hundred bytes each on every member. */
const COMMITS_PER_SAMPLE = 64;

/** Bytes allocated for one proposal, from proposing it until it is applied on every member. */
function commitBytes(count: number, batch: number): number[] {
  const { members, leader } = startCluster(count);
  const entries = proposalsOf(batch);
  const commit = (): void => {
    leader.node.proposeBatch(entries);
    settle(members);
  };
  for (let i = 0; i < 2000; i++) commit(); // compiled code allocates less
  return allocatedBytes(COMMITS_PER_SAMPLE / batch, commit).map((bytes) => bytes / batch);
}

const repeat = (run: () => number): number[] => Array.from({ length: REPETITIONS }, run);

/** Nanoseconds of one call, over `calls` of them. */
function nanosOf(calls: number, run: () => void): number {
  const began = performance.now();
  for (let i = 0; i < calls; i++) run();
  return ((performance.now() - began) * 1e6) / calls;
}

/** The time of one call and what it allocates. */
function timeAndBytes(name: string, unit: 'ns' | 'µs', calls: number, run: () => void): Row[] {
  const times = repeat(() => nanosOf(calls, run) / (unit === 'ns' ? 1 : 1000));
  return [rowOf(name, unit, times), rowOf(`${name}, allocated`, 'bytes', allocatedBytes(8, run))];
}

function commitIndexRows(voters: number): Row[] {
  const ids = Array.from({ length: voters }, (_, i) => nodeId(BigInt(i + 1)));
  const acked = new Map<NodeId, number>(ids.map((id, i) => [id, 1000 + ((i * 7) % voters)]));
  const lookup = (id: NodeId): number | undefined => acked.get(id);
  return timeAndBytes(`raft: commit index of ${voters} voters`, 'ns', 100_000, () => void majorityCommitted(ids, lookup));
}

function statusRows(count: number): Row[] {
  const { leader } = startCluster(count);
  return timeAndBytes(`raft: status of ${count} members`, 'µs', 2000, () => void leader.node.status());
}

/** Commits a second, and what one allocates. */
function commitRows(count: number, batch: number, total: number): Row[] {
  const name = `raft: ${count} ${count === 1 ? 'voter' : 'voters'}, batches of ${batch}`;
  const note = `${PAYLOAD_BYTES} bytes each, committed and applied on every member`;
  return [
    rowOf(
      name,
      'commits/s',
      repeat(() => commitRate(count, batch, total)),
      note,
    ),
    rowOf(`${name}, allocated`, 'bytes/commit', commitBytes(count, batch), 'on all members together'),
  ];
}

/** All rows of this file. */
export function rows(): readonly Row[] {
  commitRate(3, 64, 64_000); // lets the compiler warm up
  return [
    ...commitRows(1, 1, 30_000),
    ...commitRows(2, 1, 20_000),
    ...commitRows(3, 1, 20_000),
    ...commitRows(3, 64, 256_000),
    ...commitRows(5, 64, 128_000),
    ...[1, 3, 5, 7, 9, 11].flatMap(commitIndexRows),
    ...[1, 3, 10, 100].flatMap(statusRows),
  ];
}
