import { describe, it } from 'vitest';

import type { TimedCommand } from '#sim/run-spec.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { nodeHostContract } from '#sim/node-host-contract.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { playContract } from '#sim/testing/play-contract.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';

const start = (ms: number, process: string, argv: string[]): TimedCommand => ({
  at: ms * 1000,
  command: { type: 'start', process, client: 'c', argv, env: {}, stdin: undefined, columns: 0 },
});

describe('the in-process host keeps the contract of hosts with toys', () => {
  const load = [1, 2, 3].map((n) => start(n * 700, `p${n}`, ['ask', '127.0.0.1:2379']));
  const makeHost = () => new InProcessHost(TOY_KIND);
  it.each(nodeHostContract({ reference: makeHost, programs: TOY_PROGRAMS, load }))('$name', ({ play }) => {
    playContract(play, makeHost);
  });
});

describe('and with etcd members', () => {
  const load = [
    start(900, 'w', ['writer', '--endpoints', '127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579', '--lanes', '3', '--pause-ms', '20']),
  ];
  it.each(nodeHostContract({ reference: createEtcdHost, programs: LOAD_PROGRAMS, load }))('$name', ({ play }) => {
    playContract(play, createEtcdHost);
  });
});
