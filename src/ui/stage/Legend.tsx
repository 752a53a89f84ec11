import type { JSX } from 'react';
import type { MessageForm } from '#viz/message-place.ts';
import { MessageGlyph } from '#viz/MessageDrawing.tsx';
import { useWords } from '#ui/playground-context.ts';

const SHORT: readonly (readonly [MessageForm, 'append' | 'ack' | 'vote' | 'heartbeat' | 'client'])[] = [
  ['append', 'append'],
  ['ack', 'ack'],
  ['vote', 'vote'],
  ['heartbeat', 'heartbeat'],
  ['client', 'client'],
];

/** The shapes of the messages, with their words; `all` adds the rarer ones. */
export function Legend({ all }: { readonly all: boolean }): JSX.Element {
  const words = useWords();
  const items = all ? [...SHORT, ['nack', 'nack'] as const, ['snapshot', 'snapshot'] as const] : SHORT;
  return (
    <ul className="legend" aria-label={words.legend.title}>
      {items.map(([form, name]) => (
        <li key={name}>
          <svg width={20} height={20} viewBox="-10 -10 20 20" aria-hidden>
            <MessageGlyph form={form} />
          </svg>
          {words.legend[name]}
        </li>
      ))}
      <li>
        <svg width={20} height={20} viewBox="-10 -10 20 20" aria-hidden>
          <path className="msg-cross" d="M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5" />
        </svg>
        {words.legend.lost}
      </li>
    </ul>
  );
}
