/** Answers to {@link Inspection}s; see inspection.ts for what each one is. */

import { logIndex } from '#kernel/brand.ts';
import { keyToBytes } from '#mvcc/byte-key.ts';
import type { Plain } from '#kernel/plain.ts';
import { NO_LIMIT, type Entry } from '#raft/entry.ts';
import type { Inspection } from '#etcd/contract.ts';
import { digestOf } from '#etcd/checkpoint.ts';
import { describeEntry } from '#etcd/entry-label.ts';
import type {
  ChangesAnswer,
  DigestAnswer,
  DiskAnswer,
  HashAnswer,
  KeysAnswer,
  LeasesAnswer,
  LogAnswer,
  MembersAnswer,
  RaftAnswer,
  WatchersAnswer,
} from '#etcd/inspection.ts';
import { metricsText } from '#etcd/http-metrics.ts';
import { authAnswer, keyChangesAnswer, quotaShown, v2KeysAnswer } from '#etcd/inspect-data.ts';
import { formatId } from '#etcd/identity.ts';
import { ALARM_NAMES, dbSizeOf } from '#etcd/maintenance.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';

/** Cells in one answer at most. */
export const CELLS_MAX = 10_000;

type Answer<T> = { readonly [K in keyof T]: T[K] } & { readonly [key: string]: Plain };
/** The answer types are plain data; an interface has no index signature, which is all that the compiler misses. */
const plain = <T extends object>(answer: T): Answer<T> => answer as Answer<T>; // see above

export function inspect(m: Parts, question: Inspection): Plain {
  switch (question.type) {
    case 'raft':
      return plain(raftAnswer(m));
    case 'log':
      return plain(logAnswer(m, question.from, question.to));
    case 'keys':
      return plain(keysAnswer(m, question));
    case 'changes':
      return plain(changesAnswer(m, question.from, question.to));
    case 'hash':
      return plain(hashAnswer(m, question.revision));
    case 'watchers':
      return plain(watchersAnswer(m));
    case 'leases':
      return plain(leasesAnswer(m));
    case 'key-changes':
      return plain(keyChangesAnswer(m, question));
    case 'auth':
      return plain(authAnswer(m));
    case 'v2-keys':
      return plain(v2KeysAnswer(m));
    case 'members':
      return plain(membersAnswer(m));
    case 'disk':
      return plain(diskAnswer(m));
    case 'metrics':
      return { text: metricsText(m) };
    case 'digest':
      return plain<DigestAnswer>({ digest: digestOf(m) });
  }
}

function raftAnswer(m: Parts): RaftAnswer {
  const status = m.raft.status();
  const { config } = status;
  const { role } = coreOf(m);
  const isCandidate = role.type === 'candidate' || role.type === 'pre-candidate';
  return {
    id: m.self,
    clusterId: m.clusterId,
    serving: m.loop.isServing,
    held: m.held.length,
    role: status.role,
    term: status.term,
    vote: status.vote,
    lead: status.lead,
    commit: status.commit,
    applied: m.machine.appliedIndex,
    stable: m.log.lastIndex(),
    electionElapsed: status.electionElapsed,
    electionTimeout: status.randomizedElectionTimeout,
    voters: config.voters,
    learners: config.learners,
    votes: isCandidate ? config.voters.map((id) => ({ id, granted: role.votes.get(id) })) : [],
    progress: [...status.progressById].flatMap(([id, p]) =>
      id === m.self
        ? []
        : [
            {
              id,
              state: p.state,
              match: p.match,
              next: p.next,
              inflight: p.inflight,
              paused: p.paused,
              active: p.recentActive,
              pendingSnapshot: p.pendingSnapshot,
              learner: p.isLearner,
            },
          ],
    ),
    transferee: status.transferee,
    proposals: m.proposals.size,
    reads: m.reads.next.length + (m.reads.phase.type === 'idle' ? 0 : m.reads.phase.batch.length),
    saves: m.loop.saves.map(({ op, entries }) => ({ op, entries: entries.length })),
    leaderChanges: m.loop.leaderChanges,
  };
}

