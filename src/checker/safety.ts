/**
 * Raft's safety properties, checked after every step from what a member shows: its status, and the log cells that changed since it was
 * looked at last. Each log position carries a chained digest of everything up to it, so that comparing one position compares two whole logs;
 * the work of a check is proportional to what changed. State Machine Safety compares what members committed and applied at an index.
 */

import type { MemberStatus } from '#etcd/contract.ts';
import type { NodeId, SimTime } from '#kernel/brand.ts';
import type { Property, Violation } from '#checker/violation.ts';

/** One entry of a log: `digest` is a 32-bit digest of its content. */
export interface LogCellProbe {
  readonly index: number;
  readonly term: number;
  readonly digest: number;
}

/** Looks into a member's log. */
export interface SafetyProbe {
  /** Entries from `from` up to and with `to`, as far as they are there, ascending. */
  cells(actor: number, from: number, to: number): readonly LogCellProbe[];
}

interface Place {
  readonly term: number;
  /** Digest of all entries up to and with this one; undefined if those before it are not known. */
  readonly chain: number | undefined;
}

interface Watched {
  readonly name: string;
  incarnation: number;
  status: MemberStatus | undefined;
  /** Log by index. */
  readonly log: Map<number, Place>;
  lastIndex: number;
}

const watched = (name: string): Watched => ({ name, incarnation: 0, status: undefined, log: new Map(), lastIndex: 0 });

/** A committed entry, and who committed it first. */
interface Committed extends Place {
  readonly by: string;
}

/** Violations kept; a broken run would fill memory otherwise. */
const VIOLATIONS_MAX = 100;

const mix = (chain: number, term: number, digest: number): number => {
  let h = Math.imul(chain ^ term, 0x9e3779b1) ^ digest;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
};

/** Mutable; one for each run. */
export class SafetyChecker {
  readonly #probe: SafetyProbe;
  readonly #members: Watched[];
  /** Leader by term. */
  readonly #leaders = new Map<number, { readonly name: string; readonly id: NodeId }>();
  /** Chain by index and term: two logs with an entry of one index and term are the same up to it. */
  readonly #chains = new Map<string, { readonly chain: number; readonly by: string }>();
  readonly #committed = new Map<number, Committed>();
  #commitMax = 0;
  /** Revision after an applied index. */
  readonly #revisions = new Map<number, { readonly revision: number; readonly by: string }>();
  readonly violations: Violation[] = [];

  /** @param names members in the order of their numbers */
  constructor(names: readonly string[], probe: SafetyProbe) {
    this.#probe = probe;
    this.#members = names.map(watched);
  }

  /** Greatest index that anybody has committed. */
  get commitMax(): number {
    return this.#commitMax;
  }

  /** Looks at a member after a step. @param name of one that was not there at the start */
  observe(at: SimTime, actor: number, incarnation: number, status: MemberStatus, name = `member ${actor}`): void {
    const member = (this.#members[actor - 1] ??= watched(name));
    const before = member.incarnation === incarnation ? member.status : undefined;
    if (before !== undefined && isUnchanged(before, status)) return;
    if (before === undefined) {
      member.log.clear();
      member.lastIndex = 0;
    }
    member.incarnation = incarnation;
    member.status = status;
    if (before !== undefined) this.#checkMonotone(at, member, before, status);
    if (
      before === undefined ||
      before.lastIndex !== status.lastIndex ||
      before.lastTerm !== status.lastTerm ||
      before.firstIndex !== status.firstIndex
    )
      this.#readLog(at, actor, member, status);
    this.#checkCommit(at, member, before?.commit ?? 0, status);
    this.#checkApplied(at, member, status);
    if (status.role === 'leader') this.#checkLeader(at, member, before, status);
  }

  #report(property: Property, at: SimTime, members: readonly string[], index: number, detail: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ property, members, index, at, detail });
  }

