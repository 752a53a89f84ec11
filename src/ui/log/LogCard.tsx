/** The card of the log matrix. It follows the newest entry unless the visitor scrolled back; of a long log only what is seen is drawn. */

import {
  memo,
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type JSX,
  type KeyboardEvent,
  type MouseEvent,
  type UIEvent,
} from 'react';
import type { MemberView } from '#view/frame.ts';
import { FALLEN_MAX, fallenCells, type FallenCell } from '#viz/fallen-cells.ts';
import { LogDrawing, type EntryPlace } from '#viz/LogDrawing.tsx';
import { LOG, logRange, logScene, logWindow, logX, type LogScene } from '#viz/log-scene.ts';
import { isMenuKey, placeBelow } from '#ui/menu/use-menu.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { useCalm } from '#ui/log/use-calm.ts';
import { useOlderCells } from '#ui/log/use-older-cells.ts';
import { useLater } from '#ui/use-later.ts';

const Drawing = memo(LogDrawing);

/** The part that is drawn moves in steps of this many columns, so that scrolling seldom draws anew. */
const STEP = 4 * (LOG.cell + LOG.gap);

/**
 * The cells that fell away since the scene before, until each is out of sight.
 * @param looking an instant of the past is shown: what is not there yet did not fall
 */
function useFallen(scene: LogScene, looking: boolean): readonly [readonly FallenCell[], (key: string) => void] {
  const [seen, setSeen] = useState({ scene, looking });
  const [fallen, setFallen] = useState<readonly FallenCell[]>([]);
  if (scene !== seen.scene) {
    setSeen({ scene, looking });
    const same = scene.columns[0]?.index === seen.scene.columns[0]?.index;
    const fresh = looking || seen.looking || !same ? [] : fallenCells(seen.scene, scene);
    if (fresh.length > 0)
      setFallen([...fallen.filter((each) => !fresh.some((other) => other.key === each.key)), ...fresh].slice(-FALLEN_MAX));
  }
  const forget = useCallback((key: string): void => {
    setFallen((all) => all.filter((each) => each.key !== key));
  }, []);
  return [fallen, forget];
}

/** The entry that an element of the drawing stands for. */
function entryOf(target: EventTarget | null): EntryPlace | undefined {
  const text = target instanceof Element ? target.closest('[data-entry]')?.getAttribute('data-entry') : undefined;
  const [member, index, term] = text?.split(' ') ?? [];
  return member === undefined ? undefined : { member, index: Number(index), term: Number(term) };
}

/** The entry beside one, in a direction; without one, the newest of the first member that has any. */
function neighbour(scene: LogScene, from: EntryPlace | undefined, key: string): EntryPlace | undefined {
  const rows = scene.rows.filter((row) => row.cells.length > 0);
  const at = rows.findIndex((row) => row.member.name === from?.member);
  const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  if (row === undefined) return undefined;
  const index = from === undefined ? Infinity : from.index + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0);
  const cell = row.cells.find((each) => each.cell.index === index)?.cell ?? row.cells.at(-1)?.cell;
  return cell === undefined ? undefined : { member: row.member.name, index: cell.index, term: cell.term };
}

/** Where the matrix is scrolled to, in steps, and how wide it is seen. */
interface Seen {
  readonly left: number;
  readonly width: number;
}

const NO_MEMBERS: readonly MemberView[] = [];

interface MatrixProps {
  readonly members: readonly MemberView[];
  readonly leader: string | undefined;
}