function logAnswer(m: Parts, from: number, to: number): LogAnswer {
  const { log } = coreOf(m);
  const first = log.firstIndex();
  const last = log.lastIndex();
  const lo = Math.max(from, first);
  const hi = Math.min(to, last, lo + CELLS_MAX - 1);
  const entries = lo > hi ? [] : entriesOf(m, lo, hi);
  const stable = m.log.lastIndex();
  const nameOf = (id: bigint): string => m.machine.cluster.list().find((member) => member.id === id)?.name ?? '';
  return {
    firstIndex: first,
    lastIndex: last,
    bootstrapTo: bootstrapEnd(m),
    cells: entries.map((entry) => {
      const isStable = entry.index <= stable && m.log.term(entry.index).ok && termAt(m, entry.index) === entry.term;
      return { index: entry.index, term: entry.term, ...describeEntry(entry, nameOf), stable: isStable };
    }),
  };
}

function termAt(m: Parts, index: number): number | undefined {
  const term = m.log.term(logIndex(index));
  return term.ok ? term.value : undefined;
}

function entriesOf(m: Parts, lo: number, hi: number): readonly Entry[] {
  const found = coreOf(m).log.slice(logIndex(lo), logIndex(hi + 1), NO_LIMIT);
  return found.ok ? found.value : [];
}

/** A configuration change for each first member, the leader's empty entry, a publish for each, the cluster version: as far as applied. */
function bootstrapEnd(m: Parts): number {
  const members = m.config.initialCluster.length;
  return Math.min(2 * members + 2, coreOf(m).log.lastIndex());
}

function keysAnswer(m: Parts, { key, rangeEnd, revision, limit }: Extract<Inspection, { type: 'keys' }>): KeysAnswer {
  const { kv } = m.machine;
  const result = kv.range({ key, rangeEnd, revision, limit });
  const at = { revision: kv.currentRevision, compactRevision: kv.compactRevision };
  if (result.type !== 'range') return { ...at, count: 0, more: false, error: result.message, keys: [] };
  const keys = result.kvs.map((found) => {
    const { createRevision, modRevision, version, lease, value } = found;
    return { key: found.key, value, createRevision, modRevision, version, lease };
  });
  return { ...at, count: result.count, more: result.more, error: '', keys };
}

function changesAnswer(m: Parts, from: number, to: number): ChangesAnswer {
  const changes = m.machine.kv.changesBetween(from, Math.min(to, from + CELLS_MAX - 1));
  return {
    changes: changes.map(({ key, value, createRevision, modRevision, sub, version, lease, tombstone }) => {
      return { key, value, createRevision, modRevision, sub, version, lease, tombstone };
    }),
  };
}

function hashAnswer(m: Parts, revision: number): HashAnswer {
  const { kv } = m.machine;
  const result = kv.hashKv(revision);
  return { hash: result.type === 'hash' ? result.hash : -1, revision: kv.currentRevision, compactRevision: kv.compactRevision };
}

function watchersAnswer(m: Parts): WatchersAnswer {
  const watchers: WatchersAnswer['watchers'][number][] = [];
  for (const { call, stream } of m.watches.all()) {
    for (const watcher of m.machine.kv.stream(stream).watchers()) {
      const { start, end } = watcher.range;
      const rangeEnd = end === undefined ? '' : end === '' ? '\0' : end;
      const key = keyToBytes(start);
      watchers.push({
        client: call.client,
        call: call.call,
        watch: watcher.id,
        key,
        rangeEnd: keyToBytes(rangeEnd),
        state: watcher.state,
        nextRevision: watcher.minRevision,
      });
    }
  }
  return { count: watchers.length, watchers };
}

function diskAnswer(m: Parts): DiskAnswer {
  const { total, inUse } = dbSizeOf(m);
  const files = m.disk.list().map((name) => ({ name, bytes: m.disk.size(name) ?? 0 }));
  const { backend, snapshotIndex } = m.loop;
  const defragmentedAt = backend.type === 'defragmenting' ? backend.doneAt : -1;
  return { files, dbSize: total, dbSizeInUse: inUse, quota: quotaShown(m), defragmentedAt, snapshotIndex };
}

function leasesAnswer(m: Parts): LeasesAnswer {
  const leases = m.machine.lessor.list();
  return { isPrimary: m.machine.lessor.isPrimary, ids: leases.map(({ id }) => formatId(id)), leases };
}

function membersAnswer(m: Parts): MembersAnswer {
  const { cluster, alarms } = m.machine;
  const names = new Set(alarms.list().map(({ type }) => ALARM_NAMES.get(type) ?? 'NONE'));
  const raised = alarms.list().map(({ memberId, type }) => ({ id: memberId, alarm: ALARM_NAMES.get(type) ?? 'NONE' }));
  return { version: cluster.version ?? '', alarms: [...names], raised, members: cluster.list() };
}
