/**
 * Facts for the event feed, the tape and, later, the why panel: typed, with the id of the trace event and of its cause. The catalogue
 * in #words turns them into sentences; nothing here is prose.
 */

/** The fields common to all. `at` is µs; `member` the member that it happened at; `term` its term then. */
export interface FeedBase {
  /** Counts up over the run; the order of the feed. */
  readonly seq: number;
  readonly id: number;
  readonly cause: number;
  readonly at: number;
  readonly member: string | undefined;
  readonly term: number | undefined;
}

export type FeedFact =
  /** `skipped`: etcd skips ticks when it starts, so that less time went by than the ticks say. */
  | { readonly type: 'election-timeout'; readonly afterMicros: number; readonly ticks: number; readonly skipped: boolean }
  | { readonly type: 'became-follower'; readonly lead: string | undefined }
  | { readonly type: 'became-pre-candidate' }
  | { readonly type: 'became-candidate' }
  | { readonly type: 'became-leader'; readonly votes: number; readonly voters: number }
  | {
      readonly type: 'stepped-down';
      readonly reason: 'quorum-lost' | 'higher-term' | 'removed';
      readonly byMember: string | undefined;
      readonly newTerm: number | undefined;
    }
  | { readonly type: 'vote-granted'; readonly to: string; readonly pre: boolean }
  | {
      readonly type: 'vote-refused';
      readonly to: string;
      readonly pre: boolean;
      readonly reason: 'already-voted' | 'log-behind' | 'lease' | 'lower-term';
      readonly votedFor: string | undefined;
    }
  | { readonly type: 'appended'; readonly index: number; readonly count: number; readonly label: string }
  | { readonly type: 'replicated'; readonly index: number; readonly count: number; readonly to: readonly string[] }
  | { readonly type: 'acknowledged'; readonly index: number; readonly from: string }
  | { readonly type: 'append-refused'; readonly index: number; readonly hint: number; readonly from: string }
  | { readonly type: 'truncated'; readonly from: number; readonly existingTerm: number; readonly newTerm: number }
  | { readonly type: 'committed'; readonly index: number; readonly holders: readonly string[] }
  | { readonly type: 'applied'; readonly index: number; readonly label: string; readonly revision: number }
  | { readonly type: 'saved'; readonly bytes: number; readonly lastIndex: number }
  | { readonly type: 'forwarded'; readonly to: string; readonly label: string }
  | { readonly type: 'request'; readonly client: string; readonly label: string }
  | {
      readonly type: 'answered';
      readonly client: string;
      readonly label: string;
      readonly ok: boolean;
      readonly error: string;
      readonly revision: number;
    }
  | { readonly type: 'watch-created'; readonly client: string; readonly label: string; readonly startRevision: number }
  | { readonly type: 'watch-fired'; readonly client: string; readonly revision: number; readonly events: number }
  | { readonly type: 'watch-cancelled'; readonly client: string; readonly reason: string }
  | { readonly type: 'snapshot-sent'; readonly to: string; readonly index: number }
  | { readonly type: 'snapshot-applied'; readonly index: number }
  | { readonly type: 'log-compacted'; readonly index: number }
  | { readonly type: 'recovered'; readonly entries: number; readonly lastIndex: number; readonly commit: number }
  | { readonly type: 'started'; readonly incarnation: number }
  | { readonly type: 'killed'; readonly powerLoss: boolean }
  | { readonly type: 'frozen' }
  | { readonly type: 'thawed' }
  | { readonly type: 'wiped' }
  | { readonly type: 'crashed'; readonly reason: string }
  /** It ended by itself, as it should. */
  | { readonly type: 'stopped'; readonly reason: string }
  /** A member's process will die when it next comes to a crash point; `''`: no longer. */
  | { readonly type: 'crash-armed'; readonly point: string; readonly powerLoss: boolean }
  | { readonly type: 'crash-point'; readonly point: string; readonly powerLoss: boolean }
  /** `setting`: `name=value` with blanks between, as in the trace. */
  | { readonly type: 'disk-changed'; readonly setting: string }
  | { readonly type: 'clock-changed'; readonly setting: string }
  | { readonly type: 'timer-set'; readonly ticks: number }
  | { readonly type: 'client-changed'; readonly client: string; readonly blind: boolean }
  | { readonly type: 'retried'; readonly client: string; readonly endpoint: string }
  | { readonly type: 'partitioned'; readonly sides: readonly (readonly string[])[] }
  | { readonly type: 'healed' }
  | { readonly type: 'link-changed'; readonly from: string; readonly to: string; readonly setting: string }
  | {
      readonly type: 'message-lost';
      readonly from: string;
      readonly to: string;
      readonly kind: string;
      readonly reason: 'cut' | 'loss' | 'dead' | 'dropped';
    }
  | { readonly type: 'command'; readonly line: string }
  | { readonly type: 'ticks-lost'; readonly count: number }
  | { readonly type: 'violated'; readonly property: string; readonly detail: string };

export type FeedItem = FeedBase & { readonly fact: FeedFact };

/** A mark or band of the tape (the scrubber). Terms as bands: who leads from when. */
export type TapeItem =
  | {
      readonly type: 'term';
      readonly term: number;
      readonly from: number;
      readonly leader: string | undefined;
      readonly leaderFrom: number | undefined;
    }
  | {
      readonly type: 'mark';
      readonly at: number;
      readonly kind: 'election' | 'leader' | 'crash' | 'restart' | 'freeze' | 'thaw' | 'cut' | 'heal' | 'violation' | 'command';
      readonly label: string;
    };
