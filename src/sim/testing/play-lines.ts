/** Plays lines of a scenario with etcd members in this thread, and gives what came of them. */

import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import type { World } from '#sim/world.ts';
import { decodeTrace, type TraceEvent } from '#trace/event.ts';

export interface PlayedLines {
  readonly world: World;
  readonly printed: string;
  /** The line that failed and why. */
  readonly failure: string | undefined;
  readonly events: readonly TraceEvent[];
  /** The same as it was written. */
  readonly blocks: readonly Bytes[];
  readonly hash: string;
}

export function playLines(...lines: readonly string[]): PlayedLines {
  let printed = '';
  const events: TraceEvent[] = [];
  const blocks: Bytes[] = [];
  const end = playScenarioSync(
    {
      text: `${lines.join('\n')}\n`,
      programs: PROGRAMS,
      print: (text) => (printed += text),
      output: (_process, _stderr, data) => (printed += fromUtf8(data)),
      trace: {
        block: (bytes) => {
          blocks.push(bytes.slice());
          events.push(...decodeTrace(bytes));
        },
      },
    },
    createEtcdHost(),
  );
  const { failure, world } = end;
  return {
    world,
    printed,
    failure: failure === undefined ? undefined : `${failure.line}: ${failure.text}: ${failure.message}\n${printed}`,
    events,
    blocks,
    hash: world.traceHash().hash,
  };
}
