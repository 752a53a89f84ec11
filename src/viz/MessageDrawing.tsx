/** A message: its type is told by shape first, by colour second. */

import type { JSX } from 'react';
import { round } from '#viz/point.ts';
import type { BundleShape, MessageForm, MessageShape } from '#viz/message-place.ts';

/** Boxes drawn beside an append at most; further entries are counted. */
const BOXES_MAX = 3;

/** The bare shape around the origin, as in the legend. */
export function MessageGlyph({ form }: { readonly form: MessageForm }): JSX.Element {
  switch (form) {
    case 'append':
      return <circle className="msg-append" r={6.5} />;
    case 'ack':
      return (
        <g className="msg-ack">
          <circle r={6} />
          <path d="M-3 0H3M0 -3V3" />
        </g>
      );
    case 'nack':
      return (
        <g className="msg-ack">
          <circle r={6} />
          <path d="M-3 0H3" />
        </g>
      );
    case 'vote':
      return <path className="msg-vote" d="M0 -7.5L7.2 5.5H-7.2Z" />;
    case 'vote-yes':
      return (
        <g className="msg-vote-answer">
          <path d="M0 -8.5L8 6H-8Z" />
          <path d="M-2.6 1.6H2.6M0 -1V4.2" />
        </g>
      );
    case 'vote-no':
      return (
        <g className="msg-vote-answer">
          <path d="M0 -8.5L8 6H-8Z" />
          <path d="M-2.6 1.8H2.6" />
        </g>
      );
    case 'heartbeat':
      return <circle className="msg-heartbeat" r={3} />;
    case 'snapshot':
      return (
        <g className="msg-snapshot">
          <rect x={-8} y={-6.5} width={16} height={13} rx={2} />
          <path d="M-8 -1.5H8M-8 2.5H8" />
        </g>
      );
    case 'client':
      return <path className="msg-client" d="M0 -7L7 0L0 7L-7 0Z" />;
    case 'client-answer':
      return <path className="msg-client-answer" d="M0 -6.5L6.5 0L0 6.5L-6.5 0Z" />;
    case 'other':
      return <rect className="msg-other" x={-4} y={-4} width={8} height={8} rx={1.5} />;
  }
}

function Boxes({ count }: { readonly count: number }): JSX.Element {
  const shown = Math.min(count, BOXES_MAX);
  return (
    <g className="msg-entries">
      {Array.from({ length: shown }, (_, at) => (
        <rect key={at} x={round(10 + at * 8)} y={-4} width={6} height={8} rx={1} />
      ))}
      {count > shown && (
        <text x={10 + shown * 8} y={4}>
          +{count - shown}
        </text>
      )}
    </g>
  );
}

/** How a message stands to what is pointed at. */
export type Emphasis = 'selected' | 'cause' | 'effect' | 'none';

/** Many messages as one shape with their number. */
export function BundleDrawing({ bundle, label }: { readonly bundle: BundleShape; readonly label: string }): JSX.Element {
  return (
    <g transform={`translate(${bundle.place.x} ${bundle.place.y})`} className="msg msg-bundle">
      <title>{label}</title>
      <g className="bundle-behind" transform="translate(3.5 -3.5)">
        <MessageGlyph form={bundle.form} />
      </g>
      <MessageGlyph form={bundle.form} />
      <text x={13} y={4}>
        ×{bundle.count}
      </text>
    </g>
  );
}

/** A message at its place. `label` names it for the pointer. */
export function MessageDrawing({
  shape,
  label,
  emphasis = 'none',
}: {
  readonly shape: MessageShape;
  readonly label: string;
  readonly emphasis?: Emphasis;
}): JSX.Element {
  const { message, form, place, lost } = shape;
  return (
    <g
      transform={`translate(${place.x} ${place.y})`}
      className={`msg${lost ? ' msg-lost' : ''}${emphasis === 'none' ? '' : ` msg-${emphasis}`}`}
    >
      <circle className="msg-touch" r={14} />
      <title>{[label, ...message.fields.map(([name, value]) => `${name}: ${value}`)].join('\n')}</title>
      {lost ? <path className="msg-cross" d="M-5 -5L5 5M5 -5L-5 5" /> : <MessageGlyph form={form} />}
      {!lost && form === 'append' && message.entries > 0 && <Boxes count={message.entries} />}
    </g>
  );
}
