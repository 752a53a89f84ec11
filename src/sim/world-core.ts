/** The mutable heart of a world: one value that its parts (transport, delivery, processes, commands) work on. Only `World` makes one. */

import type { CallEvent, ProgramRegistry } from '#ctl/program.ts';
import { present } from '#kernel/assert.ts';
import { simTime, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { TraceWriter } from '#trace/event.ts';
import { Agenda } from '#sim/agenda.ts';
import { createClient, type ClientActor } from '#sim/client-actor.ts';
import { memberAt } from '#sim/endpoint.ts';
import { Files } from '#sim/files.ts';
import { FIRST_CLIENT, Links, isClient } from '#sim/links.ts';
import { createSeat, type Seat } from '#sim/member-seat.ts';
import { memberConfigs, type RunOptions } from '#sim/run-options.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import { TraceLog } from '#sim/trace-log.ts';

/** What a client did on a call, or heard on it. A call that is cancelled hears no more. */
export type ClientCallEvent =
  | {
      readonly type: 'open';
      readonly process: string;
      readonly member: number;
      readonly method: string;
      /** Of an HTTP request. */
      readonly target?: string;
      readonly body: Bytes;
    }
  | { readonly type: 'send'; readonly body: Bytes }
  | { readonly type: 'cancel' }
  | CallEvent;

/** Hears what processes say and what could not be done; never changes the world. */
export interface WorldListener {
  output?(process: string, stderr: boolean, data: Bytes): void;
  /** What a member wrote into the trace in an instant that is being completed. The bytes are not written again. */
  member?(actor: number, trace: Bytes): void;
  exited?(process: string, code: number): void;
  /** Something happened on a client's call; `number` is the client's own of the call. */
  call?(client: ClientActor, number: number, event: ClientCallEvent, at: SimTime): void;
  /** A recorded command did not fit the world when its time came (a made-up link): it was left out. */
  refused?(at: SimTime, message: string): void;
  /** A command was accepted before others that were still to come: only the first `kept` of `before` are left of the run. */
  branched?(before: readonly TimedCommand[], kept: number): void;
}

/** Exit codes that are remembered; the oldest is forgotten first. */
const EXITS_MAX = 4096;
const ROUTES_MAX = 1000;
/** Named clients in a run. */
export const CLIENTS_MAX = 1000;

/** `doubt`: one of its requests may or may not have taken effect. */
export interface ProcessEnd {
  readonly code: number;
  readonly doubt: boolean;
}

export interface WorldCore {
  readonly seed: number;
  readonly options: RunOptions;
  readonly programs: ProgramRegistry;
  readonly agenda: Agenda;
  readonly links: Links;
  readonly seats: Seat[];
  readonly clients: Map<number, ClientActor>;
  readonly seatById: Map<NodeId, Seat>;
  /** Numbers of members by the endpoints that clients named, 0 for none; at most {@link ROUTES_MAX} are remembered. */
  readonly routes: Map<string, number>;
  /** How often a member was started. */
  starts: number;
  /** How processes ended, by name. */
  readonly exits: Map<string, ProcessEnd>;
  readonly files: Files;
  readonly trace: TraceLog;
  /** The world's own events. */
  events: TraceWriter;
  /** µs. */
  now: number;
  listener: WorldListener;
}

export function createCore(seed: number, options: RunOptions, programs: ProgramRegistry): WorldCore {
  const seats = memberConfigs(seed, options).map((config, i) => createSeat(i + 1, config, seed, options));
  const clients = new Map<number, ClientActor>();
  const core: WorldCore = {
    seed,
    options,
    programs,
    agenda: new Agenda(),
    links: new Links(seed, (actor) => actorName(core, actor)),
    seats,
    clients,
    seatById: new Map(),
    routes: new Map(),
    starts: 0,
    exits: new Map(),
    files: new Files(),
    trace: new TraceLog(),
    events: new TraceWriter(0, 1),
    now: 0,
    listener: {},
  };
  return core;
}

export const nowOf = (core: WorldCore): SimTime => simTime(core.now);

export function seatOf(core: WorldCore, actor: number): Seat {
  return present(core.seats[actor - 1], () => `member ${actor}`);
}

/** Gives a world one more machine. In a partition it stands on the first side. */
export function addSeat(core: WorldCore, seat: Seat): void {
  core.seats.push(seat);
  const [first, ...others] = core.links.sides;
  if (first !== undefined) core.links.sides = [[...first, seat.actor], ...others];
}

/** Whether a member has a process. */
export const isRunning = (seat: Seat): boolean => seat.life === 'up' || seat.life === 'frozen';

export function clientOf(core: WorldCore, actor: number): ClientActor {
  return present(core.clients.get(actor), () => `client ${actor}`);
}

export function actorName(core: WorldCore, actor: number): string {
  return isClient(actor) ? clientOf(core, actor).name : seatOf(core, actor).name;
}

/** Number of the member that listens at an endpoint, 0 if nobody does. */
export function routeTo(core: WorldCore, endpoint: string): number {
  const known = core.routes.get(endpoint);
  if (known !== undefined) return known;
  const member = memberAt(core.seats, endpoint);
  if (core.routes.size < ROUTES_MAX) core.routes.set(endpoint, member);
  return member;
}

/** The client of a name, made when it is named first. */
export function clientNamed(core: WorldCore, name: string): ClientActor {
  const known = findClient(core, name);
  if (known !== undefined) return known;
  const client = createClient(FIRST_CLIENT + core.clients.size, name);
  core.clients.set(client.actor, client);
  return client;
}

export function findClient(core: WorldCore, name: string): ClientActor | undefined {
  for (const client of core.clients.values()) if (client.name === name) return client;
  return undefined;
}

/** The client that a running process belongs to. */
export function clientOfProcess(core: WorldCore, process: string): ClientActor | undefined {
  for (const client of core.clients.values()) if (client.processes.has(process)) return client;
  return undefined;
}

export function rememberExit(core: WorldCore, process: string, end: ProcessEnd): void {
  core.exits.set(process, end);
  if (core.exits.size <= EXITS_MAX) return;
  for (const oldest of core.exits.keys()) {
    core.exits.delete(oldest);
    return;
  }
}

/** Hands the world's and the clients' events of this moment to the trace, in the order of their actors. */
export function flushEvents(core: WorldCore): void {
  const at = nowOf(core);
  core.trace.append(core.events.take(), at);
  for (const client of core.clients.values()) core.trace.append(client.events.take(), at);
}
