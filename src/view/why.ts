/**
 * Why something is as it is: typed facts out of the trace and of what the members say of themselves, with the events that they are about. The catalogue in
 * #words turns them into sentences; the page decides nothing. Members, clients and keys by name, times in virtual µs.
 */

import type { FeedItem } from '#view/feed.ts';
import type { MemberRole, MessageView } from '#view/frame.ts';

/** Why one member hears nothing of another. `unknown`: the trace does not say. */
export type SilenceReason = 'dead' | 'crashed' | 'frozen' | 'cut' | 'lossy' | 'not-leading' | 'slow' | 'unknown';

/** What keeps a voter's acknowledgement of an entry away. */
export type MissingReason = 'dead' | 'crashed' | 'frozen' | 'cut' | 'on-the-way' | 'saving' | 'snapshot' | 'behind' | 'lossy';

/** An entry, as a log has it. */
export interface LogPosition {
  readonly index: number;
  readonly term: number;
}

/** What is asked. */
export type WhyQuestion =
  | { readonly type: 'no-leader'; readonly electing: readonly string[] }
  | { readonly type: 'leads'; readonly leader: string; readonly term: number }
  | { readonly type: 'booting' }
  | {
      readonly type: 'member';
      readonly member: string;
      readonly state: MemberRole | 'stale-leader' | 'leaderless' | 'behind' | 'dead' | 'crashed' | 'frozen';
      readonly term: number;
      /** The leader that it follows. */
      readonly lead: string | undefined;
    }
  | {
      readonly type: 'entry';
      readonly member: string;
      readonly index: number;
      readonly state: 'committed' | 'uncommitted' | 'not-known-committed' | 'gone';
    }
  | {
      readonly type: 'request';
      readonly label: string;
      readonly member: string | undefined;
      readonly state: 'waiting' | 'done' | 'failed' | 'given-up';
    }
  | {
      readonly type: 'message';
      readonly kind: MessageView['kind'];
      readonly from: string;
      readonly to: string;
      readonly state: 'travels' | 'arrived' | 'lost';
    }
  | { readonly type: 'event'; readonly item: FeedItem }
  | { readonly type: 'link'; readonly from: string; readonly to: string; readonly state: 'cut' | 'changed' | 'whole' }
  | { readonly type: 'client'; readonly client: string }
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'lease'; readonly lease: string }
  | { readonly type: 'watch'; readonly client: string; readonly label: string; readonly state: 'open' | 'cancelled' }
  | { readonly type: 'term'; readonly term: number }
  /** It happened before what is remembered of the run. */
  | { readonly type: 'forgotten' };