  #checkMonotone(at: SimTime, member: Watched, before: MemberStatus, now: MemberStatus): void {
    if (now.term < before.term) this.#report('monotone-term', at, [member.name], 0, `term fell from ${before.term} to ${now.term}`);
    if (now.commit < before.commit)
      this.#report('monotone-commit', at, [member.name], now.commit, `commit index fell from ${before.commit} to ${now.commit}`);
    if (now.applied < before.applied)
      this.#report('monotone-commit', at, [member.name], now.applied, `applied index fell from ${before.applied} to ${now.applied}`);
    if (now.revision < before.revision)
      this.#report('monotone-commit', at, [member.name], now.applied, `revision fell from ${before.revision} to ${now.revision}`);
  }

  /** Takes in what changed at the end of a log, and checks Log Matching for it. */
  #readLog(at: SimTime, actor: number, member: Watched, status: MemberStatus): void {
    let from = status.lastIndex;
    const first = status.firstIndex;
    const known = Math.min(member.lastIndex, status.lastIndex);
    const cells = new Map<number, LogCellProbe>();
    // Walk back in growing pieces to the last entry that is as it was.
    for (let size = Math.max(1, status.lastIndex - known + 1); from >= first; size *= 2) {
      const low = Math.max(first, from - size + 1);
      for (const cell of this.#probe.cells(actor, low, from)) cells.set(cell.index, cell);
      const anchor = cells.get(low);
      from = low - 1;
      if (anchor !== undefined && low <= member.lastIndex && member.log.get(low)?.term === anchor.term) break;
    }
    for (let index = status.lastIndex + 1; index <= member.lastIndex; index++) member.log.delete(index);
    for (let index = from + 1; index <= status.lastIndex; index++) {
      const cell = cells.get(index);
      if (cell === undefined) continue;
      const previous = index === 1 ? 0 : this.#chainBefore(member, index, first);
      const chain = previous === undefined ? undefined : mix(previous, cell.term, cell.digest);
      member.log.set(index, { term: cell.term, chain });
      if (chain !== undefined) this.#checkMatching(at, member, index, cell.term, chain);
    }
    member.lastIndex = status.lastIndex;
  }

  /** What lies before the first entry was committed; what the member had there itself may have given way to a snapshot. */
  #chainBefore(member: Watched, index: number, first: number): number | undefined {
    const own = index - 1 < first ? undefined : member.log.get(index - 1)?.chain;
    return own ?? this.#committed.get(index - 1)?.chain;
  }

  #checkMatching(at: SimTime, member: Watched, index: number, term: number, chain: number): void {
    const key = `${index}/${term}`;
    const known = this.#chains.get(key);
    if (known === undefined) this.#chains.set(key, { chain, by: member.name });
    else if (known.chain !== chain)
      this.#report(
        'log-matching',
        at,
        [known.by, member.name],
        index,
        `both have an entry of term ${term} there, and their logs up to it differ`,
      );
  }

  #checkCommit(at: SimTime, member: Watched, before: number, status: MemberStatus): void {
    for (let index = Math.max(before + 1, status.firstIndex); index <= status.commit; index++) {
      const place = member.log.get(index);
      const known = this.#committed.get(index);
      if (place === undefined) {
        this.#report(
          'state-machine-safety',
          at,
          [member.name],
          index,
          `committed without an entry there (its log ends at ${status.lastIndex})`,
        );
      } else if (known === undefined) {
        this.#committed.set(index, { ...place, by: member.name });
        this.#commitMax = Math.max(this.#commitMax, index);
      } else if (known.term !== place.term || (known.chain !== undefined && place.chain !== undefined && known.chain !== place.chain)) {
        this.#report(
          'state-machine-safety',
          at,
          [known.by, member.name],
          index,
          `one committed an entry of term ${known.term}, the other of term ${place.term}`,
        );
      }
    }
  }

  /** Members that applied the same entries have the same revision. */
  #checkApplied(at: SimTime, member: Watched, status: MemberStatus): void {
    if (status.applied > status.commit)
      this.#report('state-machine-safety', at, [member.name], status.applied, `applied ${status.applied}, committed only ${status.commit}`);
    const known = this.#revisions.get(status.applied);
    if (known === undefined) this.#revisions.set(status.applied, { revision: status.revision, by: member.name });
    else if (known.revision !== status.revision)
      this.#report(
        'state-machine-safety',
        at,
        [known.by, member.name],
        status.applied,
        `revision ${known.revision} against ${status.revision} after the same entries`,
      );
  }

  #checkLeader(at: SimTime, member: Watched, before: MemberStatus | undefined, status: MemberStatus): void {
    if (before?.role === 'leader' && before.term === status.term) return;
    const other = this.#leaders.get(status.term);
    if (other === undefined) this.#leaders.set(status.term, { name: member.name, id: status.id });
    // A machine may serve one member after another: each of them is somebody else.
    else if (other.name !== member.name || other.id !== status.id)
      this.#report('election-safety', at, [other.name, member.name], 0, `both led in term ${status.term}`);
    this.#checkComplete(at, member, status);
  }

  /** A leader has every entry that was committed in an earlier term. */
  #checkComplete(at: SimTime, member: Watched, status: MemberStatus): void {
    for (let index = this.#commitMax; index >= status.firstIndex; index--) {
      const committed = this.#committed.get(index);
      if (committed === undefined || committed.term >= status.term) continue;
      const place = member.log.get(index);
      if (
        place === undefined ||
        place.term !== committed.term ||
        (place.chain !== undefined && committed.chain !== undefined && place.chain !== committed.chain)
      ) {
        const has = place === undefined ? `ends at ${status.lastIndex}` : `has one of term ${place.term}`;
        this.#report(
          'leader-completeness',
          at,
          [member.name, committed.by],
          index,
          `the leader of term ${status.term} lacks the entry of term ${committed.term} that was committed: its log ${has}`,
        );
      }
      return; // chained digests: the newest stands for all before it
    }
  }
}

const isUnchanged = (a: MemberStatus, b: MemberStatus): boolean =>
  a.term === b.term &&
  a.role === b.role &&
  a.commit === b.commit &&
  a.applied === b.applied &&
  a.lastIndex === b.lastIndex &&
  a.lastTerm === b.lastTerm &&
  a.firstIndex === b.firstIndex &&
  a.revision === b.revision;
