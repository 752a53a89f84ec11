/** The state of a world as bytes. The trace's hash state is in it, the trace itself is not. */

import { assert } from '#kernel/assert.ts';
import type { NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { TraceWriter } from '#trace/event.ts';
import type { Agenda } from '#sim/agenda.ts';
import { restoreClient, saveClient, type ClientState } from '#sim/client-actor.ts';
import type { FilesState } from '#sim/files.ts';
import type { LinksState } from '#sim/links.ts';
import { restoreSeat, saveSeat, type SeatState } from '#sim/member-seat.ts';
import { seatOf, type ProcessEnd, type WorldCore } from '#sim/world-core.ts';

const FORMAT = 5;

/** Where the command list and the clock of instants stand. */
export interface WorldPosition {
  readonly applied: number;
  readonly playedAt: number;
}

interface WorldState {
  readonly format: number;
  readonly position: WorldPosition;
  readonly now: number;
  readonly nextEvent: number;
  readonly agenda: ReturnType<Agenda['save']>;
  readonly links: LinksState;
  readonly seats: readonly SeatState[];
  /** Numbers of members by their ids. */
  readonly ids: readonly (readonly [NodeId, number])[];
  readonly starts: number;
  readonly clients: readonly ClientState[];
  readonly exits: readonly (readonly [string, ProcessEnd])[];
  readonly files: FilesState;
  readonly trace: Bytes;
}

export function saveWorld(core: WorldCore, position: WorldPosition): Bytes {
  assert(position.playedAt >= 0, 'a world is saved after its first instant');
  assert(
    core.seats.every((s) => s.ops.length === 0 && s.inbox.length === 0),
    'no work is left between instants',
  );
  const state: WorldState = {
    format: FORMAT,
    position: position,
    now: core.now,
    nextEvent: core.events.next,
    agenda: core.agenda.save(),
    links: core.links.save(),
    seats: core.seats.map(saveSeat),
    ids: [...core.seatById].map(([id, seat]) => [id, seat.actor] as const),
    starts: core.starts,
    clients: [...core.clients.values()].map(saveClient),
    exits: [...core.exits],
    files: core.files.save(),
    trace: core.trace.save(),
  };
  return encodePlain(state as unknown as Plain); // all parts are plain data; interfaces have no index signature
}

/** Fills a fresh core. @throws DecodeError if the bytes are no saved world, or of another cluster */
export function loadWorld(core: WorldCore, bytes: Bytes): WorldPosition {
  const plain = decodePlain(bytes) as unknown as Partial<WorldState>; // checked below as far as a damaged file can be told from a whole one
  if (typeof plain !== 'object' || plain.format !== FORMAT) throw new DecodeError('not a saved world of this format');
  const state = plain as WorldState; // the format was written by saveWorld
  if (state.seats.length < core.seats.length)
    throw new DecodeError(`a world of ${state.seats.length} members, expected at least ${core.seats.length}`);
  core.now = state.now;
  core.events = new TraceWriter(0, state.nextEvent);
  for (const saved of state.clients) core.clients.set(saved.actor, restoreClient(saved));
  core.agenda.restore(state.agenda);
  core.links.restore(state.links);
  for (const [i, saved] of state.seats.entries()) {
    const name = core.seats[i]?.name ?? saved.name; // members that were launched later come with the state
    if (name !== saved.name) throw new DecodeError(`member ${i + 1} is ${saved.name}, expected ${name}`);
    core.seats[i] = restoreSeat(saved, core.seats[i]);
  }
  for (const [id, actor] of state.ids) core.seatById.set(id, seatOf(core, actor));
  core.starts = state.starts;
  for (const [process, end] of state.exits) core.exits.set(process, end);
  core.files.restore(state.files);
  core.trace.restore(state.trace);
  return state.position;
}
