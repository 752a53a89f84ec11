/**
 * Two things that a healthy cluster does not do, both about who may lead (dissertation §6.2 and §9.6). A leader that no quorum can hear steps down
 * (CheckQuorum); a leader that a quorum hears is not deposed by a member that comes back (PreVote). The second holds only while nothing else disturbs
 * the leader, so it is looked at where a plan of faults says so.
 */

import { simTime } from '#kernel/brand.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { World } from '#sim/world.ts';
import type { Violation } from '#checker/violation.ts';

/** Time between two looks, µs. */
const LOOK_MICROS = 50_000;
/** Election timeouts after which a leader that nobody hears must have stepped down. A slow disk loses ticks, so this is generous. */
const STALE_TIMEOUTS = 10;
/** Election timeouts for which a leader must have been heard by a quorum before its fall counts as a disruption. */
const CALM_TIMEOUTS = 2;

interface Reign {
  readonly incarnation: number;
  readonly term: number;
  /** Since when no quorum, or a quorum, can hear it: µs; Infinity if it is not so. */
  unheardSince: number;
  heardSince: number;
}

/** Mutable; one for each run. */
export class LivenessMonitor {
  readonly violations: Violation[] = [];
  readonly #watchesDisruption: boolean;
  readonly #reigns = new Map<number, Reign>();
  #next = 0;

  /** @param options.disruption whether nothing but a member that comes back disturbs the leaders of this run */
  constructor(options: { readonly disruption: boolean }) {
    this.#watchesDisruption = options.disruption;
  }

  /** Looks at a world after an instant. */
  look(world: World): void {
    if (world.now < this.#next) return;
    this.#next = world.now + LOOK_MICROS;
    for (const seat of world.core.seats) this.#lookAt(world, seat);
  }

  #lookAt(world: World, seat: Seat): void {
    const reign = this.#reigns.get(seat.actor);
    const { status, incarnation } = seat;
    const isLeading = seat.life === 'up' && status?.role === 'leader';
    if (reign !== undefined && (!isLeading || reign.term !== status.term || reign.incarnation !== incarnation)) {
      this.#reigns.delete(seat.actor);
      if (seat.life === 'up' && reign.incarnation === incarnation) this.#onFall(world, seat, reign);
    }
    if (!isLeading) return;
    const now = world.now;
    const known = this.#reigns.get(seat.actor) ?? { incarnation, term: status.term, unheardSince: Infinity, heardSince: Infinity };
    this.#reigns.set(seat.actor, known);
    const isHeard = hasQuorum(world, seat);
    known.heardSince = isHeard ? Math.min(known.heardSince, now) : Infinity;
    known.unheardSince = isHeard ? Infinity : Math.min(known.unheardSince, now);
    const limit = STALE_TIMEOUTS * world.options.electionMicros;
    if (now - known.unheardSince < limit || !world.options.checkQuorum) return;
    known.unheardSince = now;
    this.violations.push({
      property: 'stale-leader',
      members: [seat.name],
      index: 0,
      at: simTime(now),
      detail: `still leads in term ${known.term}, ${limit / 1_000_000} s after the last moment when a quorum could hear it`,
    });
  }

  #onFall(world: World, seat: Seat, reign: Reign): void {
    if (!this.#watchesDisruption || world.now - reign.heardSince < CALM_TIMEOUTS * world.options.electionMicros) return;
    this.violations.push({
      property: 'disruption',
      members: [seat.name],
      index: 0,
      at: world.now,
      detail: `lost the leadership of term ${reign.term} though a quorum had heard it since ${(reign.heardSince / 1000).toFixed(3)} ms`,
    });
  }
}

/** Whether a quorum of the leader's voters runs and both hears it and is heard. */
function hasQuorum({ core }: World, leader: Seat): boolean {
  const voters = leader.status?.voters ?? [];
  const near = voters.filter((id) => {
    const seat = core.seatById.get(id);
    if (seat === undefined || seat === leader) return seat === leader;
    const { links } = core;
    return (
      seat.life === 'up' && !links.isBlocked(links.get(leader.actor, seat.actor)) && !links.isBlocked(links.get(seat.actor, leader.actor))
    );
  });
  return near.length > voters.length / 2;
}
