/** Plays a scenario on members that answer at once. */

import { performWork, type SyncNodeHost } from '#sim/node-host.ts';
import { playScenario, type ScenarioEnd, type ScenarioSetup } from '#sim/scenario.ts';
import type { Demand, Supply } from '#sim/scenario-steps.ts';
import type { Instant, World } from '#sim/world.ts';

/** Looks on while a scenario is played. */
export interface ScenarioWatcher {
  /** A new run begins. */
  begun?(world: World): void;
  /** The instant's results are about to be taken. */
  played?(instant: Instant, world: World): void;
}

/** Plays the whole file; the host is emptied whenever a new run begins. */
export function playScenarioSync(setup: ScenarioSetup, host: SyncNodeHost, watcher: ScenarioWatcher = {}): ScenarioEnd {
  const steps = playScenario(setup);
  for (let next = steps.next(); ;) {
    if (next.done === true) return next.value;
    next = steps.next(supplyFor(next.value, host, watcher));
  }
}

function supplyFor(demand: Demand, host: SyncNodeHost, watcher: ScenarioWatcher): Supply {
  switch (demand.type) {
    case 'reset':
      host.dispose();
      watcher.begun?.(demand.world);
      return { type: 'reset' };
    case 'work': {
      const results = demand.instant.work.map((work) => performWork(host, work));
      watcher.played?.(demand.instant, demand.world);
      return { type: 'results', results };
    }
    case 'ask':
      return { type: 'answers', answers: demand.questions.map((q) => host.inspect(q.actor, q.inspection)) };
  }
}
