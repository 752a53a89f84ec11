/**
 * Looks after each instant whether what the members say of themselves can be true together: one leader a term (Raft paper §5.2), terms and commit
 * indexes that never fall within a process, and one revision after the same applied entries (§5.4.3). The thorough checks, which read whole logs, are
 * the checker's (#checker/safety.ts); these are cheap enough to run always.
 */

import type { MemberStatus } from '#etcd/contract.ts';
import type { Seat } from '#sim/member-seat.ts';

/** What cannot be. */
export interface WatchedViolation {
  readonly property: 'election-safety' | 'monotone-term' | 'monotone-commit' | 'state-machine-safety';
  readonly detail: string;
}

/** Applied indexes whose revision is remembered; the oldest are forgotten. */
const REVISIONS_MAX = 5000;
/** Terms whose leader is remembered. */
const TERMS_MAX = 5000;

/** Mutable; one for each run. */
export class SafetyWatch {
  readonly #leaderByTerm = new Map<number, string>();
  readonly #revisionByApplied = new Map<number, { readonly revision: number; readonly by: string }>();
  readonly #before = new Map<number, { readonly incarnation: number; readonly status: MemberStatus }>();

  /** Looks at members that did something. */
  look(seats: readonly Seat[]): readonly WatchedViolation[] {
    const found: WatchedViolation[] = [];
    for (const seat of seats) {
      const { status } = seat;
      if (status === undefined || status.term === 0) continue;
      this.#checkMonotone(seat, status, found);
      this.#checkLeader(seat, status, found);
      this.#checkRevision(seat, status, found);
      this.#before.set(seat.actor, { incarnation: seat.incarnation, status });
    }
    return found;
  }

  #checkMonotone(seat: Seat, now: MemberStatus, found: WatchedViolation[]): void {
    const before = this.#before.get(seat.actor);
    if (before?.incarnation !== seat.incarnation) return;
    const { term, commit } = before.status;
    if (now.term < term) found.push({ property: 'monotone-term', detail: `${seat.name}: term ${now.term} after ${term}` });
    if (now.commit < commit) found.push({ property: 'monotone-commit', detail: `${seat.name}: commit ${now.commit} after ${commit}` });
  }

  #checkLeader(seat: Seat, { role, term }: MemberStatus, found: WatchedViolation[]): void {
    if (role !== 'leader') return;
    const known = this.#leaderByTerm.get(term);
    if (known === undefined) remember(this.#leaderByTerm, term, seat.name, TERMS_MAX);
    else if (known !== seat.name) found.push({ property: 'election-safety', detail: `${known} and ${seat.name} lead term ${term}` });
  }

  #checkRevision(seat: Seat, { applied, revision }: MemberStatus, found: WatchedViolation[]): void {
    const known = this.#revisionByApplied.get(applied);
    if (known === undefined) remember(this.#revisionByApplied, applied, { revision, by: seat.name }, REVISIONS_MAX);
    else if (known.revision !== revision) {
      found.push({
        property: 'state-machine-safety',
        detail: `after entry ${applied}: revision ${known.revision} on ${known.by}, ${revision} on ${seat.name}`,
      });
    }
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
