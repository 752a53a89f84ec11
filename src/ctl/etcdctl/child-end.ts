/** How Go's os/exec tells of a program that it ran. */

import type { ChildEvent } from '#ctl/program.ts';
import { goQuote } from '#ctl/duration.ts';

const SIGNALS: ReadonlyMap<number, string> = new Map([
  [130, 'interrupt'],
  [137, 'killed'],
  [143, 'terminated'],
]);

/**
 * The error of a run, undefined for a good end.
 * @param program its name
 * @param signalled whether a signal was on its way: an exit of 130 means no other thing then
 */
export function childError(program: string, event: ChildEvent, signalled = false): string | undefined {
  if (event.type === 'failed') return `exec: ${goQuote(program)}: ${event.message}`;
  if (event.type !== 'exit' || event.code === 0) return undefined;
  const signal = SIGNALS.get(event.code);
  return signal !== undefined && (signalled || event.code === 137) ? `signal: ${signal}` : `exit status ${event.code}`;
}
