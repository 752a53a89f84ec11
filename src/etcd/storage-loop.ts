/**
 * etcd's storage loop (server/etcdserver/raft.go; DESIGN §2): take what the core has ready, save it, send it, apply it. A leader sends while
 * its own save runs, a follower answers after it; until a save is complete nothing more is taken and ticks are lost. With `storage: 'async'`
 * the core hands its writes to an append thread instead, several may be under way, and nothing waits that need not.
 *
 * A save is written when it is submitted and flushed in the step that completes it, before anything that depends on it leaves.
 */

import { NO_EVENT, simTime, type EventId } from '#kernel/brand.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { assert } from '#kernel/assert.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message, type MsgStorageAppend, type MsgStorageApply } from '#raft/message.ts';
import type { Ready } from '#raft/ready.ts';
import { applyWaiting, onBackendSaved, scheduleApply } from '#etcd/apply-queue.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { reach } from '#etcd/crash-points.ts';
import { onSoftState } from '#etcd/leadership.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import type { PendingSave } from '#etcd/pending-save.ts';
import { proposeQueued } from '#etcd/propose.ts';
import { onReadState, startReadRound } from '#etcd/reads.ts';
import { sendMessages } from '#etcd/send.ts';
import { installSnapshot, saveReceivedSnapshot, snapshotIfDue } from '#etcd/snapshots.ts';

/** A flush of the write-ahead log that takes longer is complained of, µs. */
const FSYNC_WARNING_MICROS = 1_000_000;

const isAsync = (m: Parts): boolean => m.config.storage === 'async';
/** Whether etcd's loop stands still. */
export const isBlocked = (m: Parts): boolean => !isAsync(m) && m.loop.saves.length > 0;

/** Does everything that can be done without waiting. */
export function drive(m: Parts): void {
  for (;;) {
    proposeQueued(m);
    startReadRound(m);
    if (m.halt !== undefined || isBlocked(m) || !m.raft.hasReady()) return;
    const ready = m.raft.ready();
    if (isAsync(m)) handleAsync(m, ready);
    else handleSync(m, ready);
    snapshotIfDue(m);
  }
}

function handleCommon(m: Parts, ready: Ready): void {
  const { cause } = m.out;
  if (ready.softState !== undefined) onSoftState(m, ready.softState, cause);
  m.loop.knownCommit = coreOf(m).log.committed;
  for (const state of ready.readStates) onReadState(m, state, cause);
}

/** Answers must not leave before what they promise is durable, whoever sends them. */
const isPromise = ({ type }: Message): boolean => type === 'MsgAppResp' || type === 'MsgVoteResp' || type === 'MsgPreVoteResp';

function handleSync(m: Parts, ready: Ready): void {
  handleCommon(m, ready);
  const cause = m.out.lastRaft ?? m.out.cause;
  // A leader's appends and its own write go in parallel (dissertation §10.2.1).
  const leads = isLeader(m);
  if (leads) {
    reach(m, 'raftBeforeLeaderSend');
    sendMessages(
      m,
      ready.messages.filter((message) => !isPromise(message)),
      cause,
    );
  }
  const messages = leads ? ready.messages.filter(isPromise) : ready.messages;
  const { entries, hardState, snapshot } = ready;
  const waits = snapshot !== undefined;
  const save = submit(
    m,
    { entries, hardState, snapshot, messages, committed: waits ? ready.committedEntries : [] },
    ready.mustSync || waits,
    cause,
  );
  if (!waits) scheduleApply(m, ready.committedEntries, commitCause(m, cause));
  if (save.isDone) complete(m, save, cause);
}

function handleAsync(m: Parts, ready: Ready): void {
  handleCommon(m, ready);
  const cause = m.out.lastRaft ?? m.out.cause;
  sendMessages(
    m,
    ready.messages.filter(({ to }) => to !== APPEND_THREAD && to !== APPLY_THREAD),
    cause,
  );
  for (const message of ready.messages) {
    if (message.type === 'MsgStorageAppend') appendAsync(m, message, ready.mustSync, cause);
    else if (message.type === 'MsgStorageApply') applyAsync(m, message, cause);
  }
}

function appendAsync(m: Parts, { entries, hardState, snapshot, responses }: MsgStorageAppend, mustSync: boolean, cause: EventId): void {
  submit(m, { entries, hardState, snapshot, messages: responses, committed: [] }, mustSync || snapshot !== undefined, cause);
  completeInOrder(m, cause);
}

function applyAsync(m: Parts, { entries, responses }: MsgStorageApply, cause: EventId): void {
  scheduleApply(m, entries, commitCause(m, cause), responses);
}

