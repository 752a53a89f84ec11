/** What is being typed in a terminal: history, search in it, completion, the keys of a shell. */

import { useState, type ClipboardEvent, type KeyboardEvent, type RefObject } from 'react';
import { searchTyped } from '#store/terminal-history.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { useActions, usePage, useView } from '#ui/playground-context.ts';

/** Looking for a typed line: what for, and how many newer ones were passed over. */
interface Search {
  readonly text: string;
  readonly skip: number;
}

/** A key of the touch bar. */
export type BarKey = 'tab' | 'interrupt' | 'up' | 'down' | 'left' | 'right';

export interface Typing {
  readonly value: string;
  /** Text of the search that goes on, if one does. */
  readonly searching: string | undefined;
  /** Ways to go on with the word, after Tab. */
  readonly choices: readonly string[];
  readonly setValue: (value: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly onPaste: (event: ClipboardEvent<HTMLInputElement>) => void;
  /** What a key of the touch bar does. */
  readonly press: (key: BarKey) => void;
}

/** What all of `words` begin with. */
function commonStart(words: readonly string[]): string {
  const [first = '', ...rest] = words;
  let length = first.length;
  for (const word of rest) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}

/** Moves the caret of a command line by some characters. */
function moveCaret(input: HTMLInputElement | null, by: number): void {
  if (input === null) return;
  const at = Math.min(input.value.length, Math.max(0, (input.selectionStart ?? 0) + by));
  input.focus({ preventScroll: true });
  input.setSelectionRange(at, at);
}

/** The typing of one terminal. @param input its command line */
export function useTyping(terminal: string, input: RefObject<HTMLInputElement | null>): Typing {
  const { type, typeAll, endInput, interrupt, clearTerminal, complete, cleanPaste } = useActions();
  const { playground } = usePage();
  const busy = useView((state) => screenOf(state.terminals, terminal).busy);
  const goesOn = useView((state) => screenOf(state.terminals, terminal).goesOn);
  const [value, setText] = useState('');
  const [back, setBack] = useState(0);
  const [search, setSearch] = useState<Search>();
  const [choices, setChoices] = useState<readonly string[]>([]);
  const typed = (): readonly string[] => screenOf(playground.store.getState().terminals, terminal).typed;
  const set = (text: string): void => {
    setText(text);
    setChoices([]);
  };
  const recall = (steps: number): void => {
    const lines = typed();
    const next = Math.min(lines.length, Math.max(0, steps));
    setBack(next);
    set(next === 0 ? '' : (lines.at(-next) ?? ''));
  };
  const find = (text: string, skip: number): void => {
    const found = searchTyped(typed(), text, skip);
    if (found !== undefined || text === '') setSearch({ text, skip });
    else setSearch({ text, skip: Math.max(0, skip - 1) });
    if (found !== undefined) set(found);
  };
  const stop = (): void => {
    set('');
    setSearch(undefined);
    setBack(0);
    if (busy || goesOn) interrupt(terminal);
  };
  const tab = async (cursor: number): Promise<void> => {
    const { from, words } = await complete(terminal, value, cursor);
    const [only] = words;
    // Whoever typed on meanwhile keeps that.
    if (only === undefined || input.current?.value !== value) return;
    const start = words.length === 1 ? only : commonStart(words);
    const rest = value.slice(cursor);
    setText(value.slice(0, from) + start + (words.length === 1 && !/[/=]$/.test(only) && !rest.startsWith(' ') ? ' ' : '') + rest);
    setChoices(words.length === 1 ? [] : words);
  };
  const enter = (): void => {
    const line = value;
    set('');
    setBack(0);
    setSearch(undefined);
    type(terminal, line);
  };
  const onControl = (event: KeyboardEvent<HTMLInputElement>): void => {
    const selecting = event.currentTarget.selectionStart !== event.currentTarget.selectionEnd;
    const act: Readonly<Record<string, () => void>> = {
      c: stop,
      l: () => clearTerminal(terminal),
      u: () => set(''),
      r: () => find(search?.text ?? value, search === undefined ? 0 : search.skip + 1),
      d: () => {
        if (value === '' && busy) endInput(terminal);
      },
    };
    const chosen = act[event.key];
    if (chosen === undefined || (event.key === 'c' && selecting)) return;
    event.preventDefault();
    chosen();
  };
  const onSearchKey = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    if (search === undefined) return false;
    if (event.key === 'Escape') {
      setSearch(undefined);
      event.stopPropagation();
    } else if (event.key === 'Backspace') find(search.text.slice(0, -1), 0);
    else if (event.key.length === 1) find(search.text + event.key, 0);
    else {
      setSearch(undefined);
      return false;
    }
    event.preventDefault();
    return true;
  };
  return {
    value,
    searching: search?.text,
    choices,
    setValue: (next) => {
      setBack(0);
      set(next);
    },
    onKeyDown: (event) => {
      if (event.nativeEvent.isComposing) return;
      if (event.ctrlKey) return onControl(event);
      if (onSearchKey(event)) return;
      if (event.key === 'Enter') enter();
      else if (event.key === 'ArrowUp') recall(back + 1);
      else if (event.key === 'ArrowDown') recall(back - 1);
      // An empty line leaves Tab to the page: the keyboard must be able to go on.
      else if (event.key === 'Tab' && !event.shiftKey && value !== '') void tab(event.currentTarget.selectionStart ?? value.length);
      else return;
      event.preventDefault();
    },
    onPaste: (event) => {
      const text = event.clipboardData.getData('text');
      if (!/[\r\n]/.test(text.trimEnd())) return;
      event.preventDefault();
      set('');
      void cleanPaste(value + text).then((lines) => typeAll(terminal, lines));
    },
    press: (key) => {
      if (key === 'tab') void tab(input.current?.selectionStart ?? value.length);
      else if (key === 'interrupt') stop();
      else if (key === 'left' || key === 'right') moveCaret(input.current, key === 'left' ? -1 : 1);
      else recall(back + (key === 'up' ? 1 : -1));
    },
  };
}
