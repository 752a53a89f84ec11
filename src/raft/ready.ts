/**
 * What the core wants done: the contract of etcd-io/raft.
 *
 * Without asynchronous storage the application, for each Ready and in this order: makes `hardState`, `snapshot` and `entries` durable
 * (flushed if `mustSync`), sends `messages`, applies `snapshot` and then `committedEntries`, and calls advance. (A leader may send before
 * its own write is done; a follower may not: dissertation §10.2.1.) With it, `messages` says everything: those to APPEND_THREAD and
 * APPLY_THREAD carry the work, and their responses are stepped when it is done.
 */

import { logIndex, term as termOf } from '#kernel/brand.ts';
import type { Core } from '#raft/core.ts';
import { entriesSize, type Entry } from '#raft/entry.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message, type MsgStorageAppendResp } from '#raft/message.ts';
import { isEmptyHardState, type HardState, type ReadState, type Snapshot, type SoftState } from '#raft/state.ts';

export interface Ready {
  /** Present if it changed. */
  readonly softState: SoftState | undefined;
  /** Present if it changed. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  /** To be appended to the durable log, replacing what is there from the first one's index on. */
  readonly entries: readonly Entry[];
  /** To be installed before `entries`. */
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  /** The write must be flushed before anything that depends on it leaves. */
  readonly mustSync: boolean;
}

/** What was handed out last, to tell what changed. */
export interface ReadyMarks {
  softState: SoftState;
  hardState: HardState;
}

export const hardStateOf = (core: Core): HardState => ({ term: core.term, vote: core.vote, commit: core.log.committed });
export const softStateOf = (core: Core): SoftState => ({ lead: core.lead, role: core.role.type });

const softStateChanged = (core: Core, marks: ReadyMarks): boolean =>
  marks.softState.lead !== core.lead || marks.softState.role !== core.role.type;

function changedHardState(core: Core, marks: ReadyMarks): HardState | undefined {
  const { hardState: last } = marks;
  if (last.term === core.term && last.vote === core.vote && last.commit === core.log.committed) return undefined;
  const now = hardStateOf(core);
  return isEmptyHardState(now) ? undefined : now;
}

/** True if {@link collectReady} has something to show. */
export function hasReady(core: Core, marks: ReadyMarks): boolean {
  const { log } = core;
  return (
    core.messages.length > 0 ||
    core.messagesAfterAppend.length > 0 ||
    log.unstable.hasNextEntries() ||
    log.unstable.nextSnapshot() !== undefined ||
    core.readStates.length > 0 ||
    softStateChanged(core, marks) ||
    changedHardState(core, marks) !== undefined ||
    log.hasNextCommitted(!core.settings.asyncStorageWrites)
  );
}

/** Looks at everything there is to do, without marking it as taken. */
export function collectReady(core: Core, marks: ReadyMarks): Ready {
  const { log, settings } = core;
  const entries = log.unstable.nextEntries();
  const hardState = changedHardState(core, marks);
  const ready = {
    softState: softStateChanged(core, marks) ? softStateOf(core) : undefined,
    hardState,
    readStates: core.readStates,
    entries,
    snapshot: log.unstable.nextSnapshot(),
    committedEntries: log.nextCommitted(!settings.asyncStorageWrites),
    messages: core.messages,
    // Term and vote must not be forgotten, and an acknowledged entry must not be lost; a commit index can be learned again.
    mustSync: entries.length > 0 || core.term !== marks.hardState.term || core.vote !== marks.hardState.vote,
  };
  if (!settings.asyncStorageWrites) {
    const toOthers = core.messagesAfterAppend.filter(({ to }) => to !== core.id);
    return toOthers.length === 0 ? ready : { ...ready, messages: [...core.messages, ...toOthers] };
  }
  const work = [storageAppend(core, ready), storageApply(core, ready)].filter((message) => message !== undefined);
  return work.length === 0 ? ready : { ...ready, messages: [...core.messages, ...work] };
}

