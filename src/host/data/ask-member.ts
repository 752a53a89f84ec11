/** Asks one member of a run, and says in etcd's manner why it does not answer. */

import type { LiveRun } from '#host/live-run.ts';
import type { Inspection } from '#etcd/contract.ts';
import type { Plain } from '#kernel/plain.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { Answered } from '#view/data.ts';

export type Asked = { readonly seat: Seat; readonly answer: Plain } | { readonly error: string };

export async function askMember(run: LiveRun, member: string, question: Inspection): Promise<Asked> {
  const seat = run.world.core.seats.find((s) => s.name === member);
  if (seat === undefined) return { error: `no member ${JSON.stringify(member)}` };
  const notRunning = { error: `${member} is not running` };
  if (seat.life !== 'up' && seat.life !== 'frozen') return notRunning;
  const answer = await run.ask(seat.actor, question);
  return answer === undefined ? notRunning : { seat, answer };
}

/** What stands in every answer. */
export const answered = (run: LiveRun, member: string, error?: string): Answered => ({ at: Math.floor(run.playhead), member, error });
