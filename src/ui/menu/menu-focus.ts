/** Where the focus goes in a menu on a key. */

import type { KeyboardEvent } from 'react';

const KEYS: Readonly<Record<string, 'first' | 'last' | 'next' | 'previous'>> = {
  Home: 'first',
  End: 'last',
  ArrowDown: 'next',
  ArrowUp: 'previous',
};

/** Arrows, Home and End; the letters go to the next entry that begins so. @param at the entry that has the focus */
export function focusAfter(event: KeyboardEvent, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const move = KEYS[event.key];
  const { length } = items;
  if (move === 'first') return items[0];
  if (move === 'last') return items.at(-1);
  if (move === 'next') return items[(at + 1) % length];
  if (move === 'previous') return items[(at - 1 + length) % length];
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const letter = event.key.toLowerCase();
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
}
