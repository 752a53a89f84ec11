/** Arrival: an entry of the agenda whose time has come becomes an inbox item of a member, an event of a client's program, or a loss. */

import type { InboxItem } from '#etcd/contract.ts';
import type { CallEvent } from '#ctl/program.ts';
import { methodByPath } from '#api/rpc.ts';
import { unreachable } from '#kernel/assert.ts';
import type { EventId } from '#kernel/brand.ts';
import type { Reply } from '#etcd/contract.ts';
import type { AgendaItem, CallItem, Flight } from '#sim/agenda.ts';
import { TAKEN_BYTES, type Call, type ClientActor } from '#sim/client-actor.ts';
import { startChild } from '#sim/child-process.ts';
import { stepProcess } from '#sim/client-process.ts';
import { repeatCall, repeatLater } from '#sim/retry-policy.ts';
import { FROZEN_INBOX_MAX, type Seat } from '#sim/member-seat.ts';
import { confirmSnapshot, reportLoss, sendBreak, sendCallItem } from '#sim/transport.ts';
import { clientOf, nowOf, seatOf, type WorldCore } from '#sim/world-core.ts';

/** gRPC codes after which nobody knows whether the request took effect. */
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;

/** The member that an item is for, 0 if it is for a client. */
function memberOf(item: AgendaItem): number {
  switch (item.type) {
    case 'peer':
    case 'call':
      return item.flight.to;
    case 'saved':
    case 'unreachable':
    case 'snapshot-sent':
      return item.member;
    default:
      return 0;
  }
}

/** Delivers one item, now. */
export function deliver(core: WorldCore, item: AgendaItem): void {
  if (item.type === 'swallowed') {
    reportLoss(core, item.flight, item.flight.lost?.reason ?? 'cut');
    return;
  }
  if (item.type === 'peer' && item.flight.lost !== undefined) {
    reportLoss(core, item.flight, item.flight.lost.reason);
    return;
  }
  const member = memberOf(item);
  if (member !== 0) deliverToMember(core, seatOf(core, member), item);
  else deliverToClient(core, item);
}

/** What a full backlog keeps nevertheless: what is known to come at most a few times, and would be missed for good. */
const isNeverDropped = (item: AgendaItem): boolean =>
  item.type === 'saved' || (item.type === 'call' && (item.item.type === 'call-read' || item.item.type === 'call-cancel'));

function deliverToMember(core: WorldCore, seat: Seat, item: AgendaItem): void {
  switch (seat.life) {
    case 'up':
      accept(core, seat, item);
      return;
    case 'frozen':
      if (seat.backlog.length < FROZEN_INBOX_MAX || isNeverDropped(item)) seat.backlog.push(item);
      else if (item.type === 'peer' || item.type === 'call') reportLoss(core, item.flight, 'dropped');
      return;
    case 'dead':
    case 'crashed':
      if (item.type === 'peer') reportLoss(core, item.flight, 'dead');
      else if (item.type === 'call') refuse(core, item.item, item.flight);
  }
}

/** A connection to a member that does not run: the first piece of a call is refused, later ones find the call broken anyway. */
function refuse(core: WorldCore, item: CallItem, flight: Flight): void {
  if (item.type !== 'call' && item.type !== 'http') return;
  const cause = core.events.emit('message-lost', nowOf(core), flight.sent, {
    from: flight.from,
    to: flight.to,
    sent: flight.sent,
    reason: 'dead',
  });
  sendBreak(core, flight.to, item.id.client, item.id.call, 'refused', cause);
}

function accept(core: WorldCore, seat: Seat, item: AgendaItem): void {
  switch (item.type) {
    case 'peer': {
      const { flight, message } = item;
      const cause = core.events.emit('message-delivered', nowOf(core), flight.sent, {
        from: flight.from,
        to: flight.to,
        sent: flight.sent,
      });
      seat.inbox.push({ type: 'peer', message, cause });
      if (flight.kind === 'MsgSnap') confirmSnapshot(core, flight, cause);
      return;
    }
    case 'call':
      acceptCall(core, seat, item.item, item.flight);
      return;
    case 'unreachable':
      seat.inbox.push({ type: 'unreachable', peer: item.peer, cause: item.cause });
      return;
    case 'snapshot-sent':
      seat.inbox.push({ type: 'snapshot-sent', peer: item.peer, ok: item.ok, cause: item.cause });
      return;
    case 'saved': {
      if (item.incarnation !== seat.incarnation) return; // the process that waited for it is gone
      const cause = core.events.emit('disk-completed', nowOf(core), item.cause, { member: seat.actor, op: item.op });
      seat.inbox.push({ type: 'saved', op: item.op, cause });
      return;
    }
    case 'reply':
    case 'swallowed':
    case 'call-failed':
    case 'call-retry':
    case 'timer':
    case 'spawn':
      throw new TypeError(`a member gets no ${item.type}`);
    default:
      unreachable(item, 'agenda item');
  }
}

function acceptCall(core: WorldCore, seat: Seat, item: CallItem, flight: Flight): void {
  const { client, call: number } = item.id;
  const call = core.clients.get(client)?.calls.get(number);
  if (item.type === 'call' || item.type === 'http') {
    if (call === undefined) return; // cancelled before it arrived
    call.state = 'open';
    call.incarnation = seat.incarnation;
  } else if (item.type !== 'call-cancel' && call?.incarnation !== seat.incarnation) return;
  const cause = core.events.emit('call-delivered', nowOf(core), flight.sent, {
    client,
    member: seat.actor,
    call: number,
    what: flight.kind,
  });
  seat.inbox.push(withCause(item, cause));
}

