/** Which events a reader wants who did not ask for all of them. */

import type { FeedItem } from '#view/feed.ts';

/** Entries of the cluster's own housekeeping. */
const OWN_ENTRY = /^(empty|publish|cluster-version|conf-change\b)/;

function isQuiet(item: FeedItem): boolean {
  const { fact } = item;
  switch (fact.type) {
    case 'acknowledged':
    case 'saved':
    case 'ticks-lost':
      return true;
    case 'applied':
      return OWN_ENTRY.test(fact.label);
    case 'message-lost':
      // What a cut or a dead receiver costs is seen on the stage; a lottery or a hand is worth a sentence.
      return fact.reason === 'dead' || fact.reason === 'cut' || /heartbeat/i.test(fact.kind);
    default:
      return false;
  }
}

/** A member that asks for pre-votes in vain does so again and again: the first time is worth a sentence. */
function isRepeated(item: FeedItem, before: FeedItem | undefined): boolean {
  return (
    before?.fact.type === 'became-pre-candidate' && (item.fact.type === 'election-timeout' || item.fact.type === 'became-pre-candidate')
  );
}

/** The events worth reading, in their order. */
export function worthReading(feed: readonly FeedItem[]): readonly FeedItem[] {
  const lastOf = new Map<string, FeedItem>();
  return feed.filter((item) => {
    if (isQuiet(item)) return false;
    if (item.member === undefined) return true;
    if (isRepeated(item, lastOf.get(item.member))) return false;
    lastOf.set(item.member, item);
    return true;
  });
}
