/**
 * Committed entries on their way to the state machine (etcd's FIFO scheduler): applied at once unless the backend is busy (backend-work.ts),
 * else in order as soon as it is not. Reads wait the same way.
 *
 * A change of the configuration is never held back, nor what comes before it: Raft's configuration and the applied one go together here.
 */

import { simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import type { Entry } from '#raft/entry.ts';
import type { Message } from '#raft/message.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { answerBare } from '#etcd/answer.ts';
import { applyEntries } from '#etcd/apply.ts';
import { IDLE, defragmentedAt } from '#etcd/backend-work.ts';
import { reach } from '#etcd/crash-points.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { serveRead } from '#etcd/local-reads.ts';
import type { Parts } from '#etcd/parts.ts';
import { backendPath, sizeFields } from '#etcd/backend-text.ts';
import { isSlow, warnOfSlowApply } from '#etcd/slow-request.ts';
import { versionRules } from '#etcd/version-rules.ts';
import { humanBytes } from '#etcd/human-bytes.ts';

/** Entries committed together. Plain data. */
export interface ApplyJob {
  readonly entries: readonly Entry[];
  /** What the core is told when they are applied (asynchronous storage). */
  readonly responses: readonly Message[];
  readonly cause: EventId;
  readonly since: SimTime;
}

/** Applies committed entries, or lets them wait for the backend. @param cause the event that committed them */
export function scheduleApply(m: Parts, entries: readonly Entry[], cause: EventId, responses: readonly Message[] = []): void {
  const isFree = m.loop.backend.type === 'idle' && m.loop.applyQueue.length === 0;
  if (!isFree && entries.length === 0 && responses.length === 0) return;
  m.loop.applyQueue.push({ entries, responses, cause, since: m.out.now });
  if (isFree || entries.some(({ type }) => type !== 'EntryNormal')) applyWaiting(m);
}

/** Applies all that waits. */
export function applyWaiting(m: Parts): void {
  for (let job = m.loop.applyQueue.shift(); job !== undefined; job = m.loop.applyQueue.shift()) {
    const first = applyEntries(m, job.entries, job.cause);
    if (m.halt !== undefined) return;
    // The first entry behind the lock took long.
    if (first !== undefined && isSlow(m, job.since)) warnOfSlowApply(m, job.since, first, job.cause);
    for (const response of job.responses) m.raft.step(response);
  }
}

/** Writes what changed to the disk, if the backend is free. @returns whether it began */
export function beginCommit(m: Parts): boolean {
  const { loop, machine, out } = m;
  if (loop.backend.type !== 'idle') return false;
  reach(m, 'beforeCommit');
  m.disk.reserve();
  const bytes = machine.kv.size.commit();
  const op = ++loop.lastOp;
  loop.backend = { type: 'committing', op, since: out.now };
  out.save({ op, target: 'backend', bytes, event: out.cause });
  return true;
}

/** A disk operation is complete. @returns whether it was the backend's */
export function onBackendSaved(m: Parts, op: number): boolean {
  const { backend } = m.loop;
  if (backend.type !== 'committing' || backend.op !== op) return false;
  reach(m, 'afterCommit');
  m.metrics.observe('backendCommit', m.out.now - backend.since);
  m.out.emit('backend-committed', { bytes: m.machine.kv.size.bytes });
  release(m);
  return true;
}

/** Rewrites the file without its free pages; the member neither applies nor reads until that is done. */
export function beginDefragment(m: Parts, call: OpenCall): void {
  const { loop, out, machine } = m;
  const { size } = machine.kv;
  reach(m, 'defragBeforeCopy');
  out.log('starting-defragment', {}, call.event);
  out.log('defragmenting', { path: backendPath(m.config), ...sizeFields(size) }, call.event);
  loop.backend = { type: 'defragmenting', call: call.id, since: out.now, doneAt: defragmentedAt(out.now, size.bytesInUse) };
}

/** Ends a defragmentation whose time has come. */
export function onDefragmentTimer(m: Parts): void {
  const { loop, out, machine } = m;
  const { backend } = loop;
  if (backend.type !== 'defragmenting' || out.now < backend.doneAt) return;
  reach(m, 'defragBeforeRename');
  const { size } = machine.kv;
  const before = { total: size.bytes, inUse: size.bytesInUse };
  size.defragment();
  const took = goDuration(out.now - backend.since);
  const fields = {
    path: backendPath(m.config),
    'current-db-size-bytes-diff': size.bytes - before.total,
    'current-db-size-bytes': size.bytes,
    'current-db-size': humanBytes(size.bytes),
    'current-db-size-in-use-bytes-diff': size.bytesInUse - before.inUse,
    'current-db-size-in-use-bytes': size.bytesInUse,
    'current-db-size-in-use': humanBytes(size.bytesInUse),
    took,
  };
  const event = out.log('defragmented', fields, out.cause, versionRules(m.config).defragmentedText);
  out.log('finished-defragment', {}, event);
  answerBare(m, backend.call, MaintenanceService.Defragment, { header: undefined }, event);
  release(m);
}

/** The backend is free again: what waited goes on. */
function release(m: Parts): void {
  m.loop.backend = IDLE;
  applyWaiting(m);
  if (m.halt !== undefined) return;
  const reads = m.loop.blockedReads;
  m.loop.blockedReads = [];
  for (const read of reads) serveRead(m, read);
}

/** When the backend wants to be looked at; 0: an operation of the disk will tell. */
export const nextBackendTimer = ({ loop: { backend } }: Parts): SimTime => (backend.type === 'defragmenting' ? backend.doneAt : simTime(0));