/** Writes to the WAL; what needs a flush is completed by the world. */
function submit(
  m: Parts,
  what: Pick<PendingSave, 'entries' | 'hardState' | 'snapshot' | 'messages' | 'committed'>,
  needsFlush: boolean,
  cause: EventId,
): PendingSave {
  const { entries, hardState, snapshot } = what;
  let bytes = 0;
  if (snapshot !== undefined) {
    reach(m, 'raftBeforeSaveSnap');
    bytes = saveReceivedSnapshot(m, snapshot);
    reach(m, 'raftAfterSaveSnap');
  }
  reach(m, 'raftBeforeSave');
  bytes += m.wal.save(hardState, entries);
  const op = needsFlush ? ++m.loop.lastOp : 0;
  let event = cause;
  if (bytes > 0) {
    const state = hardState ?? m.wal.position.state;
    const fields = { bytes, entries: entries.length, lastIndex: m.wal.lastIndex, term: state.term, vote: state.vote, commit: state.commit };
    event = m.out.emit('save-submitted', { op, ...fields, sync: needsFlush }, cause);
  }
  m.metrics.add('walBytes', bytes);
  if (needsFlush) m.out.save({ op, target: snapshot === undefined ? 'wal' : 'snapshot', bytes, event });
  const isDone = !needsFlush || breaks(m.config, 'ack-before-flush') || (breaks(m.config, 'ack-alone') && isAlone(m));
  const save = { op, ...what, event, since: m.out.now, isDone };
  m.loop.saves.push(save);
  return save;
}

/** Whether it is its cluster's only voter. */
const isAlone = (m: Parts): boolean => coreOf(m).config.voters.length === 1;

/** The world says that a write is durable: it really is flushed now. */
export function onSaved(m: Parts, op: number): void {
  if (onBackendSaved(m, op)) return;
  reach(m, 'walBeforeSync');
  m.disk.flush();
  reach(m, 'walAfterSync');
  const save = m.loop.saves.find((s) => s.op === op);
  if (save === undefined) return; // acknowledged too early on purpose, or another target's
  const event = m.out.emit('save-completed', { op });
  noteFsync(m, save, event);
  save.isDone = true;
  if (isAsync(m)) completeInOrder(m, event);
  else complete(m, save, event);
}

/** etcd complains of a flush of more than a second. */
function noteFsync(m: Parts, { snapshot, since }: PendingSave, event: EventId): void {
  const took = m.out.now - since;
  m.metrics.observe(snapshot === undefined ? 'walFsync' : 'snapshotFsync', took);
  if (took > FSYNC_WARNING_MICROS)
    m.out.log('slow-fdatasync', { took: goDuration(took), 'expected-duration': goDuration(FSYNC_WARNING_MICROS) }, event);
}

function completeInOrder(m: Parts, cause: EventId): void {
  while (m.loop.saves[0]?.isDone === true) complete(m, m.loop.saves[0], cause);
}

function complete(m: Parts, save: PendingSave, cause: EventId): void {
  assert(m.loop.saves[0] === save, () => `save ${save.op} completes before ${m.loop.saves[0]?.op}`);
  m.loop.saves.shift();
  reach(m, 'raftAfterSave');
  if (save.snapshot !== undefined) {
    applyWaiting(m); // what was committed before it
    installSnapshot(m, save.snapshot, cause);
  }
  m.log.append(save.entries);
  if (save.hardState !== undefined) m.log.setHardState(save.hardState);
  scheduleApply(m, save.committed, cause);
  // What a leader sends here are promises that it makes itself, in etcd with the rest.
  if (save.messages.length > 0 && !isLeader(m)) reach(m, 'raftBeforeFollowerSend');
  sendMessages(
    m,
    save.messages.filter(({ to }) => to !== m.self),
    cause,
  );
  if (isAsync(m)) for (const message of save.messages) if (message.to === m.self) m.raft.step(message);
  if (!isAsync(m)) m.raft.advance();
}

/** The clock's tick, or what a blocked loop makes of it: a ticker holds one and loses the rest. */
export function onTick(m: Parts): void {
  if (!isBlocked(m)) return tick(m);
  if (m.loop.isTickHeld) m.out.emit('tick-lost', { op: m.loop.saves[0]?.op ?? 0 });
  m.loop.isTickHeld = true;
}

/** A held tick passes as soon as the loop goes on. */
export function releaseTick(m: Parts): void {
  if (!m.loop.isTickHeld || isBlocked(m)) return;
  m.loop.isTickHeld = false;
  tick(m);
}

function tick(m: Parts): void {
  m.raft.tick();
  m.loop.tickedAt = m.out.now;
}

/** Lets ticks pass at once, as etcd does for a member that has just started. */
export function forwardTicks(m: Parts, ticks: number): void {
  for (let i = 0; i < ticks; i++) tick(m);
}

/** The time of the next tick after `now`, in phase with the last one: a ticker that was held up does not catch up. */
export function nextTickAfter(m: Parts): void {
  const { heartbeatMicros } = m.config;
  const missed = Math.floor((m.out.now - m.loop.nextTickAt) / heartbeatMicros);
  m.loop.nextTickAt = simTime(m.loop.nextTickAt + (missed + 1) * heartbeatMicros);
}

/** The election timer begins anew now and fires after so many ticks; for a leader nothing changes. */
export function setElectionTimer(m: Parts, ticks: number): void {
  const core = coreOf(m);
  if (core.role.type === 'leader') return;
  core.electionElapsed = 0;
  m.raft.setRandomizedElectionTimeout(ticks);
  m.loop.nextTickAt = simTime(m.out.now + m.config.heartbeatMicros);
}

/** The event that committed what is applied now. */
const commitCause = (m: Parts, cause: EventId): EventId => (m.loop.commitEvent === NO_EVENT ? cause : m.loop.commitEvent);
