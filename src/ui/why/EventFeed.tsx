/** What happened, in sentences, newest first. Reading further down holds the list still; newer events are counted until then. */

import { memo, useMemo, useRef, useState, type JSX } from 'react';
import type { FeedItem } from '#view/feed.ts';
import type { Catalogue } from '#words/english.ts';
import { instantText } from '#words/measure.ts';
import { termClass } from '#viz/term-color.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { Unbroken } from '#ui/Unbroken.tsx';
import { worthReading } from '#ui/why/worth-reading.ts';

/** Sentences on the page at most. */
const SHOWN_MAX = 200;

const Sentence = memo(function Sentence({ item, words }: { readonly item: FeedItem; readonly words: Catalogue }): JSX.Element {
  const { actor, text, rule } = words.fact(item);
  return (
    <li className={`event event-${item.fact.type}`}>
      <span className="event-time">{instantText(item.at)}</span>
      {item.term === undefined || item.term === 0 ? <span /> : <span className={`chip ${termClass(item.term)}`}>{item.term}</span>}
      <p>
        <strong>{clientName(actor, words)}</strong> {item.fact.type === 'command' ? <code>{text}</code> : <Unbroken text={text} />}
        {rule !== undefined && <small>{rule}</small>}
      </p>
    </li>
  );
});

export function EventFeed(): JSX.Element {
  const words = useWords();
  const feed = useView((state) => state.feed);
  const all = useView((state) => state.preferences.everyEvent);
  const { prefer } = useActions();
  const list = useRef<HTMLOListElement>(null);
  const [heldAt, setHeldAt] = useState<number>();
  const wanted = useMemo(() => (all ? feed : worthReading(feed)), [all, feed]);
  const upTo = heldAt === undefined ? wanted : wanted.filter((item) => item.seq <= heldAt);
  const newer = wanted.length - upTo.length;
  const shown = upTo.slice(-SHOWN_MAX).toReversed();
  return (
    <div className="events">
      <label className="check events-all" title={words.events.quietExplained}>
        <input
          type="checkbox"
          checked={all}
          onChange={(event) => {
            prefer({ everyEvent: event.target.checked });
          }}
        />
        <span>{words.events.quiet}</span>
      </label>
      {newer > 0 && (
        <button
          type="button"
          className="button newer"
          onClick={() => {
            setHeldAt(undefined);
            list.current?.scrollTo({ top: 0 });
          }}
        >
          ↑ {words.events.newer(newer)}
        </button>
      )}
      {shown.length === 0 && <p className="empty">{words.events.empty}</p>}
      <ol
        ref={list}
        className="event-list"
        tabIndex={0}
        aria-label={words.panels.events}
        onScroll={(event) => {
          const down = event.currentTarget.scrollTop > 12;
          if (!down) setHeldAt(undefined);
          else if (heldAt === undefined) setHeldAt(feed.at(-1)?.seq);
        }}
      >
        {shown.map((item) => (
          <Sentence key={item.seq} item={item} words={words} />
        ))}
      </ol>
    </div>
  );
}
