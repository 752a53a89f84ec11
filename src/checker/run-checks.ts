/**
 * All checks over one run, whoever drives it: what members show after each step (Raft's safety, one history for all), and at the end what clients were
 * promised. Looks on only; a run with checks has the same trace as one without.
 */

import { FORCED_FAILURE } from '#etcd/halt.ts';
import type { ChangesAnswer } from '#etcd/inspection.ts';
import type { Plain } from '#kernel/plain.ts';
import { checkHistory } from '#checker/check-history.ts';
import type { History } from '#checker/history.ts';
import { LivenessMonitor } from '#checker/liveness.ts';
import { ReplayRecorder } from '#checker/replay-recorder.ts';
import type { Replay } from '#checker/replay.ts';
import { LiveChecks } from '#checker/live-checks.ts';
import { SafetyChecker, type LogCellProbe } from '#checker/safety.ts';
import type { Violation } from '#checker/violation.ts';
import { isBegun, type Seat } from '#sim/member-seat.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';
import type { Instant, World } from '#sim/world.ts';
import type { WorldListener } from '#sim/world-core.ts';

/** Mutable; one for each run. */
export class RunChecks {
  readonly #safety: SafetyChecker;
  readonly #replay: ReplayRecorder;
  readonly #liveness: LivenessMonitor;
  readonly #crashes: Violation[] = [];
  /** Incarnation of each member whose end was looked at. */
  readonly #judged = new Map<number, number>();
  readonly #live: LiveChecks;
  readonly #profile: string;
  readonly #clockRateMax: number;
  #world: World | undefined;

  /**
   * @param names members in the order of their numbers
   * @param profile the modelled release
   * @param faults what the run's faults allow for
   */
  constructor(
    names: readonly string[],
    host: SyncNodeHost,
    profile: string,
    faults: CheckedFaults = { disruption: false, clockRateMax: 1 },
  ) {
    this.#profile = profile;
    this.#clockRateMax = faults.clockRateMax;
    this.#live = new LiveChecks(() => this.#world, profile, { keeps: true, clockRateMax: faults.clockRateMax });
    this.listener = this.#live.listener;
    this.#liveness = new LivenessMonitor(faults);
    this.#safety = new SafetyChecker(names, { cells: (actor, from, to) => cellsOf(host.inspect(actor, { type: 'log', from, to })) });
    this.#replay = new ReplayRecorder(
      (actor, from, to) => changesOf(host.inspect(actor, { type: 'changes', from, to })),
      (revision) => this.#live.reachedAt(revision),
    );
  }

  /** What the world must tell. */
  readonly listener: Pick<Required<WorldListener>, 'call' | 'member'>;

  /** Tells of which world it is, before its first instant. */
  attach(world: World): void {
    this.#world = world;
  }

  get commitMax(): number {
    return this.#safety.commitMax;
  }

  get replay(): Replay {
    return this.#replay.replay;
  }

  history(): History {
    return this.#live.history();
  }

  /** Found so far, without what {@link checkClients} finds. */
  get violations(): readonly Violation[] {
    return [
      ...this.#safety.violations,
      ...this.#replay.violations,
      ...this.#liveness.violations,
      ...this.#crashes,
      ...this.#live.board.violations,
    ];
  }

  get isClean(): boolean {
    return (
      this.#safety.violations.length === 0 &&
      this.#replay.violations.length === 0 &&
      this.#liveness.violations.length === 0 &&
      this.#crashes.length === 0 &&
      this.#live.board.isClean
    );
  }

  /**
   * Looks at every member that took part in an instant that was just played.
   * @param begun members that began anew since: what is known of them is of their life before, and what answers is not
   */
  look(world: World, instant: Instant, begun: readonly number[] = []): void {
    this.#liveness.look(world);
    for (const { actor } of instant.work) {
      if (begun.includes(actor)) continue;
      const seat = world.core.seats[actor - 1];
      if (seat === undefined) continue;
      if (seat.life === 'crashed' && this.#judged.get(actor) !== seat.incarnation && isDefect(seat))
        this.#crashes.push({ property: 'crash', members: [seat.name], index: 0, at: world.now, detail: seat.crash ?? '' });
      if (seat.life === 'crashed') this.#judged.set(actor, seat.incarnation);
      else if (seat.life !== 'dead' && seat.status !== undefined) {
        this.#live.look(world.now, seat);
        this.#safety.observe(world.now, actor, seat.incarnation, seat.status, seat.name);
        this.#replay.observe(world.now, actor, seat.name, seat.incarnation, seat.status);
      }
    }
  }

  /** What clients were promised, over the whole run. */
  checkClients(): readonly Violation[] {
    return checkHistory(this.history(), this.replay, this.#profile, this.#clockRateMax);
  }
}

/** What the faults of a run allow for. */
export interface CheckedFaults {
  /** See {@link LivenessMonitor}. */
  readonly disruption: boolean;
  /** The fastest clock: leases end by their leader's. */
  readonly clockRateMax: number;
}

/**
 * Whether a member must not have stopped: not for an assertion that was made to fail, not for a disk that fails or was damaged on purpose, and not where it joins and is refused since the cluster
 * changes meanwhile: it has no data yet.
 */
function isDefect(seat: Seat): boolean {
  const { disk, ended } = seat;
  if (ended === 'assertion' && seat.crash?.startsWith(FORCED_FAILURE) === true) return false;
  if (ended === 'disk' && (disk.full || disk.failFsync)) return false;
  if (ended === 'start' && disk.isCorrupt) return false;
  return isBegun(seat);
}

interface CellAnswer {
  readonly index: number;
  readonly term: number;
  readonly kind: string;
  readonly label: string;
}

/** Reads the answer to a question about the log. */
function cellsOf(answer: Plain): readonly LogCellProbe[] {
  const cells = (answer as { readonly cells?: readonly CellAnswer[] } | undefined)?.cells ?? []; // the member's LogAnswer
  return cells.map(({ index, term, kind, label }) => ({ index, term, digest: digestOf(kind === 'normal' ? label : kind) })); // other labels name members as they are known now
}

const changesOf = (answer: Plain): ChangesAnswer => (answer as unknown as ChangesAnswer | undefined) ?? { changes: [] }; // the member's answer

/** FNV-1a. */
function digestOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