/** One reason. */
export type WhyFact =
  /** An event as the feed tells it. */
  | { readonly type: 'happened'; readonly item: FeedItem }
  | {
      readonly type: 'message';
      readonly kind: MessageView['kind'];
      readonly from: string;
      readonly to: string;
      readonly state: 'travels' | 'arrived' | 'lost';
      /** Of its journey; undefined while it travels. */
      readonly micros: number | undefined;
      readonly loss: 'cut' | 'loss' | 'dead' | 'dropped' | undefined;
    }
  | { readonly type: 'timed-out'; readonly member: string; readonly ticks: number; readonly micros: number; readonly skipped: boolean }
  | { readonly type: 'asked-to-campaign'; readonly member: string; readonly by: 'visitor' | 'leader' }
  | { readonly type: 'last-heard'; readonly member: string; readonly leader: string; readonly before: number }
  | { readonly type: 'never-heard'; readonly member: string }
  | { readonly type: 'silent'; readonly member: string; readonly reason: SilenceReason }
  | { readonly type: 'pre-vote-won'; readonly member: string; readonly granted: number; readonly voters: number }
  | { readonly type: 'ballot'; readonly voter: string; readonly candidate: string; readonly granted: boolean; readonly pre: boolean }
  | {
      readonly type: 'no-ballot';
      readonly voter: string;
      readonly candidate: string;
      readonly reason: SilenceReason | 'on-the-way';
    }
  | { readonly type: 'majority'; readonly have: number; readonly needed: number; readonly of: number }
  | { readonly type: 'voted-for'; readonly voter: string; readonly votedFor: string; readonly term: number }
  | {
      readonly type: 'compared-logs';
      readonly voter: string;
      readonly own: LogPosition;
      readonly candidate: string;
      readonly theirs: LogPosition;
      readonly behind: boolean;
    }
  | { readonly type: 'in-lease'; readonly voter: string; readonly leader: string | undefined; readonly micros: number }
  | { readonly type: 'older-term'; readonly from: string; readonly term: number; readonly own: number }
  | {
      readonly type: 'newer-term';
      readonly from: string;
      readonly term: number;
      readonly own: number;
      readonly kind: MessageView['kind'] | undefined;
    }
  | {
      readonly type: 'quorum-check';
      readonly member: string;
      readonly active: readonly string[];
      readonly needed: number;
      readonly of: number;
    }
  | { readonly type: 'will-step-down'; readonly member: string; readonly micros: number }
  | { readonly type: 'claims'; readonly member: string; readonly hears: readonly string[]; readonly term: number }
  | { readonly type: 'follows'; readonly member: string; readonly leader: string; readonly term: number }
  | { readonly type: 'holders'; readonly index: number; readonly holders: readonly string[]; readonly needed: number; readonly of: number }
  | { readonly type: 'missing-ack'; readonly index: number; readonly voter: string; readonly reason: MissingReason; readonly match: number }
  | { readonly type: 'own-term-rule'; readonly index: number; readonly entryTerm: number; readonly leaderTerm: number }
  | { readonly type: 'covered-by-own-term'; readonly index: number; readonly term: number }
  | { readonly type: 'other-leader'; readonly leader: string; readonly term: number; readonly index: number }
  | {
      readonly type: 'will-be-replaced';
      readonly leader: string;
      readonly index: number;
      readonly ownTerm: number;
      readonly theirTerm: number | undefined;
    }
  | { readonly type: 'not-told'; readonly member: string; readonly leader: string; readonly commit: number }
  | { readonly type: 'not-applied'; readonly member: string; readonly index: number; readonly applied: number }
  | {
      readonly type: 'log-mismatch';
      readonly follower: string;
      readonly leader: string;
      readonly index: number;
      readonly leaderTerm: number;
      readonly ownTerm: number;
    }
  | { readonly type: 'backs-up'; readonly leader: string; readonly follower: string; readonly to: number }
  | { readonly type: 'conflict'; readonly member: string; readonly index: number; readonly ownTerm: number; readonly newTerm: number }
  | { readonly type: 'never-committed'; readonly index: number }
  | { readonly type: 'told-commit'; readonly member: string; readonly leader: string; readonly index: number }
  | { readonly type: 'needs-snapshot'; readonly member: string; readonly next: number; readonly first: number }
  | {
      readonly type: 'behind';
      readonly member: string;
      readonly by: number;
      readonly match: number;
      readonly last: number;
      readonly state: 'probe' | 'replicate' | 'snapshot';
    }
  | {
      readonly type: 'alive';
      readonly up: readonly string[];
      readonly down: readonly string[];
      readonly needed: number;
      readonly of: number;
    }
  | { readonly type: 'split'; readonly sides: readonly (readonly string[])[]; readonly needed: number }
  | { readonly type: 'split-vote'; readonly term: number; readonly candidates: readonly string[] }
  | { readonly type: 'next-timeout'; readonly member: string; readonly micros: number }
  | { readonly type: 'blocked'; readonly from: string; readonly to: string }
  | { readonly type: 'link-setting'; readonly from: string; readonly to: string; readonly setting: string }
  | { readonly type: 'by-chance'; readonly from: string; readonly to: string }
  | { readonly type: 'dropped-by-visitor' }
  | { readonly type: 'inbox-full'; readonly member: string }
  | { readonly type: 'endpoint-silent'; readonly member: string; readonly reason: SilenceReason }
  | { readonly type: 'held-by-network'; readonly client: string; readonly member: string }
  | { readonly type: 'waits-for-leader'; readonly member: string }
  /** It is up and has not published itself through the log yet: what its clients sent (`held` pieces) waits until then. */
  | { readonly type: 'not-serving'; readonly member: string; readonly waitsFor: 'leader' | 'publishing'; readonly held: number }
  | { readonly type: 'forwarded-to'; readonly member: string; readonly leader: string; readonly arrived: boolean }
  | { readonly type: 'waits-for-read-index'; readonly member: string; readonly leader: string | undefined }
  | { readonly type: 'waits-to-apply'; readonly member: string; readonly index: number; readonly applied: number }
  | { readonly type: 'answer-on-the-way'; readonly member: string; readonly client: string }
  | { readonly type: 'streams'; readonly member: string }
  | { readonly type: 'error'; readonly text: string; readonly effect: 'none' | 'unknown' }
  | { readonly type: 'deadline'; readonly client: string }
  | { readonly type: 'watch-from'; readonly member: string; readonly key: string; readonly revision: number }
  | { readonly type: 'compacted'; readonly member: string; readonly revision: number }
  | { readonly type: 'closed-by-client'; readonly client: string }
  | { readonly type: 'server-refused'; readonly text: string }
  | { readonly type: 'crash'; readonly member: string; readonly reason: string }
  | { readonly type: 'restart-helps'; readonly member: string }
  | {
      readonly type: 'key-state';
      readonly key: string;
      readonly value: string | undefined;
      readonly revision: number;
      readonly version: number;
      readonly member: string;
    }
  | {
      readonly type: 'lease-state';
      readonly lease: string;
      readonly member: string;
      readonly ttlSeconds: number;
      readonly leftMicros: number | undefined;
      readonly keys: readonly string[];
    }
  | { readonly type: 'lease-gone'; readonly lease: string };

/** A reason with the event that it is about: choosing it goes there. */
export interface WhyReason {
  readonly fact: WhyFact;
  /** An event of the trace, 0 if it is about a state and not an event. */
  readonly event: number;
  /** The event's instant; undefined with no event. */
  readonly at: number | undefined;
}

export interface WhyAnswer {
  readonly question: WhyQuestion;
  /** The reasons, the nearest first. */
  readonly reasons: readonly WhyReason[];
  /** The causal chain of the event in question, the nearest cause first. */
  readonly chain: readonly WhyReason[];
}

/** Events that led to something, and events that it led to, by the ids that feed items, messages and flights carry. */
export interface RelatedEvents {
  readonly causes: readonly number[];
  readonly effects: readonly number[];
  /** The entries that these events wrote to logs. */
  readonly entries: readonly RelatedEntry[];
  /** When these events happened, each instant once for each side. */
  readonly instants: readonly RelatedInstant[];
}

export type RelatedSide = 'cause' | 'effect';

/** An entry of a member's log that lay on the way. */
export interface RelatedEntry extends LogPosition {
  readonly member: string;
  readonly side: RelatedSide;
}

/** Virtual µs at which something on the way happened. */
export interface RelatedInstant {
  readonly at: number;
  readonly side: RelatedSide;
}
