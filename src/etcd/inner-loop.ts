/** The end of a step: what watchers are to hear goes out, and the member's own calls (inner-calls.ts) go on until none can. */

import { drive } from '#etcd/storage-loop.ts';
import type { Parts } from '#etcd/parts.ts';
import { advance } from '#etcd/recipes.ts';
import { onClientItem, openCall } from '#etcd/requests.ts';
import { deliverSnapshots } from '#etcd/snapshot-stream.ts';
import { armTimers, armVictims } from '#etcd/timers.ts';
import { deliverV2Watches } from '#etcd/v2-keys.ts';
import { deliverWatches } from '#etcd/watch-streams.ts';

/** Ends as soon as every inner call waits for something that only a later step can bring. */
export function settle(m: Parts): void {
  for (;;) {
    armTimers(m);
    deliverWatches(m);
    deliverV2Watches(m);
    deliverSnapshots(m);
    armVictims(m);
    if (!runInner(m)) return;
    drive(m);
    if (m.halt !== undefined) return;
  }
}

/** Hands replies to their recipes and makes the calls that follow. @returns whether there was anything */
function runInner(m: Parts): boolean {
  const replies = m.out.takeInner();
  for (const reply of replies) {
    const recipe = m.inner.recipeOf(reply);
    if (recipe !== undefined) advance(m, recipe, reply);
  }
  const asks = m.inner.takeAsks();
  for (const ask of asks) {
    if (ask.type === 'call') openCall(m, ask);
    else onClientItem(m, ask);
  }
  return replies.length > 0 || asks.length > 0;
}
