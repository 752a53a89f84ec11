/** Tells who cannot see the stage what happens there: elections, commits and faults, at a rate that can be listened to. */

import { useEffect, useRef, useState, type JSX } from 'react';
import type { FeedFact, FeedItem } from '#view/feed.ts';
import type { Catalogue } from '#words/english.ts';
import { usePage, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';

/** Wall time between two announcements, ms. */
const PAUSE = 4_000;
/** Sentences of one announcement; the newest. */
const SENTENCES_MAX = 4;

const WORTH_HEARING: ReadonlySet<FeedFact['type']> = new Set<FeedFact['type']>([
  'became-candidate',
  'became-leader',
  'stepped-down',
  'committed',
  'truncated',
  'snapshot-applied',
  'started',
  'killed',
  'frozen',
  'thawed',
  'wiped',
  'crashed',
  'stopped',
  'partitioned',
  'healed',
  'link-changed',
  'violated',
]);

/** What is said about some facts: of commits the last one alone, and at most a few sentences. */
export function narration(items: readonly FeedItem[], words: Catalogue): string {
  const worth = items.filter(({ fact }) => WORTH_HEARING.has(fact.type));
  const lastCommit = worth.findLast(({ fact }) => fact.type === 'committed');
  return worth
    .filter((item) => item.fact.type !== 'committed' || item === lastCommit)
    .slice(-SENTENCES_MAX)
    .map((item) => {
      const { actor, text } = words.fact(item);
      return `${clientName(actor, words)} ${text}.`;
    })
    .join(' ');
}

/** Up to which fact of which run was listened to. */
export interface Heard {
  readonly generation: number;
  readonly seq: number;
}

/** What was not heard yet. Another run counts its facts anew, and so does an earlier instant: there the newest are told again. */
export function unheard(feed: readonly FeedItem[], { generation, seq }: Heard, heard: Heard): readonly FeedItem[] {
  return generation !== heard.generation || seq < heard.seq ? feed : feed.filter((item) => item.seq > heard.seq);
}

export function Narrator(): JSX.Element {
  const words = useWords();
  const { playground } = usePage();
  const heard = useRef<Heard>({ generation: -1, seq: -1 });
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = window.setInterval(() => {
      const { feed, frame } = playground.store.getState();
      const now = { generation: frame?.run.generation ?? -1, seq: feed.at(-1)?.seq ?? -1 };
      const next = narration(unheard(feed, now, heard.current), words);
      heard.current = now;
      if (next !== '') setText(next);
    }, PAUSE);
    return () => {
      window.clearInterval(timer);
    };
  }, [playground, words]);
  return (
    <div className="visually-hidden" role="log" aria-live="polite" aria-label={words.touch.narrator}>
      {text}
    </div>
  );
}