const withCause = (item: CallItem, cause: EventId): InboxItem => ({ ...item, cause });

function deliverToClient(core: WorldCore, item: AgendaItem): void {
  const client = clientFor(core, item);
  if (client === undefined) return;
  if (client.frozen) {
    client.backlog.push(item);
    return;
  }
  if (item.type === 'timer') {
    const process = client.processes.get(item.process);
    if (process?.timers.get(item.timer) !== item.generation) return; // cancelled or replaced
    process.timers.delete(item.timer);
    stepProcess(core, client, process.name, { type: 'timer', timer: item.timer }, item.cause);
  } else if (item.type === 'spawn') startChild(core, client, item);
  else if (item.type === 'call-failed') failCall(core, client, item);
  else if (item.type === 'call-retry') repeatCall(core, client, item);
  else if (item.type === 'reply') acceptReply(core, client, item.reply, item.flight);
}

function clientFor(core: WorldCore, item: AgendaItem): ClientActor | undefined {
  if (item.type === 'timer' || item.type === 'spawn' || item.type === 'call-failed' || item.type === 'call-retry')
    return clientOf(core, item.client);
  return item.type === 'reply' ? core.clients.get(item.flight.to) : undefined;
}

function failCall(core: WorldCore, client: ClientActor, item: Extract<AgendaItem, { readonly type: 'call-failed' }>): void {
  const call = client.calls.get(item.call);
  if (call === undefined) return;
  const cause = core.events.emit('call-failed', nowOf(core), item.cause, {
    client: client.actor,
    endpoint: call.endpoint,
    call: call.call,
    reason: item.reason,
  });
  if ((item.reason === 'broken' || call.repeats > 0) && repeatLater(core, client, call, cause)) return;
  closeCall(client, call);
  core.listener.call?.(client, call.call, { type: item.reason }, nowOf(core));
  if (item.reason === 'broken') raiseDoubt(client, call);
  stepProcess(core, client, call.process, { type: 'call', call: call.programCall, event: { type: item.reason } }, cause);
}

function acceptReply(core: WorldCore, client: ClientActor, reply: Reply, flight: Flight): void {
  const call = client.calls.get(reply.id.call);
  if (call === undefined) return; // the client gave it up
  const cause = core.events.emit('call-delivered', nowOf(core), flight.sent, {
    client: client.actor,
    member: flight.from,
    call: call.call,
    what: flight.kind,
  });
  const last = reply.type === 'end' || (reply.type === 'http-body' && reply.last);
  if (last) {
    const end = reply.type === 'end' ? reply : { code: 0, message: '' };
    const isUnknown = end.code === DEADLINE_EXCEEDED || end.code === UNAVAILABLE;
    if (isUnknown && repeatLater(core, client, call, cause)) return;
    closeCall(client, call);
    if (isUnknown) raiseDoubt(client, call);
    client.events.emit('call-ended', nowOf(core), cause, { process: call.process, call: call.call, code: end.code, message: end.message });
  }
  const event = callEventOf(reply);
  if (!last) takeBytes(core, client, call, reply, cause);
  core.listener.call?.(client, call.call, event, nowOf(core));
  stepProcess(core, client, call.process, { type: 'call', call: call.programCall, event }, cause);
}

/** A client that reads a stream tells the member how far it is, so that more can come. */
function takeBytes(core: WorldCore, client: ClientActor, call: Call, reply: Reply, cause: EventId): void {
  if (reply.type !== 'http-body' && (reply.type !== 'message' || !isStream(call))) return;
  call.taken += reply.body.length;
  if (call.taken < TAKEN_BYTES) return;
  const bytes = call.taken;
  call.taken = 0;
  sendCallItem(core, client.actor, call.member, { type: 'call-read', id: { client: client.actor, call: call.call }, bytes }, cause);
}

const isStream = (call: Call): boolean => (methodByPath(call.method)?.kind ?? 'unary') !== 'unary';

function raiseDoubt(client: ClientActor, call: Call): void {
  const process = client.processes.get(call.process);
  if (process !== undefined) process.doubt = true;
}

function closeCall(client: ClientActor, call: Call): void {
  client.calls.delete(call.call);
  client.processes.get(call.process)?.calls.delete(call.programCall);
}

function callEventOf(reply: Reply): CallEvent {
  switch (reply.type) {
    case 'message':
      return { type: 'message', body: reply.body };
    case 'end':
      return { type: 'end', code: reply.code, message: reply.message };
    case 'http-head':
      return { type: 'http-head', status: reply.status, headers: reply.headers };
    case 'http-body':
      return { type: 'http-body', body: reply.body, last: reply.last };
    default:
      return unreachable(reply, 'reply');
  }
}

/** A frozen member runs on: what came meanwhile is delivered now, in order. */
export function releaseMember(core: WorldCore, seat: Seat): void {
  const backlog = seat.backlog;
  seat.backlog = [];
  for (const item of backlog) deliverToMember(core, seat, item);
}

/** The same for a client. */
export function releaseClient(core: WorldCore, client: ClientActor): void {
  const backlog = client.backlog;
  client.backlog = [];
  for (const item of backlog) deliver(core, item);
}
