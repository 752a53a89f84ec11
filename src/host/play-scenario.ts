/** A scenario file played on members that answer later: the same generator of demands as in-process, so the same trace. */

import { PROGRAMS } from '#sim/programs.ts';
import type { NodeHost } from '#sim/node-host.ts';
import { playScenario, type Demand, type Supply } from '#sim/scenario.ts';

export interface ScenarioReport {
  /** Hex SHA-256 of the trace. */
  readonly hash: string;
  /** What the terminal would show. */
  readonly output: string;
  /** The first line that failed, and why. */
  readonly failure: { readonly line: number; readonly text: string; readonly message: string } | undefined;
  readonly virtualMicros: number;
}

/** @param newHost makes a host on empty disks; the last one is let go when a new run begins */
export async function playScenarioOn(text: string, newHost: () => Promise<NodeHost>): Promise<ScenarioReport> {
  let output = '';
  const decoder = new TextDecoder();
  const steps = playScenario({
    text,
    programs: PROGRAMS,
    print: (said) => {
      output += said;
    },
    output: (_process, _stderr, data) => {
      output += decoder.decode(data);
    },
  });
  let host: NodeHost | undefined;
  const supply = async (demand: Demand): Promise<Supply> => {
    if (demand.type === 'reset') {
      await host?.dispose();
      host = await newHost();
      return { type: 'reset' };
    }
    const members = host;
    if (members === undefined) throw new TypeError('a run begins before its first instant');
    if (demand.type === 'work') return { type: 'results', results: await Promise.all(demand.instant.work.map((work) => members.perform(work))) };
    return { type: 'answers', answers: await Promise.all(demand.questions.map((q) => members.inspect(q.actor, q.inspection))) };
  };
  for (let next = steps.next(); ; ) {
    if (next.done === true) {
      await host?.dispose();
      const { world, failure } = next.value;
      return { hash: world.traceHash().hash, output, failure, virtualMicros: world.now };
    }
    next = steps.next(await supply(next.value));
  }
}
