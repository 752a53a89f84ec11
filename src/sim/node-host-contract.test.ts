import { describe, it } from 'vitest';

import { InProcessHost } from '#sim/in-process-host.ts';
import { nodeHostContract, type HostAnswer, type HostCall } from '#sim/node-host-contract.ts';
import { performWork, type SyncNodeHost } from '#sim/node-host.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';

/** Plays a case on hosts that answer at once. */
function playCase(play: () => Generator<HostCall, void, HostAnswer>, makeHost: () => SyncNodeHost): void {
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

describe('the in-process host keeps the contract of hosts', () => {
  const load = [1, 2, 3].map((n) => ({
    at: n * 700_000,
    command: {
      type: 'start' as const,
      process: `p${n}`,
      client: 'c',
      argv: ['ask', '127.0.0.1:2379'],
      env: {},
      stdin: undefined,
      columns: 0,
    },
  }));
  const makeHost = () => new InProcessHost(TOY_KIND);
  it.each(nodeHostContract({ reference: makeHost, programs: TOY_PROGRAMS, load }))('$name', ({ play }) => {
    playCase(play, makeHost);
  });
});
