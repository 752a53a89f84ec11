/**
 * Wall time into virtual time: plays instants as their moment comes, at the chosen pace, and says when the page should see something new. While paused
 * or hidden time stands still and is never caught up.
 */

import { AdaptivePace, fixedRate, type Scene } from '#host/pace.ts';
import type { LiveRun } from '#host/live-run.ts';
import { loadRate } from '#sim/load-commands.ts';
import { isQuorumPossible } from '#host/frame-builder.ts';
import { leaderName } from '#sim/predicate-world.ts';
import type { StepSize } from '#view/conductor.ts';
import type { Pace } from '#view/frame.ts';

/** Wall time between two slices, ms. */
export const SLICE_MILLIS = 16;
/** Wall time that a slice may work before the page is told and others have their turn, µs. */
const WORK_MICROS = 12_000;
/** The same at the fastest pace: as long as from one picture to the next, since at the end of each the members' workers are waited for. */
const WORK_FASTEST_MICROS = 90_000;
/** Wall time between two pictures of the fastest pace, µs: nobody can follow it, and drawing takes the processor from the members. */
const PICTURE_MICROS = 100_000;
/** Wall time that one slice stands for at most: a stalled tab does not catch up. */
const ELAPSED_MAX = 100_000;
/** Instants that a single step plays at most. */
const STEP_INSTANTS_MAX = 20_000;
/** Virtual time that a single step passes at most, µs. */
const STEP_MICROS_MAX = 60_000_000;

/** Whether time stops after the instant that was just played. */
export type Stops = (run: LiveRun) => Promise<boolean>;

