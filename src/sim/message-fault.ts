/** Faults on a single Raft message in flight, named by the event that sent it. */

import type { WorldCommand } from '#ctl/world-command.ts';
import type { EventId } from '#kernel/brand.ts';
import type { AgendaEntry, AgendaItem, Flight } from '#sim/agenda.ts';
import { toGrid } from '#sim/links.ts';
import { nowOf, type WorldCore } from '#sim/world-core.ts';

type PeerItem = Extract<AgendaItem, { readonly type: 'peer' }>;

const isMessage = (item: AgendaItem, event: number): item is PeerItem =>
  item.type === 'peer' && item.flight.sent === event && item.flight.lost === undefined;

/** The message's flight, if it is on its way and not lost. */
export function flightOf(core: WorldCore, event: number): Flight | undefined {
  for (const { item } of core.agenda.entries()) if (isMessage(item, event)) return item.flight;
  return undefined;
}

/** Drops, doubles, hastens or delays the message. */
export function faultMessage(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'message' }>, cause: EventId): void {
  let copy: AgendaEntry | undefined;
  core.agenda.rewrite((entry) => {
    const { item } = entry;
    if (!isMessage(item, command.event)) return entry;
    switch (command.action) {
      case 'drop': {
        const way = item.flight.arrivesAt - item.flight.sentAt;
        const at = way === 0 ? 1 : (core.now - item.flight.sentAt) / way;
        return { at: core.now, item: withFlight(item, { ...item.flight, lost: { at, reason: 'dropped' } }) };
      }
      case 'duplicate':
        copy = entry;
        return entry;
      case 'deliver':
        return { at: core.now, item: withFlight(item, { ...item.flight, arrivesAt: core.now }) };
      case 'delay': {
        const at = toGrid(entry.at + command.delayMicros);
        return { at, item: withFlight(item, { ...item.flight, arrivesAt: at }) };
      }
    }
  });
  if (copy === undefined) return;
  const { item, at } = copy;
  if (item.type !== 'peer') return;
  core.events.emit('message-duplicated', nowOf(core), cause, { from: item.flight.from, to: item.flight.to, sent: item.flight.sent });
  core.agenda.add(toGrid(at + 1), item);
}

const withFlight = (item: PeerItem, flight: Flight): PeerItem => ({ ...item, flight });
