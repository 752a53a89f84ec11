/**
 * Clients that retry blindly: a request whose outcome nobody knows (its connection broke, it timed out in the server) is sent again, to the same
 * endpoint, until it is answered or given up. etcd's own client does not: a write that was done the first time is then done twice.
 */

import { KVService, LeaseService } from '#api/rpc.ts';
import { millis, type EventId } from '#kernel/brand.ts';
import type { AgendaItem } from '#sim/agenda.ts';
import type { Call, ClientActor } from '#sim/client-actor.ts';
import { toGrid } from '#sim/links.ts';
import { sendCallItem } from '#sim/transport.ts';
import { nowOf, routeTo, type WorldCore } from '#sim/world-core.ts';

/** How long it waits before it sends again. */
const PAUSE_MICROS = millis(100);
/** How often a request is sent again at most: what the program itself does not give up ends then. */
const REPEATS_MAX = 1000;

const REPEATABLE: ReadonlySet<string> = new Set(
  [KVService.Range, KVService.Put, KVService.DeleteRange, KVService.Txn, LeaseService.LeaseGrant].map(({ path }) => path),
);

/** Whether a request that the client begins now may be sent again. */
export const mayRepeat = (client: ClientActor, method: string): boolean => client.retry === 'blind' && REPEATABLE.has(method);

/** The outcome of a call is unknown, or its endpoint refuses it after that. @returns whether the client takes it on itself: the program hears nothing */
export function repeatLater(core: WorldCore, client: ClientActor, call: Call, cause: EventId): boolean {
  if (call.again === undefined || client.retry !== 'blind' || call.repeats >= REPEATS_MAX) return false;
  call.repeats++;
  call.state = 'opening';
  call.incarnation = 0;
  core.agenda.add(toGrid(core.now + PAUSE_MICROS), { type: 'call-retry', client: client.actor, call: call.call, cause });
  return true;
}

/** Sends it again, unless it was given up meanwhile. */
export function repeatCall(core: WorldCore, client: ClientActor, item: Extract<AgendaItem, { readonly type: 'call-retry' }>): void {
  const call = client.calls.get(item.call);
  if (call?.again === undefined) return;
  const { endpoint, again } = call;
  const event = client.events.emit('call-retried', nowOf(core), item.cause, { client: client.actor, call: call.call, endpoint });
  const member = routeTo(core, endpoint);
  if (member !== 0) sendCallItem(core, client.actor, member, again, event);
}
