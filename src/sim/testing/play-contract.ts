/** Plays a case of the hosts' contract on a host that answers at once. */

import type { HostAnswer, HostCall } from '#sim/node-host-contract.ts';
import { performWork, type SyncNodeHost } from '#sim/node-host.ts';

/** @throws AssertionError if the contract is broken */
export function playContract(play: () => Generator<HostCall, void, HostAnswer>, makeHost: () => SyncNodeHost): void {
  let host = makeHost();
  const answer = (call: HostCall): HostAnswer => {
    switch (call.type) {
      case 'fresh':
        host.dispose();
        host = makeHost();
        return { type: 'done' };
      case 'perform':
        return { type: 'results', results: call.work.map((work) => performWork(host, work)) };
      case 'inspect':
        return { type: 'inspected', answer: host.inspect(call.actor, call.question) };
      case 'checkpoint':
        return { type: 'checkpointed', checkpoint: host.checkpoint(call.actor) };
      case 'restore':
        host.restore(call.checkpoint, call.how);
        return { type: 'done' };
    }
  };
  const steps = play();
  for (let next = steps.next(); next.done !== true;) next = steps.next(answer(next.value));
}
