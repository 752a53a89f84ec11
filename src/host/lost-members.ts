/** Members that a run has as crashed because their workers were lost: the command that says so begins its reason with the same words each time. */

import type { TimedCommand } from '#sim/run-spec.ts';

const WORKER_LOST = 'its worker was lost: ';

/** The reason of the crash of a member whose worker was lost. */
export const lostReason = (why: string): string => `${WORKER_LOST}${why}`;

/**
 * Names of the members that crashed so and were not started again. What such a member leaves is written to its disk when the files are free, which a browser may let
 * two seconds pass for; a page that ends before leaves there what the worker had written.
 */
export function lostMembers(commands: readonly TimedCommand[]): ReadonlySet<string> {
  const lost = new Set<string>();
  for (const { command } of commands) {
    if (command.type === 'crash' && command.reason?.startsWith(WORKER_LOST) === true) for (const name of command.nodes) lost.add(name);
    if (command.type !== 'restart') continue;
    if (command.nodes.includes('all')) lost.clear();
    for (const name of command.nodes) lost.delete(name);
  }
  return lost;
}
