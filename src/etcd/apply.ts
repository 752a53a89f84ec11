/**
 * The apply loop (server/etcdserver/server.go): committed entries change the state machine in order, whoever proposed them; the member where
 * the call waits answers it. An empty entry is a leader's first, and begins its term's work.
 */

import { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { logIndex, term, type EventId } from '#kernel/brand.ts';
import { assert } from '#kernel/assert.ts';
import type { Entry } from '#raft/entry.ts';
import { answerProposal, failProposal } from '#etcd/proposal-outcome.ts';
import { onAutoCompacted } from '#etcd/auto-compaction.ts';
import { applyConfEntry } from '#etcd/apply-conf.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { reach } from '#etcd/crash-points.ts';
import { applyRequest } from '#etcd/apply-request.ts';
import { isLeader, type Parts } from '#etcd/parts.ts';
import { onFirstEntryOfTerm } from '#etcd/leadership.ts';
import { onAppliedForLeases } from '#etcd/lease-forwarding.ts';
import { onAppliedForReads } from '#etcd/reads.ts';
import type { AppliedRequest } from '#etcd/apply-request.ts';
import type { Proposal } from '#etcd/proposals.ts';
import { rotHistory } from '#etcd/planted-faults.ts';
import type { AppliedEntry } from '#etcd/slow-request.ts';
import { finishRenewal } from '#etcd/lease-forwarding.ts';
import { finishPublish } from '#etcd/publish.ts';

/** Applies committed entries. @param cause the event that committed them @returns the first request among them */
export function applyEntries(m: Parts, entries: readonly Entry[], cause: EventId): AppliedEntry | undefined {
  const { machine } = m;
  let first: AppliedEntry | undefined;
  const inOrder = breaks(m.config, 'swap-applies') ? swapped(entries) : entries;
  if (inOrder.length > 0) reach(m, 'playBeforeApply');
  for (const entry of inOrder) {
    if (entry.index <= machine.appliedIndex) continue; // known from a snapshot
    assert(entry.index === machine.appliedIndex + 1, () => `entry ${entry.index} is applied after ${machine.appliedIndex}`);
    machine.appliedIndex = logIndex(entry.index);
    machine.appliedTerm = term(entry.term);
    const applied = applyEntry(m, entry, cause);
    if (m.halt !== undefined) return first;
    first ??= applied;
  }
  onAppliedForReads(m);
  onAppliedForLeases(m);
  return first;
}

/** Broken on purpose: of two requests that are applied together the second goes first. */
function swapped(entries: readonly Entry[]): readonly Entry[] {
  const isRequest = (entry: Entry | undefined): boolean => entry?.type === 'EntryNormal' && entry.data.length > 0;
  const at = entries.findIndex((entry, i) => isRequest(entry) && isRequest(entries[i + 1]));
  const [first, second] = [entries[at], entries[at + 1]];
  if (first === undefined || second === undefined) return entries;
  return entries.with(at, { ...first, data: second.data }).with(at + 1, { ...second, data: first.data });
}

function applyEntry(m: Parts, entry: Entry, cause: EventId): AppliedEntry | undefined {
  if (entry.type !== 'EntryNormal') {
    applyConfEntry(m, entry, entry.type, cause);
    return undefined;
  }
  if (entry.data.length === 0) {
    const event = emitApplied(m, entry, 'empty', undefined, 0n, cause);
    onFirstEntryOfTerm(m, event, isLeader(m));
    return undefined;
  }
  const request = InternalRaftRequest.decode(entry.data);
  const id = request.header?.ID ?? request.ID;
  const before = m.machine.kv.currentRevision;
  const { what, key, outcome } = applyRequest(m, request);
  if (m.machine.kv.currentRevision !== before) m.machine.changedIndex = logIndex(entry.index);
  const event = emitApplied(m, entry, what, key, id, cause);
  reach(m, 'playAfterApply');
  if (m.config.broken.length > 0) rotHistory(m);
  const proposal = m.proposals.take(id);
  if (proposal !== undefined) conclude(m, proposal, outcome, event);
  return { request, outcome };
}

/** Tells whoever waits what became of a proposal. */
function conclude(m: Parts, proposal: Proposal, outcome: AppliedRequest['outcome'], event: EventId): void {
  if (proposal.waiter.type === 'publish') finishPublish(m, event);
  else if (proposal.waiter.type === 'cluster-version') {
    const version = m.machine.cluster.version ?? '';
    m.out.log('cluster-version-updated', { 'cluster-version': version.slice(0, version.lastIndexOf('.')) }, event);
  } else if (proposal.waiter.type === 'compactor') onAutoCompacted(m, outcome.ok ? undefined : outcome.error, event);
  else if (proposal.waiter.type === 'renewal') finishRenewal(m, proposal.waiter, event);
  else if (proposal.waiter.type === 'call') {
    if (outcome.ok) answerProposal(m, proposal.waiter.call, outcome.response, event);
    else failProposal(m, proposal, outcome.error, event);
  }
}

function emitApplied(m: Parts, entry: Entry, what: string, key: Uint8Array | undefined, request: bigint, cause: EventId): EventId {
  const event = m.out.emit(
    'applied',
    { index: entry.index, term: entry.term, what, key: key ?? new Uint8Array(0), revision: m.machine.kv.currentRevision, request },
    cause,
  );
  m.out.lastApplied = event;
  return event;
}