function storageAppend(core: Core, ready: Ready): Message | undefined {
  const { hardState, entries, snapshot } = ready;
  const isNeeded = entries.length > 0 || hardState !== undefined || snapshot !== undefined || core.messagesAfterAppend.length > 0;
  if (!isNeeded) return undefined;
  const done = storageAppendResponse(core, snapshot);
  const responses = done === undefined ? core.messagesAfterAppend : [...core.messagesAfterAppend, done];
  return {
    type: 'MsgStorageAppend',
    from: core.id,
    to: APPEND_THREAD,
    term: hardState?.term ?? termOf(0),
    entries,
    hardState,
    snapshot,
    responses,
  };
}

/**
 * The message that reports a write as done. It names the last unstable entry, whatever is in this write: writes are done in order, so
 * when this one is, all before it are. It carries the term, because a log that was replaced and replaced back in between looks the same
 * (A-B-A): an answer of an older term is not believed.
 */
export function storageAppendResponse(core: Core, snapshot: Snapshot | undefined): MsgStorageAppendResp | undefined {
  const hasEntries = core.log.unstable.entries.length > 0;
  if (!hasEntries && snapshot === undefined) return undefined;
  const last = hasEntries ? core.log.lastId() : { term: termOf(0), index: logIndex(0) };
  return {
    type: 'MsgStorageAppendResp',
    from: APPEND_THREAD,
    to: core.id,
    term: core.term,
    logTerm: last.term,
    index: last.index,
    snapshot,
  };
}

function storageApply(core: Core, ready: Ready): Message | undefined {
  const { committedEntries: entries } = ready;
  if (entries.length === 0) return undefined;
  return {
    type: 'MsgStorageApply',
    from: core.id,
    to: APPLY_THREAD,
    term: termOf(0),
    entries,
    responses: [storageApplyResponse(core, entries)],
  };
}

/** The message that reports entries as applied. */
export const storageApplyResponse = (core: Core, entries: readonly Entry[]): Message => ({
  type: 'MsgStorageApplyResp',
  from: APPLY_THREAD,
  to: core.id,
  term: termOf(0),
  entries,
});

/**
 * Marks a Ready as taken.
 * @returns without asynchronous storage, what {@link RawNode.advance} will step: what this node promised itself, in order
 */
export function acceptReady(core: Core, marks: ReadyMarks, ready: Ready): readonly Message[] {
  if (ready.softState !== undefined) marks.softState = ready.softState;
  if (ready.hardState !== undefined) marks.hardState = ready.hardState;
  if (core.readStates.length > 0) core.readStates = [];
  const steps: Message[] = [];
  const isAsync = core.settings.asyncStorageWrites;
  const { committedEntries } = ready;
  if (!isAsync) {
    for (const message of core.messagesAfterAppend) if (message.to === core.id) steps.push(message);
    const appended = storageAppendResponse(core, ready.snapshot);
    if (appended !== undefined) steps.push(appended);
    if (committedEntries.length > 0) steps.push(storageApplyResponse(core, committedEntries));
  }
  core.messages = [];
  core.messagesAfterAppend = [];
  core.log.unstable.acceptInProgress();
  const last = committedEntries.at(-1);
  if (last !== undefined) core.log.acceptApplying(last.index, entriesSize(committedEntries), !isAsync);
  return steps;
}

/** The marks of a node that just started. */
export const initialMarks = (core: Core): ReadyMarks => ({ softState: softStateOf(core), hardState: hardStateOf(core) });

/** True if nothing is in it. */
export const isEmptyReady = (ready: Ready): boolean =>
  ready.softState === undefined &&
  ready.hardState === undefined &&
  ready.snapshot === undefined &&
  ready.readStates.length === 0 &&
  ready.entries.length === 0 &&
  ready.committedEntries.length === 0 &&
  ready.messages.length === 0;
