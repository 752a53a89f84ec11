/**
 * What the core says of itself: every decision as a typed event with its reasons. etcd's log lines are rendered from these
 * (log-text.ts), and the page's "why" is read from them. Ids and fields are stable: append, never renumber or reorder.
 *
 * A field is written as: `id` a node id, `n` a whole number, `f` a flag, `ids` node ids, `config` a configuration, `progress` a peer's
 * progress at that moment, `change` a configuration change in its second form, or one of a list of words.
 */

import type { NodeId } from '#kernel/brand.ts';
import type { Configuration } from '#raft/configuration.ts';
import type { ConfChange } from '#raft/conf-change.ts';
import { MESSAGE_TYPES } from '#raft/message.ts';
import type { ProgressView } from '#raft/progress.ts';

/** Level of a log line; `none` for an event that etcd does not log. */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'none';

const VOTE = ['MsgVote', 'MsgPreVote'] as const;
const VOTE_RESPONSE = ['MsgVoteResp', 'MsgPreVoteResp'] as const;
const BALLOT = { logTerm: 'n', index: 'n', vote: 'id', message: VOTE, peer: 'id', peerLogTerm: 'n', peerIndex: 'n', term: 'n' } as const;

/** How a field is written. */
export type FieldSpec = 'id' | 'n' | 'f' | 'ids' | 'config' | 'progress' | 'change' | readonly string[];
interface EventSpec {
  readonly id: number;
  readonly level: LogLevel;
  readonly fields: Readonly<Record<string, FieldSpec>>;
}

