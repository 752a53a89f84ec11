/** The keys as a tree or a list of which only the rows in sight are drawn; by keyboard like any tree. */

import { useEffect, useRef, useState, type CSSProperties, type JSX, type KeyboardEvent } from 'react';
import { showLine, textOf } from '#view/byte-text.ts';
import type { StoredKey } from '#view/data.ts';
import type { KeyRow } from '#view/key-tree.ts';
import { useDataWords } from '#ui/data/use-data.ts';
import { isMenuKey, placeBelow, useMenu } from '#ui/menu/use-menu.ts';
import { useActions } from '#ui/playground-context.ts';
import { useMedia } from '#ui/use-media.ts';

const ROW_PX = 28;
/** What a finger needs. */
const TOUCH_ROW_PX = 44;
const OVERSCAN = 8;

interface KeyListProps {
  /** Leaves room for the key that is shown below. */
  readonly isShort: boolean;
  readonly rows: readonly KeyRow[];
  readonly keys: readonly StoredKey[];
  readonly selected: string | undefined;
  readonly onSelect: (row: KeyRow) => void;
  readonly onToggle: (row: KeyRow, open: boolean) => void;
}

interface RowProps {
  readonly row: KeyRow;
  readonly place: number;
  readonly stored: StoredKey | undefined;
  readonly active: boolean;
  readonly selected: boolean;
  readonly style: CSSProperties;
  readonly onClick: () => void;
}

/** What a key's menu is about: its name. Folders have no menu, nor have keys that are no text, which a line cannot be about by their name. */
const menuKey = (row: KeyRow | undefined, stored: StoredKey | undefined): string | undefined =>
  row?.index === undefined || stored === undefined ? undefined : textOf(stored.key);

function Row({ row, place, stored, active, selected, style, onClick }: RowProps): JSX.Element {
  const words = useDataWords();
  const key = menuKey(row, stored);
  const { openByKey: _byTree, ...menu } = useMenu({ type: 'key', key: key ?? '' });
  const isFolder = row.index === undefined;
  return (
    <div
      id={`key-row-${place}`}
      role="treeitem"
      className={`key-row${active ? ' key-row-active' : ''}`}
      style={style}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={isFolder ? row.open : undefined}
      aria-selected={selected}
      aria-label={isFolder ? words.keys.folder(row.name, row.count) : undefined}
      onClick={onClick}
      {...(key === undefined ? {} : menu)}
    >
      <span className="key-mark" aria-hidden="true">
        {isFolder ? (row.open ? '▾' : '▸') : ''}
      </span>
      <span className="key-name mono">{row.name}</span>
      {stored === undefined ? (
        <span className="key-count">{row.count}</span>
      ) : (
        <>
          <span className="key-value mono">{showLine(stored.value)}</span>
          {stored.lease !== '' && (
            <span className="key-lease" title={`${words.keys.leaseOf} ${stored.lease}`}>
              {words.keys.leaseOf}
            </span>
          )}
        </>
      )}
    </div>
  );
}

export function KeyList({ isShort, rows, keys, selected, onSelect, onToggle }: KeyListProps): JSX.Element {
  const words = useDataWords();
  const { openMenu } = useActions();
  const scroller = useRef<HTMLDivElement>(null);
  const height = useMedia('(pointer: coarse), (max-width: 720px)') ? TOUCH_ROW_PX : ROW_PX;
  const [view, setView] = useState({ top: 0, room: 300 });
  const [active, setActive] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setView((old) => ({ ...old, room: element.clientHeight }));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, []);
  const first = Math.max(0, Math.floor(view.top / height) - OVERSCAN);
  const last = Math.min(rows.length, Math.ceil((view.top + view.room) / height) + OVERSCAN);
  const at = Math.min(active, rows.length - 1);
  const go = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    const element = scroller.current;
    if (element === null) return;
    if (next * height < element.scrollTop) element.scrollTop = next * height;
    else if ((next + 1) * height > element.scrollTop + element.clientHeight) element.scrollTop = (next + 1) * height - element.clientHeight;
  };
  const onMenu = (): void => {
    const row = rows[at];
    const key = menuKey(row, row?.index === undefined ? undefined : keys[row.index]);
    const element = scroller.current?.querySelector('.key-row-active') ?? scroller.current;
    if (key === undefined || element === null) return;
    const { x, y } = placeBelow(element);
    openMenu({ type: 'key', key }, x, y);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const row = rows[at];
    if (row === undefined) return;
    const page = Math.max(1, Math.floor(view.room / height) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const to = moves[event.key];
    if (isMenuKey(event)) onMenu();
    else if (to !== undefined) go(to);
    else if (event.key === 'ArrowRight' && row.index === undefined) {
      if (row.open) go(at + 1);
      else onToggle(row, true);
    } else if (event.key === 'ArrowLeft') {
      if (row.index === undefined && row.open) onToggle(row, false);
      else go(rows.findLastIndex((one, i) => i < at && one.level < row.level));
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (row.index === undefined) onToggle(row, !row.open);
      else onSelect(row);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scroller}
      className={`key-list-scroll${isShort ? ' key-list-short' : ''}`}
      role="tree"
      aria-label={words.keys.names}
      tabIndex={0}
      aria-activedescendant={rows[at] === undefined || at < first || at >= last ? undefined : `key-row-${at}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const top = event.currentTarget.scrollTop;
        setView((old) => ({ ...old, top }));
      }}
    >
      <div className="key-rows" style={{ height: rows.length * height }}>
        {rows.slice(first, last).map((row, i) => {
          const index = first + i;
          return (
            <Row
              key={row.id}
              row={row}
              place={index}
              stored={row.index === undefined ? undefined : keys[row.index]}
              active={index === at}
              selected={row.id === selected}
              style={{ top: index * height, height, paddingInlineStart: 6 + (row.level - 1) * 16 }}
              onClick={() => {
                setActive(index);
                if (row.index === undefined) onToggle(row, !row.open);
                else onSelect(row);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}
