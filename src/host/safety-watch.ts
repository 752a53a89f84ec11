/**
 * Watches over what must hold, while a run is played on the page: after each instant what the members say of themselves, and each answer that a client
 * gets. The checks are the cheap ones of the checker; the thorough ones, which read whole logs and histories, are the command line's (`npm run chaos`).
 */

import type { MemberStatus } from '#etcd/contract.ts';
import { simTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import { Scoreboard } from '#checker/scoreboard.ts';
import type { Property, Violation } from '#checker/violation.ts';
import type { Seat } from '#sim/member-seat.ts';
import { SAFETY_GROUPS, type SafetyGroup, type SafetyProperty, type SafetyView } from '#view/safety.ts';

/** Applied indexes whose revision is remembered; the oldest are forgotten. */
const REVISIONS_MAX = 5000;
/** Terms whose leader is remembered. */
const TERMS_MAX = 5000;

const GROUPS = Object.entries(SAFETY_GROUPS) as readonly (readonly [SafetyGroup, readonly SafetyProperty[]])[]; // the object's own keys
const WATCHED = GROUPS.flatMap(([group, properties]) => properties.map((property) => [group, property] as const));

/** Mutable; one for each run. */
export class SafetyWatch {
  readonly #board = new Scoreboard();
  readonly #leaderByTerm = new Map<number, string>();
  readonly #revisionByApplied = new Map<number, { readonly revision: number; readonly by: string }>();
  readonly #before = new Map<number, { readonly incarnation: number; readonly status: MemberStatus }>();

  /** @param saved of {@link save}, with a checkpoint */
  constructor(saved?: Plain) {
    this.#board.load(saved);
  }

  save(): Plain {
    return this.#board.save();
  }

  /** First violations found since the last call. */
  take(): readonly Violation[] {
    return this.#board.take();
  }

  view(): readonly SafetyView[] {
    return WATCHED.map(([group, property]): SafetyView => {
      const standing = this.#board.standing(property);
      const found = standing?.violation;
      return {
        property,
        group,
        state: standing === undefined ? 'unchecked' : found === undefined ? 'holds' : 'violated',
        since: found?.at ?? standing?.since,
        checks: standing?.checks ?? 0,
        violation: found === undefined ? undefined : { ...found, events: found.events ?? [] },
      };
    });
  }

  /** Looks at members that did something at an instant (virtual µs). */
  look(at: number, seats: readonly Seat[]): void {
    for (const seat of seats) {
      const { status } = seat;
      if (status === undefined || status.term === 0) continue;
      this.#checkMonotone(at, seat, status);
      this.#checkLeader(at, seat, status);
      this.#checkRevision(at, seat, status);
      this.#before.set(seat.actor, { incarnation: seat.incarnation, status });
    }
  }

  #report(property: Property, at: number, members: readonly string[], index: number, detail: string): void {
    this.#board.violated({ property, at: simTime(at), members, index, detail });
  }

  #checkMonotone(at: number, seat: Seat, now: MemberStatus): void {
    const before = this.#before.get(seat.actor);
    if (before?.incarnation !== seat.incarnation) return;
    const { term, commit } = before.status;
    this.#board.checked('monotone-term', at);
    this.#board.checked('monotone-commit', at);
    if (now.term < term) this.#report('monotone-term', at, [seat.name], 0, `${seat.name}: term ${now.term} after ${term}`);
    if (now.commit < commit)
      this.#report('monotone-commit', at, [seat.name], now.commit, `${seat.name}: commit ${now.commit} after ${commit}`);
  }

  #checkLeader(at: number, seat: Seat, { role, term }: MemberStatus): void {
    if (role !== 'leader') return;
    this.#board.checked('election-safety', at);
    const known = this.#leaderByTerm.get(term);
    if (known === undefined) remember(this.#leaderByTerm, term, seat.name, TERMS_MAX);
    else if (known !== seat.name) this.#report('election-safety', at, [known, seat.name], 0, `${known} and ${seat.name} lead term ${term}`);
  }

  #checkRevision(at: number, seat: Seat, { applied, revision }: MemberStatus): void {
    this.#board.checked('state-machine-safety', at);
    const known = this.#revisionByApplied.get(applied);
    if (known === undefined) remember(this.#revisionByApplied, applied, { revision, by: seat.name }, REVISIONS_MAX);
    else if (known.revision !== revision)
      this.#report(
        'state-machine-safety',
        at,
        [known.by, seat.name],
        applied,
        `after entry ${applied}: revision ${known.revision} on ${known.by}, ${revision} on ${seat.name}`,
      );
  }
}

function remember<V>(map: Map<number, V>, key: number, value: V, limit: number): void {
  map.set(key, value);
  if (map.size <= limit) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
