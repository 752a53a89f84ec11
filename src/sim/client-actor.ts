/** A named client of the world: its processes (programs as reducers over plain state), their timers and their open calls. */

import type { RetryPolicy } from '#ctl/world-command.ts';
import type { MemberClock } from '#sim/member-seat.ts';
import type { ProgramEffect, ProgramEvent } from '#ctl/program.ts';
import type { EventId } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import { TraceWriter } from '#trace/event.ts';
import type { AgendaItem, CallItem } from '#sim/agenda.ts';

/** A call that is not over. `opening` until it reached the member. */
export interface Call {
  readonly call: number;
  readonly process: string;
  /** The number by which the program knows it. */
  readonly programCall: number;
  readonly member: number;
  readonly endpoint: string;
  readonly method: string;
  state: 'opening' | 'open';
  /** Incarnation of the member that it reached. */
  incarnation: number;
  /** Bytes of its answers that were taken without telling the member. */
  taken: number;
  /** What opened it, while it may be sent again. */
  readonly again: CallItem | undefined;
  /** How often it was. */
  repeats: number;
}

/** A call whose fields lie in one order in memory, opened or restored. */
export const callFrom = (from: Call): Call => ({
  call: from.call,
  process: from.process,
  programCall: from.programCall,
  member: from.member,
  endpoint: from.endpoint,
  method: from.method,
  state: from.state,
  incarnation: from.incarnation,
  taken: from.taken,
  again: from.again,
  repeats: from.repeats,
});

/** Who started a process, and by which number it knows it. */
export interface Parent {
  readonly process: string;
  readonly child: number;
  readonly output: 'inherit' | 'piped';
}

/** A process that a program asked for. `waiting` holds what it starts with and what came for it before; it is empty once it runs. */
export interface Child {
  readonly name: string;
  waiting: { readonly spawn: Extract<ProgramEffect, { readonly type: 'spawn' }>; readonly events: readonly ProgramEvent[] } | undefined;
}

export interface Process {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly parent: Parent | undefined;
  /** Children that have not ended, by the program's number. */
  readonly children: Map<number, Child>;
  /** Children so far. */
  spawned: number;
  state: Plain;
  /** Generation of each armed timer: an entry of the agenda with another one is stale. */
  readonly timers: Map<number, number>;
  nextGeneration: number;
  /** A request may have taken effect though it failed: its connection broke, it timed out, or it was given up. */
  doubt: boolean;
  /** World call numbers by the program's. */
  readonly calls: Map<number, number>;
}

/** A process whose fields lie in one order in memory, started or restored. */
export const processFrom = (from: Process): Process => ({
  name: from.name,
  argv: from.argv,
  env: from.env,
  parent: from.parent,
  children: from.children,
  spawned: from.spawned,
  state: from.state,
  timers: from.timers,
  nextGeneration: from.nextGeneration,
  doubt: from.doubt,
  calls: from.calls,
});

/** Bytes that a client takes before it tells the member of it: a quarter of its window, as gRPC-Go does. */
export const TAKEN_BYTES = 65_535 >> 2;

export interface ClientActor {
  readonly actor: number;
  readonly name: string;
  frozen: boolean;
  clock: MemberClock;
  retry: RetryPolicy;
  nextCall: number;
  readonly calls: Map<number, Call>;
  /** Running processes, in the order of their start. */
  readonly processes: Map<string, Process>;
  /** What came while it was frozen: a timer each, the answers to its open calls, and what the windows of its streams let through. */
  backlog: AgendaItem[];
  /** Events between processes of this instant, in order; empty between instants. */
  readonly between: { readonly process: string; readonly event: ProgramEvent; readonly cause: EventId }[];
  readonly events: TraceWriter;
}

/** A client whose fields lie in one order in memory, created or restored. */
const clientFrom = (from: ClientActor): ClientActor => ({
  actor: from.actor,
  name: from.name,
  frozen: from.frozen,
  clock: from.clock,
  retry: from.retry,
  nextCall: from.nextCall,
  calls: from.calls,
  processes: from.processes,
  backlog: from.backlog,
  between: from.between,
  events: from.events,
});

export function createClient(actor: number, name: string): ClientActor {
  return clientFrom({
    actor,
    name,
    frozen: false,
    clock: { since: 0, base: 0, rate: 1, offset: 0 },
    retry: 'none',
    nextCall: 1,
    calls: new Map(),
    processes: new Map(),
    backlog: [],
    between: [],
    events: new TraceWriter(actor, 1),
  });
}

export interface ProcessState extends Omit<Process, 'timers' | 'calls' | 'children'> {
  readonly children: readonly (readonly [number, Child])[];
  readonly timers: readonly (readonly [number, number])[];
  readonly calls: readonly (readonly [number, number])[];
}

export interface ClientState extends Omit<ClientActor, 'calls' | 'processes' | 'events' | 'between'> {
  readonly calls: readonly Call[];
  readonly processes: readonly ProcessState[];
  readonly nextEvent: number;
}

const copies = (children: Iterable<readonly [number, Child]>): readonly (readonly [number, Child])[] =>
  [...children].map(([number, child]) => [number, { ...child }]);

export function saveClient(client: ClientActor): ClientState {
  const { events, calls, processes, between: _, ...rest } = client;
  return {
    ...rest,
    backlog: [...client.backlog],
    calls: [...calls.values()].map((c) => ({ ...c })),
    processes: [...processes.values()].map((p) => ({ ...p, timers: [...p.timers], calls: [...p.calls], children: copies(p.children) })),
    nextEvent: events.next,
  };
}

export function restoreClient(state: ClientState): ClientActor {
  const { nextEvent, calls, processes, ...rest } = state;
  return clientFrom({
    ...rest,
    backlog: [...state.backlog],
    calls: new Map(calls.map((c) => [c.call, callFrom(c)])),
    processes: new Map(
      processes.map((p) => [
        p.name,
        processFrom({ ...p, timers: new Map(p.timers), calls: new Map(p.calls), children: new Map(copies(p.children)) }),
      ]),
    ),
    between: [],
    events: new TraceWriter(state.actor, nextEvent),
  });
}
