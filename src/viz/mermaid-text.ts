/** A stretch of the history as a Mermaid sequence diagram: what a page or a README can carry and draw by itself. */

import type { FlightRecord, History } from '#view/history.ts';
import type { Catalogue } from '#words/english.ts';

/** Messages in one diagram: more would not be read, and Mermaid itself refuses very long ones. The newest are kept. */
export const MERMAID_MESSAGES_MAX = 200;

/** @param nameOf how a lane is called on the page */
export interface MermaidSetting {
  /** Virtual µs; both ends belong to it. */
  readonly from: number;
  readonly to: number;
  /** Only these messages, and the members and clients between which they go; undefined: all. */
  readonly only?: ((flight: FlightRecord) => boolean) | undefined;
  readonly words: Catalogue;
  readonly nameOf: (lane: string) => string;
}

/** One line of the diagram and when it happens, µs. */
interface Line {
  readonly at: number;
  readonly text: string;
}

/** What Mermaid reads as its own: `#` begins an entity, `;` ends a statement, a line break too. */
const plain = (text: string): string =>
  text.replace(/[#;\r\n]/g, (mark) => (mark === '#' ? '#35;' : mark === ';' ? '#59;' : ' ')).replace(/\s+/g, ' ');

/** Answers are drawn dashed, as in other sequence diagrams; a lost message ends in a cross. */
function arrowOf({ kind, lost }: FlightRecord): string {
  const isAnswer =
    kind === 'reply' || kind.endsWith('-ack') || kind.endsWith('-nack') || kind.endsWith('-grant') || kind.endsWith('-refusal');
  if (lost) return isAnswer ? '--x' : '-x';
  return isAnswer ? '-->>' : '->>';
}

/**
 * The text of a diagram.
 *
 * @returns lines that end in a newline; without messages in the stretch, a diagram of its participants alone
 */
export function mermaidText(history: History, { from, to, only, words, nameOf }: MermaidSetting): string {
  const all = [...history.clients, ...history.members];
  const flights = history.flights
    .filter((flight) => flight.sentAt >= from && flight.sentAt <= to && all.includes(flight.from) && all.includes(flight.to))
    .filter(only ?? (() => true))
    .slice(-MERMAID_MESSAGES_MAX);
  const lanes = only === undefined ? all : all.filter((lane) => flights.some((flight) => flight.from === lane || flight.to === lane));
  const idOf = new Map(lanes.map((lane, at) => [lane, `p${at}`]));
  const since = flights.length === MERMAID_MESSAGES_MAX ? (flights[0]?.sentAt ?? from) : from;
  const lines: Line[] = flights.map((flight) => {
    const label = flight.label === '' ? '' : `: ${flight.label}`;
    const term = flight.term === 0 ? '' : ` (${words.transport.term(flight.term)})`;
    const text = `${words.kinds[flight.kind]}${term}${label}, ${words.transport.now(flight.sentAt)}`;
    return { at: flight.sentAt, text: `${idOf.get(flight.from) ?? ''}${arrowOf(flight)}${idOf.get(flight.to) ?? ''}: ${plain(text)}` };
  });
  const note = (lane: string, at: number, text: string): void => {
    const id = idOf.get(lane);
    if (id !== undefined && at >= since && at <= to) lines.push({ at, text: `Note over ${id}: ${plain(text)}` });
  };
  for (const { lane, at, role, term } of history.roles) note(lane, at, `${words.roles[role]}, ${words.transport.term(term)}`);
  for (const { lane, at, life } of history.lives) note(lane, at, words.lives[life]);
  const body = lines.map((line, order) => ({ ...line, order })).sort((a, b) => a.at - b.at || a.order - b.order);
  const participants = lanes.map((lane) => `participant ${idOf.get(lane) ?? ''} as ${plain(nameOf(lane))}`);
  return `${['sequenceDiagram', ...participants, ...body.map(({ text }) => text)].join('\n    ')}\n`;
}
