/** Which events of the feed are wanted: by member, by what they are about, by words in their sentence. */

import type { FeedFact, FeedItem } from '#view/feed.ts';
import type { Catalogue } from '#words/english.ts';

export type FeedGroup = 'election' | 'log' | 'request' | 'fault';
export const FEED_GROUPS: readonly FeedGroup[] = ['election', 'log', 'request', 'fault'];

/** What stands under none of these was done to the cluster. */
const GROUP: Readonly<Partial<Record<FeedFact['type'], FeedGroup>>> = {
  'election-timeout': 'election',
  'became-follower': 'election',
  'became-pre-candidate': 'election',
  'became-candidate': 'election',
  'became-leader': 'election',
  'stepped-down': 'election',
  'vote-granted': 'election',
  'vote-refused': 'election',
  appended: 'log',
  replicated: 'log',
  acknowledged: 'log',
  'append-refused': 'log',
  truncated: 'log',
  committed: 'log',
  applied: 'log',
  saved: 'log',
  'snapshot-sent': 'log',
  'snapshot-applied': 'log',
  'log-compacted': 'log',
  recovered: 'log',
  forwarded: 'request',
  request: 'request',
  answered: 'request',
  'watch-created': 'request',
  'watch-fired': 'request',
  'watch-cancelled': 'request',
};

export interface FeedFilter {
  /** Undefined: all. */
  readonly member: string | undefined;
  readonly group: FeedGroup | undefined;
  /** Words that the sentence must have; case does not matter. */
  readonly text: string;
}

export const NO_FILTER: FeedFilter = { member: undefined, group: undefined, text: '' };

export const isFiltering = ({ member, group, text }: FeedFilter): boolean =>
  member !== undefined || group !== undefined || text.trim() !== '';

/** The events that a filter lets through, in their order. */
export function filterFeed(feed: readonly FeedItem[], { member, group, text }: FeedFilter, words: Catalogue): readonly FeedItem[] {
  const wanted = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return feed.filter((item) => {
    if (member !== undefined && item.member !== member) return false;
    if (group !== undefined && (GROUP[item.fact.type] ?? 'fault') !== group) return false;
    if (wanted.length === 0) return true;
    const { actor, text: said } = words.fact(item);
    const sentence = `${actor} ${said}`.toLowerCase();
    return wanted.every((word) => sentence.includes(word));
  });
}