/** All events by type. */
export const RAFT_EVENTS = {
  'switched-to-configuration': { id: 1, level: 'INFO', fields: { config: 'config' } },
  'became-follower': {
    id: 2,
    level: 'INFO',
    fields: {
      term: 'n',
      lead: 'id',
      reason: [
        'started',
        'higher-term',
        'leader-of-this-term',
        'election-lost',
        'quorum-not-active',
        'left-voters',
        'snapshot-as-non-follower',
      ],
    },
  },
  'became-candidate': { id: 3, level: 'INFO', fields: { term: 'n' } },
  'became-pre-candidate': { id: 4, level: 'INFO', fields: { term: 'n' } },
  'became-leader': { id: 5, level: 'INFO', fields: { term: 'n' } },
  'raft-started': { id: 6, level: 'INFO', fields: { peers: 'ids', term: 'n', commit: 'n', applied: 'n', lastIndex: 'n', lastTerm: 'n' } },
  /** `ticks`: how long nothing was heard, for the reason `timeout`. */
  'election-started': { id: 7, level: 'INFO', fields: { term: 'n', reason: ['timeout', 'asked', 'transfer'], ticks: 'n' } },
  'vote-requested': { id: 8, level: 'INFO', fields: { message: VOTE, peer: 'id', logTerm: 'n', index: 'n', term: 'n' } },
  'vote-received': { id: 9, level: 'INFO', fields: { message: VOTE_RESPONSE, peer: 'id', rejected: 'f', term: 'n' } },
  'votes-counted': {
    id: 10,
    level: 'INFO',
    fields: { message: VOTE_RESPONSE, granted: 'n', rejected: 'n', result: ['pending', 'lost', 'won'] },
  },
  'higher-term-received': { id: 11, level: 'INFO', fields: { term: 'n', message: MESSAGE_TYPES, peer: 'id', messageTerm: 'n' } },
  'lower-term-ignored': { id: 12, level: 'INFO', fields: { term: 'n', message: MESSAGE_TYPES, peer: 'id', messageTerm: 'n' } },
  'lower-term-append-ignored': { id: 13, level: 'INFO', fields: { term: 'n', messageTerm: 'n' } },
  'vote-cast': { id: 14, level: 'INFO', fields: BALLOT },
  'vote-rejected': {
    id: 15,
    level: 'INFO',
    fields: { ...BALLOT, reason: ['voted-for-other', 'follows-a-leader', 'log-not-up-to-date', 'lower-term'] },
  },
  'vote-ignored-in-lease': { id: 16, level: 'INFO', fields: { ...BALLOT, lead: 'id', remainingTicks: 'n' } },
  'proposal-dropped-without-leader': { id: 17, level: 'INFO', fields: { term: 'n' } },
  'conf-change-ignored': {
    id: 18,
    level: 'INFO',
    fields: {
      change: 'change',
      config: 'config',
      reason: ['unapplied-change', 'must-leave-joint', 'not-joint'],
      pendingIndex: 'n',
      applied: 'n',
    },
  },
  'auto-leave-started': { id: 19, level: 'INFO', fields: { config: 'config' } },
  'transfer-started': { id: 20, level: 'INFO', fields: { term: 'n', peer: 'id' } },
  'timeout-now-sent-at-once': { id: 21, level: 'INFO', fields: { peer: 'id' } },
  'timeout-now-received': { id: 22, level: 'INFO', fields: { term: 'n', peer: 'id' } },
  'leader-forgotten': { id: 23, level: 'INFO', fields: { leader: 'id', term: 'n' } },
  'snapshot-restore-started': {
    id: 24,
    level: 'INFO',
    fields: {
      committed: 'n',
      applied: 'n',
      applying: 'n',
      unstableOffset: 'n',
      unstableOffsetInProgress: 'n',
      unstableEntries: 'n',
      index: 'n',
      snapshotTerm: 'n',
    },
  },
  'snapshot-restored-to-log': {
    id: 25,
    level: 'INFO',
    fields: { commit: 'n', lastIndex: 'n', lastTerm: 'n', index: 'n', snapshotTerm: 'n' },
  },
  'snapshot-restored': { id: 26, level: 'INFO', fields: { commit: 'n', index: 'n', snapshotTerm: 'n' } },
  'conflict-found': { id: 27, level: 'INFO', fields: { index: 'n', existingTerm: 'n', conflictingTerm: 'n' } },
  'unstable-replaced': { id: 28, level: 'INFO', fields: { index: 'n' } },
  'unstable-truncated': { id: 29, level: 'INFO', fields: { index: 'n' } },
  'stable-entry-missing': { id: 30, level: 'INFO', fields: { index: 'n' } },
  'stable-entry-in-snapshot': { id: 31, level: 'INFO', fields: { index: 'n' } },
  'stable-entry-mismatched': { id: 32, level: 'INFO', fields: { index: 'n', term: 'n', unstableTerm: 'n' } },
  unpromotable: { id: 33, level: 'WARN', fields: { reason: ['not-in-configuration', 'learner', 'snapshot-pending'] } },
  'quorum-not-active': { id: 34, level: 'WARN', fields: { active: 'ids' } },
  'append-rejected': {
    id: 35,
    level: 'DEBUG',
    fields: { ownTerm: 'n', index: 'n', logTerm: 'n', peer: 'id', hint: 'n', hintTerm: 'n' },
  },
  'append-rejection-received': { id: 36, level: 'DEBUG', fields: { peer: 'id', hint: 'n', hintTerm: 'n', index: 'n' } },
  'progress-decreased': { id: 37, level: 'DEBUG', fields: { peer: 'id', progress: 'progress' } },
  'snapshot-sent': {
    id: 38,
    level: 'DEBUG',
    fields: { firstIndex: 'n', commit: 'n', index: 'n', snapshotTerm: 'n', peer: 'id', progress: 'progress' },
  },
  'replication-paused': { id: 39, level: 'DEBUG', fields: { peer: 'id', progress: 'progress' } },
  'replication-resumed': { id: 40, level: 'DEBUG', fields: { peer: 'id', progress: 'progress' } },
  'peer-unreachable': { id: 41, level: 'DEBUG', fields: { peer: 'id', progress: 'progress' } },
  'forget-leader-ignored': { id: 42, level: 'ERROR', fields: {} },
  'snapshot-ignored': { id: 43, level: 'INFO', fields: { commit: 'n', index: 'n', snapshotTerm: 'n' } },
  'snapshot-fast-forwarded': {
    id: 44,
    level: 'INFO',
    fields: { commit: 'n', lastIndex: 'n', lastTerm: 'n', index: 'n', snapshotTerm: 'n' },
  },
  'timeout-now-sent': { id: 45, level: 'INFO', fields: { peer: 'id' } },
  'transfer-already-in-progress': { id: 46, level: 'INFO', fields: { term: 'n', peer: 'id' } },
  'transfer-aborted': { id: 47, level: 'INFO', fields: { term: 'n', peer: 'id' } },
  'transfer-dropped-without-leader': { id: 48, level: 'INFO', fields: { term: 'n' } },
  'read-dropped-without-leader': { id: 49, level: 'INFO', fields: { term: 'n' } },
  'proposal-not-forwarded': { id: 50, level: 'INFO', fields: { leader: 'id', term: 'n' } },
  'proposal-dropped-by-transfer': { id: 51, level: 'DEBUG', fields: { term: 'n', peer: 'id' } },
  'transfer-to-self': { id: 52, level: 'DEBUG', fields: {} },
  'transfer-to-learner': { id: 53, level: 'DEBUG', fields: { peer: 'id' } },
  'timeout-now-ignored': { id: 54, level: 'DEBUG', fields: { term: 'n', role: ['pre-candidate', 'candidate'], peer: 'id' } },
  'progress-missing': { id: 55, level: 'DEBUG', fields: { peer: 'id' } },
  'campaign-ignored-by-leader': { id: 56, level: 'DEBUG', fields: {} },
  'snapshot-not-sent-to-inactive': { id: 57, level: 'DEBUG', fields: { peer: 'id' } },
  'auto-leave-refused': { id: 58, level: 'DEBUG', fields: { config: 'config' } },
  'snapshot-reported': { id: 59, level: 'DEBUG', fields: { peer: 'id', failed: 'f', progress: 'progress' } },
  'campaign-blocked-by-conf-change': { id: 60, level: 'WARN', fields: { term: 'n' } },
  'proposal-dropped-by-size': { id: 61, level: 'WARN', fields: { uncommittedBytes: 'n', proposedBytes: 'n' } },
  'snapshot-for-non-follower': { id: 62, level: 'WARN', fields: {} },
  'snapshot-without-self': { id: 63, level: 'WARN', fields: { index: 'n' } },
  'snapshot-unavailable': { id: 64, level: 'DEBUG', fields: { peer: 'id' } },

  // What etcd does not log, but a reader wants to know.
  'election-timeout-drawn': { id: 100, level: 'none', fields: { ticks: 'n' } },
  /** `acks`: who has the log up to `index`, when a quorum committed it. */
  'commit-advanced': {
    id: 101,
    level: 'none',
    fields: { previous: 'n', index: 'n', reason: ['quorum', 'told-by-leader', 'snapshot'], acks: 'ids' },
  },
  'leader-found': { id: 102, level: 'none', fields: { leader: 'id', term: 'n' } },
  /** `term` is the last entry's; `proposed` on the leader that took them, false on a follower that received them. */
  'entries-appended': { id: 103, level: 'none', fields: { first: 'n', last: 'n', term: 'n', proposed: 'f' } },
  'progress-changed': {
    id: 104,
    level: 'none',
    fields: {
      peer: 'id',
      progress: 'progress',
      reason: ['matched', 'caught-up', 'rejected', 'unreachable', 'snapshot-sent', 'snapshot-reported'],
    },
  },
  'window-full': { id: 105, level: 'none', fields: { peer: 'id', progress: 'progress' } },
  applied: { id: 106, level: 'none', fields: { index: 'n' } },
  'read-confirmed': { id: 107, level: 'none', fields: { index: 'n', acks: 'ids' } },
  'read-postponed': { id: 108, level: 'none', fields: { term: 'n' } },
  'transfer-expired': { id: 109, level: 'none', fields: { term: 'n', peer: 'id' } },
  'transfer-target-lost': { id: 110, level: 'none', fields: { term: 'n', peer: 'id' } },
  'stale-append-answered': { id: 111, level: 'none', fields: { peer: 'id', index: 'n', commit: 'n' } },
  'entries-durable': { id: 112, level: 'none', fields: { index: 'n', term: 'n' } },
} as const satisfies Readonly<Record<string, EventSpec>>;

type Events = typeof RAFT_EVENTS;
export type RaftEventType = keyof Events;

type ValueOf<F> = F extends 'id'
  ? NodeId
  : F extends 'n'
    ? number
    : F extends 'f'
      ? boolean
      : F extends 'ids'
        ? readonly NodeId[]
        : F extends 'config'
          ? Configuration
          : F extends 'progress'
            ? ProgressView
            : F extends 'change'
              ? ConfChange
              : F extends readonly (infer W)[]
                ? W
                : never;

/** The fields of one type of event. */
export type RaftEventFields<K extends RaftEventType> = { readonly [F in keyof Events[K]['fields']]: ValueOf<Events[K]['fields'][F]> };

/** One event, discriminated by `type`. */
export type RaftEvent = { [K in RaftEventType]: { readonly type: K } & RaftEventFields<K> }[RaftEventType];

/** Receives events as they happen, in order. Must not call back into the core. */
export type EventSink = (event: RaftEvent) => void;
