/** What happened, in sentences, newest first. Reading further down holds the list still; newer events are counted until then. */

import { memo, useMemo, useRef, useState, type JSX } from 'react';
import type { FeedItem } from '#view/feed.ts';
import type { Selection } from '#view/selection.ts';
import type { Catalogue } from '#words/english.ts';
import { instantText } from '#words/measure.ts';
import { termClass } from '#viz/term-color.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { Unbroken } from '#ui/Unbroken.tsx';
import { useLater } from '#ui/use-later.ts';
import { FEED_GROUPS, filterFeed, isFiltering, NO_FILTER, type FeedFilter } from '#ui/why/feed-filter.ts';
import { worthReading } from '#ui/why/worth-reading.ts';

/** Sentences on the page at most. */
const SHOWN_MAX = 200;

/** How an event stands to what is selected. */
type Mark = 'selected' | 'cause' | 'effect' | undefined;

interface SentenceProps {
  readonly item: FeedItem;
  readonly words: Catalogue;
  readonly mark: Mark;
}

const Sentence = memo(function Sentence({ item, words, mark }: SentenceProps): JSX.Element {
  const { select, point } = useActions();
  const { actor, text, rule } = words.fact(item);
  const selection: Selection | undefined = item.id === 0 ? undefined : { type: 'event', id: item.id, at: item.at };
  const related = mark === 'cause' || mark === 'effect' ? words.events[mark] : undefined;
  const body = (
    <>
      <span className="event-time">{instantText(item.at)}</span>
      {item.term === undefined || item.term === 0 ? <span /> : <span className={`chip ${termClass(item.term)}`}>{item.term}</span>}
      <span className="event-text">
        <strong>{clientName(actor, words)}</strong> {item.fact.type === 'command' ? <code>{text}</code> : <Unbroken text={text} />}
        {rule !== undefined && <small>{rule}</small>}
        {related !== undefined && <small className="event-related">{related}</small>}
      </span>
    </>
  );
  return (
    <li className={`event-item event-${item.fact.type}${mark === undefined ? '' : ` event-is-${mark}`}`}>
      {selection === undefined ? (
        <div className="event">{body}</div>
      ) : (
        <button
          type="button"
          className="event"
          aria-pressed={mark === 'selected'}
          onClick={() => {
            select(mark === 'selected' ? undefined : selection);
          }}
          onPointerEnter={() => {
            point(selection);
          }}
          onPointerLeave={() => {
            point(undefined);
          }}
        >
          {body}
        </button>
      )}
    </li>
  );
});

interface FilterRowProps {
  readonly filter: FeedFilter;
  readonly onFilter: (filter: FeedFilter) => void;
}

function FilterRow({ filter, onFilter }: FilterRowProps): JSX.Element {
  const words = useWords();
  const members = useView((state) => state.frame?.members);
  const all = useView((state) => state.preferences.everyEvent);
  const { prefer } = useActions();
  return (
    <div className="feed-filter" role="search" aria-label={words.events.filter}>
      <input
        type="search"
        aria-label={words.events.search}
        placeholder={words.events.search}
        value={filter.text}
        onChange={(event) => {
          onFilter({ ...filter, text: event.target.value });
        }}
      />
      <select
        aria-label={words.panels.member}
        value={filter.member ?? ''}
        onChange={(event) => {
          onFilter({ ...filter, member: event.target.value === '' ? undefined : event.target.value });
        }}
      >
        <option value="">{words.events.everyone}</option>
        {members?.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={words.events.about}
        value={filter.group ?? ''}
        onChange={(event) => {
          onFilter({ ...filter, group: FEED_GROUPS.find((group) => group === event.target.value) });
        }}
      >
        <option value="">{words.events.groups.all}</option>
        {FEED_GROUPS.map((group) => (
          <option key={group} value={group}>
            {words.events.groups[group]}
          </option>
        ))}
      </select>
      <label className="check" title={words.events.quietExplained}>
        <input
          type="checkbox"
          checked={all}
          onChange={(event) => {
            prefer({ everyEvent: event.target.checked });
          }}
        />
        <span>{words.events.quiet}</span>
      </label>
    </div>
  );
}

/** How each event stands to what is pointed at or selected. */
function useMarks(): (id: number) => Mark {
  const related = useView((state) => state.related);
  const selected = useView((state) => (state.selected?.type === 'event' ? state.selected.id : undefined));
  return (id) =>
    id === 0 ? undefined : id === selected ? 'selected' : related.causes.has(id) ? 'cause' : related.effects.has(id) ? 'effect' : undefined;
}

export function EventFeed(): JSX.Element {
  const words = useWords();
  const feed = useLater(useView((state) => state.feed));
  const all = useView((state) => state.preferences.everyEvent);
  const [filter, setFilter] = useState(NO_FILTER);
  const markOf = useMarks();
  const list = useRef<HTMLOListElement>(null);
  const [heldAt, setHeldAt] = useState<number>();
  const wanted = useMemo(() => filterFeed(all ? feed : worthReading(feed), filter, words), [all, feed, filter, words]);
  const upTo = heldAt === undefined ? wanted : wanted.filter((item) => item.seq <= heldAt);
  const newer = wanted.length - upTo.length;
  const shown = upTo.slice(-SHOWN_MAX).toReversed();
  return (
    <div className="events">
      <FilterRow filter={filter} onFilter={setFilter} />
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
      {shown.length === 0 && <p className="empty">{isFiltering(filter) ? words.events.noMatch : words.events.empty}</p>}
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
          <Sentence key={item.seq} item={item} words={words} mark={markOf(item.id)} />
        ))}
      </ol>
    </div>
  );
}
