/** Processes that programs started: their beginning, and signals from the terminal that reach them. */

import type { EventId } from '#kernel/brand.ts';
import type { AgendaItem } from '#sim/agenda.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { launchProcess, settleProcesses, stepProcess } from '#sim/client-process.ts';
import type { WorldCore } from '#sim/world-core.ts';

/** The time of a `spawn` has come. */
export function startChild(core: WorldCore, client: ClientActor, item: Extract<AgendaItem, { readonly type: 'spawn' }>): void {
  const parent = client.processes.get(item.process);
  const child = parent?.children.get(item.child);
  if (parent === undefined || child?.waiting === undefined) return; // killed before it began
  const { spawn, events } = child.waiting;
  child.waiting = undefined;
  const { argv, env, output, input } = spawn;
  const above = { process: parent.name, child: item.child, output };
  launchProcess(core, client, { process: child.name, argv, env, stdin: input, columns: 0 }, above, item.cause);
  settleProcesses(core, client);
  for (const event of events) stepProcess(core, client, child.name, event, item.cause);
}

/** A signal from the terminal reaches the process and all that it started and whose output is its own. Children hear it first. */
export function signalGroup(core: WorldCore, client: ClientActor, name: string, signal: 'INT' | 'TERM', cause: EventId): void {
  const process = client.processes.get(name);
  if (process === undefined) return;
  if (signal === 'INT')
    for (const child of Array.from(process.children.values())) {
      const inherits = client.processes.get(child.name)?.parent?.output === 'inherit';
      if (inherits) signalGroup(core, client, child.name, signal, cause);
    }
  stepProcess(core, client, name, { type: 'signal', signal }, cause);
}