const Matrix = memo(function Matrix({ members, leader }: MatrixProps): JSX.Element {
  const words = useWords();
  const { select, explain, openMenu, point } = useActions();
  const [seen, setSeen] = useState<Seen>({ left: 0, width: 0 });
  const whole = useMemo(() => logRange(members), [members]);
  const range = useMemo(() => logWindow(whole, seen.left, seen.width + STEP, 1), [whole, seen]);
  const older = useOlderCells(members, range);
  const scene = useMemo(() => logScene(members, leader, range, older), [members, leader, range, older]);
  const looking = useView((state) => state.frame?.looking ?? false);
  const [fallen, forget] = useFallen(scene, looking);
  const chosen = useView((state) => (state.selected?.type === 'entry' ? state.selected : undefined));
  const lit = useView((state) => state.related.entries);
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** The width that was last seen: a scroll while it is another one comes of that, not of a hand. */
  const settled = useRef(0);
  const read = (element: HTMLElement): void => {
    const next = { left: Math.floor(element.scrollLeft / STEP) * STEP, width: element.clientWidth };
    setSeen((known) => (known.left === next.left && known.width === next.width ? known : next));
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (following.current) element.scrollLeft = element.scrollWidth;
    read(element);
  }, [scene.width]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      // What followed the newest entries still does, when the card is narrower than before.
      settled.current = element.clientWidth;
      if (following.current) element.scrollLeft = element.scrollWidth;
      read(element);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  const reveal = (index: number): void => {
    const element = scroller.current;
    if (element === null) return;
    const x = logX(index, whole);
    if (x < element.scrollLeft) element.scrollLeft = x - LOG.cell;
    else if (x + LOG.cell > element.scrollLeft + element.clientWidth) element.scrollLeft = x + 2 * LOG.cell - element.clientWidth;
  };
  const onScroll = (event: UIEvent<HTMLDivElement>): void => {
    const element = event.currentTarget;
    if (element.clientWidth === settled.current) following.current = element.scrollLeft + element.clientWidth >= element.scrollWidth - 8;
    read(element);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (chosen !== undefined && isMenuKey(event)) {
      const { x, y } = placeBelow(event.currentTarget);
      openMenu(chosen, x, y);
    } else if (chosen !== undefined && event.key === 'Enter') explain(chosen);
    else if (event.key.startsWith('Arrow')) {
      const next = neighbour(scene, chosen, event.key);
      if (next === undefined) return;
      select({ type: 'entry', ...next });
      reveal(next.index);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onEntry = (event: MouseEvent, act: (entry: EntryPlace) => void): void => {
    const entry = entryOf(event.target);
    if (entry === undefined) return;
    event.preventDefault();
    act(entry);
  };
  const left = Math.min(seen.left, Math.max(0, scene.width - seen.width));
  const part = { left, width: Math.max(1, Math.min(seen.width + STEP, scene.width - left)) };
  return (
    <div
      className="log-scroller"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={words.log.scroll}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        onEntry(event, (entry) => {
          select({ type: 'entry', ...entry });
        });
      }}
      onContextMenu={(event) => {
        onEntry(event, (entry) => {
          openMenu({ type: 'entry', ...entry }, event.clientX, event.clientY);
        });
      }}
      onPointerOver={(event) => {
        const entry = entryOf(event.target);
        point(entry === undefined ? undefined : { type: 'entry', ...entry });
      }}
      onPointerLeave={() => {
        point(undefined);
      }}
    >
      <div className="log-whole" style={{ width: scene.width, height: scene.height }}>
        <div className="log-part" style={{ left: part.left }}>
          <PartDrawing
            scene={scene}
            words={words}
            fallen={fallen}
            onFallen={forget}
            selected={chosen}
            lit={lit}
            left={part.left}
            width={part.width}
          />
        </div>
      </div>
    </div>
  );
});

const PartDrawing = memo(function PartDrawing({
  left,
  width,
  ...rest
}: Omit<Parameters<typeof LogDrawing>[0], 'part'> & { readonly left: number; readonly width: number }): JSX.Element {
  const part = useMemo(() => ({ left, width }), [left, width]);
  return <Drawing {...rest} part={part} />;
});

export function LogCard(): JSX.Element {
  const words = useWords();
  const members = useCalm(useLater(useView((state) => state.frame?.members) ?? NO_MEMBERS));
  const leader = useView((state) => (state.frame?.headline.type === 'leader' ? state.frame.headline.leader : undefined));
  const { first, last } = logRange(members);
  const height = useView((state) => state.preferences.sizes.log);
  return (
    <section className="card log-card" aria-label={words.log.title} style={height > 0 ? { height } : {}}>
      <header className="card-header">
        <h2>{words.log.title}</h2>
        <p className="quiet">
          {words.log.explained}
          {leader !== undefined && ` · ${words.log.leaderKnows(leader)}`}
        </p>
      </header>
      {last < first && <p className="empty">{words.log.empty}</p>}
      <div className="log-body">
        <ul className="log-names" style={{ paddingTop: LOG.header }} aria-hidden>
          {members.map(({ name }) => (
            <li key={name} style={{ height: LOG.row, marginBottom: LOG.rowGap }} className={name === leader ? 'leads' : ''}>
              {name}
            </li>
          ))}
        </ul>
        <Matrix members={members} leader={leader} />
      </div>
    </section>
  );
}
