/** What a terminal can do besides running lines: a small menu behind one button. */

import { useEffect, useRef, useState, type JSX, type KeyboardEvent, type RefObject } from 'react';
import { MAIN_TERMINAL, screenOf } from '#store/terminal-tabs.ts';
import { focusAfter } from '#ui/menu/menu-focus.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { saveFile } from '#ui/share/save-file.ts';

interface Entry {
  readonly text: string;
  /** The key that does the same. */
  readonly key?: string;
  /** Of an entry that is on or off. */
  readonly checked?: boolean;
  readonly disabled?: boolean;
  readonly act: () => void;
}

/** What the menu offers for the terminal that is seen. @param chooseFile asks for a scenario file */
function useEntries(chooseFile: () => void): readonly Entry[] {
  const words = useWords().terminal;
  const { clearTerminal, closeTerminal, splitTerminals, transcript } = useActions();
  const { tabs, active, split } = useView((state) => state.terminals);
  const { busy, blocks } = useView((state) => screenOf(state.terminals, active));
  const empty = blocks.length === 0;
  const several: Entry = { text: words.split, checked: split, act: () => splitTerminals(!split) };
  const at = tabs.findIndex((tab) => tab.name === active) + 1;
  return [
    ...(tabs.length > 1 ? [several] : []),
    { text: words.load, disabled: busy, act: chooseFile },
    { text: words.save, disabled: empty, act: () => saveFile('terminal.txt', `${transcript(active)}\n`) },
    { text: words.clear, key: 'Ctrl-L', disabled: empty, act: () => clearTerminal(active) },
    ...(active === MAIN_TERMINAL ? [] : [{ text: words.close(at), act: () => closeTerminal(active) }]),
  ];
}

function Entries({ entries, onClose }: { readonly entries: readonly Entry[]; readonly onClose: (back: boolean) => void }): JSX.Element {
  const words = useWords();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>('button')?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && ref.current?.parentElement?.contains(event.target) !== true) onClose(false);
    };
    document.addEventListener('pointerdown', outside, true);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
    };
  }, [onClose]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    if (event.key === 'Enter' || event.key === ' ') return;
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape' || event.key === 'Tab') onClose(true);
    else focusAfter(event, items, at)?.focus();
    event.preventDefault();
  };
  return (
    <div ref={ref} role="menu" tabIndex={-1} className="terminal-menu" aria-label={words.terminal.more} onKeyDown={onKeyDown}>
      {entries.map(({ text, key, checked, disabled = false, act }) => (
        <button
          key={text}
          type="button"
          role={checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked={checked}
          aria-disabled={disabled}
          tabIndex={-1}
          className="menu-entry"
          onClick={() => {
            if (disabled) return;
            onClose(true);
            act();
          }}
        >
          <span>{text}</span>
          {checked === true && <span aria-hidden>✓</span>}
          {key !== undefined && <kbd aria-hidden>{key}</kbd>}
        </button>
      ))}
    </div>
  );
}

/** A scenario file of the visitor's, played in the place of the present run. */
function ScriptInput({ input }: { readonly input: RefObject<HTMLInputElement | null> }): JSX.Element {
  const words = useWords();
  const { loadScript } = useActions();
  const active = useView((state) => state.terminals.active);
  return (
    <input
      ref={input}
      type="file"
      hidden
      aria-label={words.terminal.load}
      onChange={(event) => {
        const [file] = event.target.files ?? [];
        if (file !== undefined)
          void file.text().then((text) => {
            loadScript(active, file.name, text);
          });
        event.target.value = '';
      }}
    />
  );
}

export function TerminalMenu(): JSX.Element {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const entries = useEntries(() => input.current?.click());
  const [close] = useState(() => (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  });
  return (
    <div className="terminal-more">
      <button
        ref={button}
        type="button"
        className="icon-button"
        aria-label={words.terminal.more}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        …
      </button>
      {open && <Entries entries={entries} onClose={close} />}
      <ScriptInput input={input} />
    </div>
  );
}
