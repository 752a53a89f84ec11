/**
 * The history as a log for ShiViz: an event and its vector clock each, so that any tool that reads such logs can draw who knew of what.
 * Read there with the regular expression `(?<event>.*)\n(?<host>\S+) (?<clock>\{.*\})`, which is ShiViz's own default.
 */

import type { History } from '#view/history.ts';
import type { Catalogue } from '#words/english.ts';

/** An event of one lane; a receipt also knows the clock that the message carried. */
interface LaneEvent {
  readonly at: number;
  readonly lane: string;
  readonly text: string;
  /** Of a message's two ends: which flight, and which end. */
  readonly flight: number | undefined;
  readonly end: 'sent' | 'received' | undefined;
}

/** Sends of an instant come before its receipts: a message that takes no time is still sent first. */
const RANK = { sent: 0, none: 1, received: 2 } as const;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
/** ShiViz ends a host's name at a space. */
const host = (lane: string): string => lane.replace(/\s+/g, '_');

function eventsOf(history: History, words: Catalogue): readonly LaneEvent[] {
  const events: LaneEvent[] = [];
  history.flights.forEach((flight, index) => {
    const kind = words.kinds[flight.kind];
    const label = flight.label === '' ? '' : `: ${flight.label}`;
    const fate = flight.lost ? ` (${words.legend.lost})` : '';
    events.push({ at: flight.sentAt, lane: flight.from, text: `→ ${flight.to} ${kind}${label}${fate}`, flight: index, end: 'sent' });
    if (flight.endedAt === undefined || flight.lost) return;
    events.push({ at: flight.endedAt, lane: flight.to, text: `← ${flight.from} ${kind}${label}`, flight: index, end: 'received' });
  });
  const plain = { flight: undefined, end: undefined };
  for (const { at, lane, role, term } of history.roles)
    events.push({ at, lane, text: `${words.roles[role]}, ${words.transport.term(term)}`, ...plain });
  for (const { at, lane, life } of history.lives) events.push({ at, lane, text: words.lives[life], ...plain });
  for (const { at, lane, index } of history.applied) events.push({ at, lane, text: words.spaceTime.applied(index), ...plain });
  const order = new Map(events.map((event, index) => [event, index]));
  return events.sort((a, b) => a.at - b.at || RANK[a.end ?? 'none'] - RANK[b.end ?? 'none'] || (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/**
 * The log's text: two lines an event, oldest first.
 *
 * @param history what is known of a stretch of time; messages whose beginning lies before it are left out
 */
export function shivizText(history: History, words: Catalogue): string {
  const clocks = new Map<string, Map<string, number>>();
  const carried = new Map<number, ReadonlyMap<string, number>>();
  const lines: string[] = [];
  for (const { at, lane, text, flight, end } of eventsOf(history, words)) {
    const clock = clocks.get(lane) ?? new Map<string, number>();
    clocks.set(lane, clock);
    clock.set(lane, (clock.get(lane) ?? 0) + 1);
    if (flight !== undefined && end === 'received')
      for (const [other, count] of carried.get(flight) ?? []) clock.set(other, Math.max(clock.get(other) ?? 0, count));
    if (flight !== undefined && end === 'sent') carried.set(flight, new Map(clock));
    const told = Object.fromEntries([...clock].map(([name, count]) => [host(name), count]));
    lines.push(oneLine(`${words.transport.now(at)} ${text}`), `${host(lane)} ${JSON.stringify(told)}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
