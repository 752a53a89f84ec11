/** A named client of the world: its processes (programs as reducers over plain state), their timers and their open calls. */

import type { Plain } from '#kernel/plain.ts';
import { TraceWriter } from '#trace/event.ts';
import type { AgendaItem } from '#sim/agenda.ts';

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
}

export interface Process {
  readonly name: string;
  readonly argv: readonly string[];
  state: Plain;
  /** Generation of each armed timer: an entry of the agenda with another one is stale. */
  readonly timers: Map<number, number>;
  nextGeneration: number;
  /** A request may have taken effect though it failed: its connection broke, it timed out, or it was given up. */
  doubt: boolean;
  /** World call numbers by the program's. */
  readonly calls: Map<number, number>;
}

/** What a frozen client keeps for its thaw, in entries; what comes then is dropped. */
export const FROZEN_CLIENT_MAX = 4096;

export interface ClientActor {
  readonly actor: number;
  readonly name: string;
  frozen: boolean;
  nextCall: number;
  readonly calls: Map<number, Call>;
  /** Running processes, in the order of their start. */
  readonly processes: Map<string, Process>;
  backlog: AgendaItem[];
  readonly events: TraceWriter;
}

export function createClient(actor: number, name: string): ClientActor {
  return {
    actor,
    name,
    frozen: false,
    nextCall: 1,
    calls: new Map(),
    processes: new Map(),
    backlog: [],
    events: new TraceWriter(actor, 1),
  };
}

export interface ProcessState extends Omit<Process, 'timers' | 'calls'> {
  readonly timers: readonly (readonly [number, number])[];
  readonly calls: readonly (readonly [number, number])[];
}

export interface ClientState extends Omit<ClientActor, 'calls' | 'processes' | 'events'> {
  readonly calls: readonly Call[];
  readonly processes: readonly ProcessState[];
  readonly nextEvent: number;
}

export function saveClient(client: ClientActor): ClientState {
  const { events, calls, processes, ...rest } = client;
  return {
    ...rest,
    backlog: [...client.backlog],
    calls: [...calls.values()].map((c) => ({ ...c })),
    processes: [...processes.values()].map((p) => ({ ...p, timers: [...p.timers], calls: [...p.calls] })),
    nextEvent: events.next,
  };
}

export function restoreClient(state: ClientState): ClientActor {
  const { nextEvent, calls, processes, ...rest } = state;
  return {
    ...rest,
    backlog: [...state.backlog],
    calls: new Map(calls.map((c) => [c.call, { ...c }])),
    processes: new Map(processes.map((p) => [p.name, { ...p, timers: new Map(p.timers), calls: new Map(p.calls) }])),
    events: new TraceWriter(state.actor, nextEvent),
  };
}