/** Mutable; owned by the conductor. */
export class Playback {
  readonly #now: () => number;
  readonly #adaptive = new AdaptivePace();
  #pace: Pace = { type: 'adaptive' };
  #lastWall: number | undefined;
  /** Wall µs for which time has been running. */
  #running = 0;
  #rate = 0;
  /** The last slice ended before all that was due was played. */
  #isBehind = false;
  /** When {@link isPictureDue} last said so. */
  #pictureAt = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  get pace(): Pace {
    return this.#pace;
  }

  set pace(pace: Pace) {
    this.#pace = pace;
  }

  /** Virtual µs for one wall µs, as of the last slice; 0 if no constant speed describes it. */
  get rate(): number {
    return Number.isFinite(this.#rate) ? this.#rate : 0;
  }

  /** Wall ms until the next slice. */
  get restMillis(): number {
    return this.#pace.type === 'fastest' && this.#isBehind ? 0 : SLICE_MILLIS;
  }

  /** Whether what was played is to be shown after this slice; at the fastest pace not after each. */
  isPictureDue(): boolean {
    if (this.#pace.type !== 'fastest') return true;
    const wall = this.#now();
    if (wall - this.#pictureAt < PICTURE_MICROS) return false;
    this.#pictureAt = wall;
    return true;
  }

  /** Time stands still from now on, for the members of a run too. */
  halt(run?: LiveRun): void {
    run?.host.rest?.();
    this.#lastWall = undefined;
    this.#rate = 0;
  }

  reset(): void {
    this.halt();
    this.#adaptive.reset();
  }

  /**
   * Plays what is due since the last slice.
   * @param stops asked after each instant; true ends the slice there
   * @returns how many instants
   */
  slice(run: LiveRun, stops: Stops): Promise<number> {
    if (this.#pace.type === 'fastest') return run.ahead(() => this.#slice(run, stops));
    run.host.rest?.();
    return this.#slice(run, stops);
  }

  async #slice(run: LiveRun, stops: Stops): Promise<number> {
    const wall = this.#now();
    let elapsed = Math.min(ELAPSED_MAX, wall - (this.#lastWall ?? wall));
    this.#lastWall = wall;
    let played = 0;
    const work = this.#pace.type === 'fastest' ? WORK_FASTEST_MICROS : WORK_MICROS;
    for (let goesOn = true; goesOn && this.#now() - wall <= work;) {
      const instant = run.world.nextInstantAt() ?? Infinity;
      const awaited = run.terminals.nextAwaited ?? Infinity;
      const next = Math.min(instant, awaited);
      this.#rate = this.#rateNow(run);
      if (next === Infinity) break;
      const wait = Math.max(0, next - run.playhead) / this.#rate;
      if (wait > elapsed) {
        run.playhead = Math.min(next, run.playhead + elapsed * this.#rate);
        this.#running += elapsed;
        break;
      }
      elapsed -= wait;
      this.#running += wait;
      run.playhead = Math.max(run.playhead, next);
      if (awaited < instant) goesOn = await resume(run, awaited);
      else {
        if (!(await run.playInstant())) break;
        played++;
        goesOn = !(await stops(run));
      }
    }
    this.#isBehind = this.#now() - wall > work;
    if (run.terminals.busy) await run.pump();
    return played;
  }

  #rateNow(run: LiveRun): number {
    const fixed = fixedRate(this.#pace);
    return fixed ?? this.#adaptive.rate(sceneOf(run), this.#running);
  }
}

/** The moment that a line slept for, between instants. @returns whether it went on */
async function resume(run: LiveRun, awaited: number): Promise<boolean> {
  await run.pump();
  return run.terminals.nextAwaited !== awaited;
}

/** From this rate on (requests a second) a load is not followed message by message: time passes as it is. */
const FOLLOWED_RATE_MAX = 20;

function sceneOf(run: LiveRun): Scene {
  if (loadRate(run.world.core) > FOLLOWED_RATE_MAX)
    return { now: run.playhead, followed: [], leaderless: false, waiting: false, awaitedUntil: undefined, callOpenedAt: undefined };
  return {
    now: run.playhead,
    followed: run.flights.look().followed,
    leaderless: leaderName(run.world) === undefined && isQuorumPossible(run.world),
    waiting: run.flights.isWaiting,
    awaitedUntil: run.terminals.awaitedUntil,
    callOpenedAt: run.flights.callOpenedAt,
  };
}

/** Plays as far as one step of a size goes. */
export async function playStep(run: LiveRun, size: StepSize, stops: Stops = async () => false): Promise<void> {
  const limit = run.playhead + STEP_MICROS_MAX;
  const isDone = stepCondition(run, size);
  for (let n = 0; n < STEP_INSTANTS_MAX; n++) {
    const next = run.world.nextInstantAt();
    if (next === undefined || next > limit) return;
    if (!(await run.playInstant()) || (await stops(run)) || isDone()) return;
  }
}

/** What a step of one state change looks for: a member's life, role, term, vote, leader or commit index is another one, or the network is. */
function statesOf(run: LiveRun): string {
  const { seats, links } = run.world.core;
  const members = seats.map(({ life, status }) =>
    status === undefined ? life : [life, status.role, status.term, status.vote, status.lead, status.commit].join('/'),
  );
  return [...members, links.sides.map((side) => side.join(',')).join('|')].join(' ');
}

/** The messages that the stage draws one by one, heartbeats too: a calm cluster has nothing else to step to. */
const drawnMessages = (run: LiveRun): ReadonlySet<number> => new Set(run.flights.look().messages.map((message) => message.id));

/** Says after each instant whether the step is over. */
function stepCondition(run: LiveRun, size: StepSize): () => boolean {
  const termOf = (): number => Math.max(0, ...run.world.core.seats.map((s) => s.status?.term ?? 0));
  const term = termOf();
  const states = statesOf(run);
  let before = drawnMessages(run);
  return () => {
    if (size === 'term') return termOf() > term;
    if (size === 'state') return statesOf(run) !== states;
    const now = drawnMessages(run);
    const arrived = [...before].some((id) => !now.has(id));
    const sent = [...now].some((id) => !before.has(id));
    before = now;
    return size === 'message' ? arrived : arrived || sent || run.lastFacts > 0;
  };
}
