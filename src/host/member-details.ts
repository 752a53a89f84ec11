/** What the page shows of each member besides its status. A member is asked again when something may have changed it, and for the last time before it is killed. */

import { askDetail } from '#host/ask-detail.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { MemberDetail } from '#host/member-detail.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { MemberWork } from '#sim/node-host.ts';

/** Mutable; one for each run. */
export class MemberDetails {
  readonly #run: LiveRun;
  readonly #known = new Map<number, MemberDetail>();
  /** What each member was like when it was asked last: it is asked again when that changes. */
  readonly #askedAt = new Map<number, string>();

  constructor(run: LiveRun) {
    this.#run = run;
  }

  get known(): ReadonlyMap<number, MemberDetail> {
    return this.#known;
  }

  /** What was known of members that do not run, after a reload. */
  resume(details: readonly (readonly [actor: number, detail: MemberDetail])[]): void {
    for (const [actor, detail] of details) this.#known.set(actor, detail);
  }

  /** A member that is about to be killed is looked at for the last time: it answers no more, and its log is still shown. */
  async beforeKills(work: readonly MemberWork[]): Promise<void> {
    for (const { actor, ops } of work) {
      if (!ops.some((op) => op.type === 'kill')) continue;
      const detail = await askDetail(this.#run, actor, this.#run.cast);
      if (detail !== undefined) this.#known.set(actor, detail);
    }
  }

  /** Asks the members of which something changed what the page shows of them. */
  async refresh(): Promise<void> {
    const { world, feed } = this.#run;
    const asked = world.core.seats.filter((seat) => {
      if (seat.life !== 'up' && seat.life !== 'frozen') return false;
      const now = fingerprint(seat, feed.seq);
      const changed = this.#askedAt.get(seat.actor) !== now;
      this.#askedAt.set(seat.actor, now);
      return changed;
    });
    await Promise.all(asked.map(({ actor }) => this.#ask(actor)));
  }

  async #ask(actor: number): Promise<void> {
    const { world, cast, safety, played } = this.#run;
    const detail = await askDetail(this.#run, actor, cast);
    if (detail === undefined) return;
    this.#known.set(actor, detail);
    const seat = world.core.seats[actor - 1];
    if (seat !== undefined) safety.lookAtLog(played, seat.name, seat.cluster?.id ?? '', detail.cells);
  }
}

/** Changes when a member's log, votes or bookkeeping may have; heartbeats alone change nothing of it. */
function fingerprint({ incarnation, status }: Seat, facts: number): string {
  if (status === undefined) return '';
  const { role, term, commit, applied, firstIndex, lastIndex, lastTerm, saving } = status;
  const own = [incarnation, role, term, commit, applied, firstIndex, lastIndex, lastTerm, saving].join('/');
  return role === 'follower' ? own : `${own}/${facts}`;
}
