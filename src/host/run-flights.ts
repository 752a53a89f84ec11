/** What is on its way in a run, for the drawing, and who waits for it, for the adaptive pace. */

import { FlightView } from '#host/flight-view.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { Followed } from '#host/pace.ts';
import type { CrowdView, MessageView } from '#view/frame.ts';

/** Mutable; one for each run. */
export class RunFlights {
  readonly #run: LiveRun;
  readonly #view: FlightView;
  #newestCallAt: number | undefined;

  constructor(run: LiveRun) {
    this.#run = run;
    this.#view = new FlightView(run.cast);
  }

  /** What is on its way. */
  look(): { readonly messages: readonly MessageView[]; readonly crowd: readonly CrowdView[]; readonly followed: readonly Followed[] } {
    const { core } = this.#run.world;
    const seen = this.#view.look(core.agenda.entries(), (client, call) => core.clients.get(client)?.calls.get(call)?.method);
    for (const m of seen.messages) if (m.kind === 'call') this.#newestCallAt = Math.max(this.#newestCallAt ?? 0, m.sentAt);
    return seen;
  }

  /** When the newest call was made, if one that will be answered is open. */
  get callOpenedAt(): number | undefined {
    for (const client of this.#run.world.core.clients.values())
      for (const call of client.calls.values()) if (!isStream(call.method)) return this.#newestCallAt;
    return undefined;
  }

  /** Whether somebody in a terminal waits for something that is bound to come: not for a watch. */
  get isWaiting(): boolean {
    return this.#run.terminals.waits().some((wait) => wait.type !== 'process' || (wait.endless !== true && !this.#hasStream(wait.process)));
  }

  #hasStream(process: string): boolean {
    for (const client of this.#run.world.core.clients.values()) {
      for (const call of client.calls.values()) if (call.process === process && isStream(call.method)) return true;
    }
    return false;
  }
}

const STREAMS = ['/Watch', '/LeaseKeepAlive', '/Observe', '/Snapshot'];
const isStream = (method: string): boolean => STREAMS.some((end) => method.endsWith(end));
