/** What `play traffic` does to the world, as the commands that a run records: programs that start, and signals. */

import { LOAD_CLIENT, LOAD_PROGRAM, loadArgv, type LoadSettings } from '#ctl/load-settings.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { Process } from '#sim/client-actor.ts';
import type { LoadState } from '#sim/load-program.ts';
import { findClient, type WorldCore } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

/** The load's processes, in the order of their start. */
export function loadProcesses(core: WorldCore): readonly Process[] {
  const client = findClient(core, LOAD_CLIENT);
  return client === undefined ? [] : [...client.processes.values()].filter((process) => process.argv[0] === LOAD_PROGRAM);
}

/** What a process of the load has measured. */
export const loadStateOf = (process: Process): LoadState => process.state as unknown as LoadState; // the program's own state

const hostOf = (url: string): string => url.replace(/^https?:\/\//, '').replace(/\/$/, '');

/** The commands in order. @param load undefined: the load is to stop */
export function loadCommands(world: World, load: LoadSettings | undefined): readonly WorldCommand[] {
  const running = loadProcesses(world.core);
  if (load === undefined)
    return running.filter((process) => loadStateOf(process).sending).map(({ name }) => ({ type: 'signal', process: name, signal: 'INT' }));
  const all = world.core.seats.flatMap((seat) => {
    const url = seat.config.clientUrls[0];
    return url === undefined || (load.through !== undefined && seat.name !== load.through) ? [] : [hostOf(url)];
  });
  const round = 1 + world.spec().commands.filter(({ command }) => command.type === 'start' && command.client === LOAD_CLIENT).length;
  return [
    ...running.map(({ name }): WorldCommand => ({ type: 'signal', process: name, signal: 'KILL' })),
    ...Array.from({ length: load.clients }, (_, i): WorldCommand => {
      const first = i % Math.max(1, all.length);
      return {
        type: 'start',
        process: `${LOAD_CLIENT}-${round}-${i + 1}`,
        client: LOAD_CLIENT,
        argv: loadArgv(load, i + 1, [...all.slice(first), ...all.slice(0, first)], round),
        env: {},
        stdin: undefined,
        columns: 0,
      };
    }),
  ];
}

/** Requests a second that the load sends now, 0 if it does not. */
export function loadRate(core: WorldCore): number {
  return loadProcesses(core).reduce((sum, process) => {
    const { sending, settings } = loadStateOf(process);
    return sum + (sending ? 1_000_000 / settings.intervalMicros : 0);
  }, 0);
}
