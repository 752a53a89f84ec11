/** The command palette: finds every command and view, shows its keys and the line that it stands for. */

import { useEffect, useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import { MAIN_TERMINAL } from '#store/terminal-tabs.ts';
import { findItems, paletteItems, type PaletteItem } from '#ui/commands/palette-items.ts';
import { runCommand } from '#ui/commands/page-commands.ts';
import { useCommandTools } from '#ui/commands/use-commands.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, usePage, useWords } from '#ui/playground-context.ts';

/** Does what an item stands for. */
function useRun(): (item: PaletteItem) => void {
  const tools = useCommandTools();
  const { show, say, prefer, type } = useActions();
  return (item) => {
    show(undefined);
    switch (item.type) {
      case 'command':
        runCommand(item.command, tools);
        break;
      case 'step':
        prefer({ step: item.step });
        break;
      case 'line':
        if (!item.typed || item.line.startsWith('play ')) say(item.line);
        else {
          // What it prints is what was asked for.
          prefer({ terminal: true });
          type(MAIN_TERMINAL, item.line);
        }
        break;
    }
  };
}

export function Palette(): JSX.Element {
  const words = useWords();
  const { playground } = usePage();
  const run = useRun();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // After the dialog has opened and taken the focus.
    input.current?.focus();
  }, []);
  // What is offered stays what it was when the palette opened, whatever happens meanwhile.
  const [frame] = useState(() => playground.store.getState().frame);
  const items = useMemo(() => (frame === undefined ? [] : paletteItems(frame, words)), [frame, words]);
  const found = useMemo(() => findItems(items, query, words), [items, query, words]);
  const chosen = found[Math.min(at, found.length - 1)];
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(found.length - 1, to));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 };
    const to = moves[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && chosen !== undefined) run(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={words.touch.palette.title}>
      <input
        ref={input}
        className="palette-input"
        role="combobox"
        aria-label={words.touch.palette.title}
        aria-expanded
        aria-controls="palette-list"
        aria-autocomplete="list"
        aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.id}`}
        placeholder={words.touch.palette.placeholder}
        value={query}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      {found.length === 0 && <p className="empty">{words.touch.palette.none}</p>}
      <ul ref={list} id="palette-list" className="palette-list" role="listbox" aria-label={words.touch.palette.results}>
        {found.map((item, index) => (
          <li
            key={item.id}
            id={`palette-${item.id}`}
            role="option"
            aria-selected={item === chosen}
            className="palette-item"
            onPointerMove={() => {
              setAt(index);
            }}
            onClick={() => {
              run(item);
            }}
          >
            <span>{item.text}</span>
            {item.type === 'line' && !item.typed && <code>{item.line}</code>}
            {item.keys !== undefined && <kbd>{item.keys}</kbd>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
