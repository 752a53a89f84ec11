/**
 * Builds the replay of a run from what members show after each step: whoever reaches a revision first says what it changed, and everybody who reaches
 * it later must show the same.
 */

import type { MemberStatus } from '#etcd/contract.ts';
import type { ChangesAnswer } from '#etcd/inspection.ts';
import type { SimTime } from '#kernel/brand.ts';
import { bytesToKey } from '#mvcc/byte-key.ts';
import { changeText } from '#checker/history-text.ts';
import { isSameVersion, Replay, type ShownChange, type Step } from '#checker/replay.ts';
import type { Violation } from '#checker/violation.ts';

/** Asks a member for its changes of some revisions, as far as it still has them. */
export type ChangeProbe = (actor: number, from: number, to: number) => ChangesAnswer;

/** How many revisions of a restarted member, or of one that took a snapshot, are compared. */
const LOOK_BACK = 200;
const VIOLATIONS_MAX = 20;

interface Seen {
  readonly incarnation: number;
  readonly revision: number;
}

/** Mutable; one for each run. */
export class ReplayRecorder {
  readonly replay = new Replay();
  readonly violations: Violation[] = [];
  readonly #probe: ChangeProbe;
  readonly #reachedAt: (revision: number) => number | undefined;
  readonly #seen = new Map<number, Seen>();

  /** @param reachedAt when a member had applied a revision first, also one that died before it could show it */
  constructor(probe: ChangeProbe, reachedAt: (revision: number) => number | undefined = () => undefined) {
    this.#probe = probe;
    this.#reachedAt = reachedAt;
  }

  /** Looks at a member after a step. */
  observe(at: SimTime, actor: number, name: string, incarnation: number, status: MemberStatus): void {
    const seen = this.#seen.get(actor);
    const { revision } = status;
    if (seen?.incarnation === incarnation && seen.revision === revision) return;
    const from = seen?.incarnation === incarnation ? Math.max(seen.revision + 1, revision - LOOK_BACK) : Math.max(2, revision - LOOK_BACK);
    this.#seen.set(actor, { incarnation, revision });
    if (from > revision) return;
    this.#compare(at, name, status, from, groupByRevision(this.#probe(actor, from, revision)));
  }

  #compare(
    at: SimTime,
    name: string,
    { revision, compactRevision }: MemberStatus,
    from: number,
    shown: ReadonlyMap<number, ShownChange[]>,
  ): void {
    for (let main = from; main <= revision && this.violations.length < VIOLATIONS_MAX; main++) {
      const changes = shown.get(main) ?? [];
      const step = this.replay.step(main);
      if (step === undefined) {
        if (main !== this.replay.revision + 1 || changes.length === 0) {
          this.#report(at, name, `shows nothing of revision ${main}, which nobody else has shown`);
          return;
        }
        this.replay.append(main, changes, Math.min(at, this.#reachedAt(main) ?? at));
      } else if (!isPartOf(changes, step) || (main > compactRevision && changes.length !== step.changes.length)) {
        const text = changes.map(({ version, sub, tombstone }) =>
          changeText({ key: version.key, revision: main, sub, before: undefined, after: tombstone ? undefined : version }),
        );
        this.#report(at, name, `shows another revision ${main} than was shown before`, [
          `before: ${step.changes.map(changeText).join(', ')}`,
          `${name}: ${text.length === 0 ? 'nothing' : text.join(', ')}`,
        ]);
        return;
      }
    }
  }

  #report(at: SimTime, name: string, detail: string, events: readonly string[] = []): void {
    this.violations.push({ property: 'one-history', members: [name], index: 0, at, detail, events });
  }
}

/** Whether all of these changes belong to a revision; compaction may have taken others away. */
const isPartOf = (changes: readonly ShownChange[], step: Step): boolean =>
  changes.every(({ version, sub, tombstone }) => {
    const known = step.changes.find((change) => change.sub === sub);
    if (known === undefined || known.key !== version.key) return false;
    return tombstone ? known.after === undefined : isSameVersion(known.after, version);
  });

function groupByRevision({ changes }: ChangesAnswer): ReadonlyMap<number, ShownChange[]> {
  const groups = new Map<number, ShownChange[]>();
  for (const { key, value, createRevision, modRevision, sub, version, lease, tombstone } of changes) {
    const shown: ShownChange = {
      version: { key: bytesToKey(key), value: bytesToKey(value), create: createRevision, mod: modRevision, version, lease },
      sub,
      tombstone,
    };
    const group = groups.get(modRevision);
    if (group === undefined) groups.set(modRevision, [shown]);
    else group.push(shown);
  }
  return groups;
}
