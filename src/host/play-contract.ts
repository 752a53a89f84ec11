/** The contract of hosts (sim/node-host-contract.ts), played on members that answer later. */

import { createEtcdHost } from '#sim/etcd-members.ts';
import { nodeHostContract, type ContractCase, type HostAnswer, type HostCall } from '#sim/node-host-contract.ts';
import type { NodeHost } from '#sim/node-host.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import type { TimedCommand } from '#sim/run-spec.ts';

export interface ContractReport {
  readonly name: string;
  /** Why the case failed. */
  readonly error: string | undefined;
}

/** A client that writes through all members, some lanes at a time. */
const LOAD: readonly TimedCommand[] = [
  {
    at: 500_000,
    command: {
      type: 'start',
      process: 'w',
      client: 'w',
      argv: ['writer', '--endpoints', '127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579', '--lanes', '4', '--pause-ms', '20'],
      env: {},
      stdin: undefined,
      columns: 0,
    },
  },
];

/** Plays every case; none stops the others. */
export async function playContract(newHost: () => Promise<NodeHost>): Promise<readonly ContractReport[]> {
  const reports: ContractReport[] = [];
  for (const one of nodeHostContract({ reference: createEtcdHost, programs: LOAD_PROGRAMS, load: LOAD })) {
    try {
      await playCase(one, newHost);
      reports.push({ name: one.name, error: undefined });
    } catch (error) {
      reports.push({ name: one.name, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return reports;
}

async function playCase(one: ContractCase, newHost: () => Promise<NodeHost>): Promise<void> {
  let host = await newHost();
  const answer = async (call: HostCall): Promise<HostAnswer> => {
    switch (call.type) {
      case 'fresh':
        await host.dispose();
        host = await newHost();
        return { type: 'done' };
      case 'perform':
        return { type: 'results', results: await Promise.all(call.work.map((work) => host.perform(work))) };
      case 'inspect':
        return { type: 'inspected', answer: await host.inspect(call.actor, call.question) };
      case 'checkpoint':
        return { type: 'checkpointed', checkpoint: await host.checkpoint(call.actor) };
      case 'restore':
        await host.restore(call.checkpoint, call.how);
        return { type: 'done' };
    }
  };
  const steps = one.play();
  try {
    for (let next = steps.next(); next.done !== true;) next = steps.next(await answer(next.value));
  } finally {
    await host.dispose();
  }
}
