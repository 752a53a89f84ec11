/** The keys that a touch keyboard lacks. */

import type { JSX } from 'react';
import { useWords } from '#ui/playground-context.ts';
import type { BarKey } from '#ui/terminal/use-typing.ts';

const KEYS: readonly (readonly [key: BarKey, text: string])[] = [
  ['tab', 'Tab'],
  ['interrupt', 'Ctrl-C'],
  ['up', '↑'],
  ['down', '↓'],
  ['left', '←'],
  ['right', '→'],
];

/** A bar of them; the command line keeps the focus, so that the touch keyboard stays. */
export function KeyBar({ onPress }: { readonly onPress: (key: BarKey) => void }): JSX.Element {
  const words = useWords();
  return (
    <div className="key-bar" role="toolbar" aria-label={words.terminal.keyBar}>
      {KEYS.map(([key, text]) => (
        <button
          key={key}
          type="button"
          className="button"
          aria-label={words.terminal.keys[key]}
          onPointerDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            onPress(key);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
