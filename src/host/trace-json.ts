/**
 * A run's trace as JSON: every event with its cause, for other tools and for those who want to look closer. It is made by playing the run once more
 * from its beginning in this thread, and carries the run itself, so that opening the file opens the run.
 */

import { base64 } from '#kernel/base64.ts';
import { eventActor, simTime, type SimTime } from '#kernel/brand.ts';
import { equalBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { decodePlain } from '#kernel/plain.ts';
import { decodeEvent } from '#raft/event-codec.ts';
import type { ReplayEnvironment } from '#host/replica.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { playInstant } from '#sim/player.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import { decodeTrace, type TraceEvent } from '#trace/event.ts';

/** Events in one file, the newest: a longer trace would not be opened by anything. */
export const TRACE_EVENTS_MAX = 100_000;
/** Wall µs of replay after which others get their turn. */
const TURN_MICROS = 40_000;

/** 64-bit ids as etcd prints them, bytes as text where they are text. */
function toJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString(16);
  if (!(value instanceof Uint8Array)) return value;
  const text = fromUtf8(value);
  return equalBytes(utf8(text), value) ? text : { base64: base64(value) };
}

/** What is encoded inside an event is shown as what it says. */
function openedUp(event: TraceEvent): object {
  const actor = eventActor(event.id);
  switch (event.type) {
    case 'raft':
      return { ...event, actor, event: decodeEvent(event.event) };
    case 'command':
      return { ...event, actor, command: decodePlain(event.command) };
    case 'log':
      return { ...event, actor, fields: decodePlain(event.fields) };
    case 'note':
      return { ...event, actor, data: decodePlain(event.data) };
    case 'run-started':
      return { ...event, actor, options: decodePlain(event.options) };
    default:
      return { ...event, actor };
  }
}

/** The newest events, an entry each; the oldest fall off. */
class Kept {
  readonly #blocks: { readonly bytes: Bytes; readonly events: number }[] = [];
  #count = 0;
  omitted = 0;

  add(bytes: Bytes): void {
    const events = decodeTrace(bytes).length;
    this.#blocks.push({ bytes: bytes.slice(), events });
    this.#count += events;
    if (this.#count <= 2 * TRACE_EVENTS_MAX) return;
    while (this.#count > TRACE_EVENTS_MAX) {
      const dropped = this.#blocks.shift()?.events ?? this.#count;
      this.#count -= dropped;
      this.omitted += dropped;
    }
  }

  events(): readonly TraceEvent[] {
    const all = this.#blocks.flatMap(({ bytes }) => decodeTrace(bytes));
    const over = Math.max(0, all.length - TRACE_EVENTS_MAX);
    this.omitted += over;
    return all.slice(over);
  }
}

/**
 * The trace of a run up to an instant.
 *
 * @param spec a run that begins with empty disks; commands after `at` are left out of what the file carries
 * @param at virtual µs; instants up to and with it are played
 * @returns JSON text: `run`, `traceHash` (SHA-256 over the whole trace up to `at`), `omitted` (older events than the newest {@link TRACE_EVENTS_MAX}), `events`
 */
export async function traceJson(environment: ReplayEnvironment, spec: RunSpec, at: number): Promise<string> {
  const kept = new Kept();
  const run: RunSpec = { ...spec, commands: spec.commands.filter((command) => command.at <= at) };
  const world = World.begin({ spec: run, programs: environment.programs, sink: { block: (bytes) => kept.add(bytes) } });
  const host = new InProcessHost(environment.memberKind);
  const until: SimTime = simTime(at);
  let turn = environment.now();
  for (let next = world.nextInstantAt(); next !== undefined && next <= until; next = world.nextInstantAt()) {
    playInstant(world, host);
    if (environment.now() - turn <= TURN_MICROS) continue;
    await new Promise<void>((resolve) => environment.after(0, resolve));
    turn = environment.now();
  }
  const events = kept.events();
  const head = { 'etcd-playground trace': 1, run, at, traceHash: world.traceHash().hash, omitted: kept.omitted };
  const lines = events.map((event) => JSON.stringify(openedUp(event), toJson));
  return `${JSON.stringify(head).slice(0, -1)},"events":[\n${lines.join(',\n')}\n]}\n`;
}
