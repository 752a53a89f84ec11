/** What programs ask of their children: starting one, input, signals. A child starts a millisecond later, as `fork` and `exec` take their time. */

import type { ProgramEffect, ProgramEvent } from '#ctl/program.ts';
import { millis, type EventId } from '#kernel/brand.ts';
import type { ClientActor, Process } from '#sim/client-actor.ts';
import { toGrid } from '#sim/links.ts';
import type { WorldCore } from '#sim/world-core.ts';

const SPAWN_MICROS = millis(1);
/** Children of one process at a time, and generations below a terminal. */
const CHILDREN_MAX = 100;
const GENERATIONS_MAX = 8;
const KILLED = 137;

type Effect<T extends ProgramEffect['type']> = Extract<ProgramEffect, { readonly type: T }>;

/** The second child of `main/1` is `main/1.2`. */
const generation = (name: string): number => name.split('.').length;

/** Carries out a program's `spawn`. */
export function spawnChild(core: WorldCore, client: ClientActor, parent: Process, spawn: Effect<'spawn'>, cause: EventId): void {
  const refusal = refuse(core, parent, spawn);
  if (refusal !== undefined) {
    const event = { type: 'child', child: spawn.child, event: { type: 'failed', message: refusal } } as const;
    client.between.push({ process: parent.name, event, cause });
    return;
  }
  parent.children.set(spawn.child, { name: `${parent.name}.${++parent.spawned}`, waiting: { spawn, events: [] } });
  const at = toGrid(core.now + SPAWN_MICROS);
  core.agenda.add(at, { type: 'spawn', client: client.actor, process: parent.name, child: spawn.child, cause });
}

function refuse(core: WorldCore, parent: Process, { argv }: Effect<'spawn'>): string | undefined {
  const [program = ''] = argv;
  if (!Object.hasOwn(core.programs, program)) return 'executable file not found in $PATH';
  const tooMany = parent.children.size >= CHILDREN_MAX || generation(parent.name) >= GENERATIONS_MAX;
  return tooMany ? 'resource temporarily unavailable' : undefined;
}

/** Input or a signal for a child; nothing happens if it has ended. @returns the name of a running child that must be killed */
export function reachChild(
  client: ClientActor,
  parent: Process,
  effect: Effect<'child-input'> | Effect<'child-signal'>,
  cause: EventId,
): string | undefined {
  const child = parent.children.get(effect.child);
  if (child === undefined) return undefined;
  if (effect.type === 'child-signal' && effect.signal === 'KILL') {
    if (child.waiting === undefined) return child.name;
    parent.children.delete(effect.child);
    const ended = { type: 'child', child: effect.child, event: { type: 'exit', code: KILLED } } as const;
    client.between.push({ process: parent.name, event: ended, cause });
    return undefined;
  }
  const events: readonly ProgramEvent[] =
    effect.type === 'child-signal'
      ? [{ type: 'signal', signal: effect.signal === 'INT' ? 'INT' : 'TERM' }]
      : [
          ...(effect.data.length > 0 ? [{ type: 'stdin', data: effect.data } as const] : []),
          ...(effect.end ? [{ type: 'stdin-end' } as const] : []),
        ];
  if (child.waiting === undefined) for (const event of events) client.between.push({ process: child.name, event, cause });
  else child.waiting = { ...child.waiting, events: [...child.waiting.events, ...events] };
  return undefined;
}
