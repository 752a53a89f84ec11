/** Messages on the space-time diagram: a line each, or one for those that cannot be told apart. */

import type { FlightRecord } from '#view/history.ts';
import { messageForm, type MessageForm } from '#viz/message-place.ts';
import { round, type Point } from '#viz/point.ts';
import type { Stretch } from '#viz/space-time-scale.ts';

export interface FlightLine {
  readonly flight: FlightRecord;
  readonly form: MessageForm;
  readonly from: Point;
  readonly to: Point;
  /** It has arrived; else it is drawn up to the present. */
  readonly arrived: boolean;
  /** What the filters ask for. */
  readonly selected: boolean;
}

/** Flights of a form on one way that lie too close to be told apart, drawn as one. */
export interface FlightBundle {
  readonly key: string;
  readonly form: MessageForm;
  readonly from: Point;
  readonly to: Point;
  readonly count: number;
}

/** Groups of messages that can be asked for. */
export const FLIGHT_GROUPS = ['all', 'append', 'vote', 'client', 'heartbeat', 'lost'] as const;
export type FlightGroup = (typeof FLIGHT_GROUPS)[number];

/** What of the history is drawn plainly; the rest is pale. */
export interface FlightFilter {
  /** Only flights from or to this member or client. */
  readonly only: string | undefined;
  readonly group: FlightGroup;
  /** Only flights whose label holds this text, such as a key. */
  readonly text: string;
}

/** Flights drawn one by one; of more, those that lie within {@link BUNDLE_ROOM} px of each other are one line. */
const FLIGHTS_MAX = 260;
const BUNDLE_ROOM = 14;

const GROUP_FORMS: Readonly<Record<Exclude<FlightGroup, 'all' | 'lost'>, readonly MessageForm[]>> = {
  append: ['append', 'ack', 'nack', 'snapshot'],
  vote: ['vote', 'vote-yes', 'vote-no'],
  client: ['client', 'client-answer'],
  heartbeat: ['heartbeat'],
};

/** Whether the filters ask for a flight. */
export function isAskedFor(flight: FlightRecord, { only, group, text }: FlightFilter): boolean {
  if (only !== undefined && flight.from !== only && flight.to !== only) return false;
  if (group === 'lost' ? !flight.lost : group !== 'all' && !GROUP_FORMS[group].includes(messageForm(flight.kind))) return false;
  return text === '' || flight.label.toLowerCase().includes(text.toLowerCase());
}

/** The line of a message, up to `now`; undefined if it is not in sight. @param yOf of each lane */
export function lineOf(
  flight: FlightRecord,
  { now, filter }: { readonly now: number; readonly filter: FlightFilter },
  domain: Stretch,
  x: (at: number) => number,
  yOf: ReadonlyMap<string, number>,
): FlightLine | undefined {
  const [y1, y2] = [yOf.get(flight.from), yOf.get(flight.to)];
  if (y1 === undefined || y2 === undefined || flight.sentAt > Math.min(now, domain.to) || flight.sentAt < domain.from) return undefined;
  const arrived = flight.endedAt !== undefined && flight.endedAt <= now;
  const end = arrived ? (flight.endedAt ?? now) : now;
  const from = { x: x(flight.sentAt), y: y1 };
  // A lost message ends half way; one that travels is drawn part of the way.
  const share = flight.lost && arrived ? 0.5 : arrived ? 1 : 0.7;
  const to = { x: x(end), y: round(y1 + (y2 - y1) * share) };
  return { flight, form: messageForm(flight.kind), from, to, arrived, selected: isAskedFor(flight, filter) };
}

/** What is drawn of the messages in sight. */
interface DrawnFlights {
  readonly flights: readonly FlightLine[];
  readonly bundles: readonly FlightBundle[];
}

/** Under load what cannot be told apart is one line with its number. */
export function bundled(lines: readonly FlightLine[]): DrawnFlights {
  if (lines.length <= FLIGHTS_MAX) return { flights: lines, bundles: [] };
  const bundles = new Map<string, { form: MessageForm; from: Point; to: Point; count: number; line: FlightLine }>();
  const flights: FlightLine[] = [];
  for (const line of lines) {
    const { flight, form, from, to } = line;
    if (flight.lost || !line.selected) continue;
    const key = `${flight.from}>${flight.to}:${form}:${Math.floor(from.x / BUNDLE_ROOM)}`;
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, { form, from, to, count: 1, line });
    else {
      bundle.count++;
      bundle.to = to;
    }
  }
  flights.push(...lines.filter(({ flight, selected }) => flight.lost && selected).slice(-FLIGHTS_MAX));
  const several: FlightBundle[] = [];
  for (const [key, { form, from, to, count, line }] of bundles) {
    if (count === 1) flights.push(line);
    else several.push({ key, form, from, to, count });
  }
  return { flights, bundles: several };
}
