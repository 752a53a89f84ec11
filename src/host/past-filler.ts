/**
 * After a reload one stored checkpoint is all that memory has of the past: a look far back would replay the run from its beginning while the visitor waits. So
 * what came before that checkpoint, and between it and the present, is replayed while nobody waits for anything, a little at a time, and checkpoints are kept on
 * the way.
 */

import { PAST_APART_MAX, type Past } from '#host/past.ts';
import { replayTo, type Replay } from '#host/replica.ts';

/** Time may be running: the run is played in this thread too. */
const PACE = { turnMicros: 8_000, restMillis: 16 };
/** Turns for one run at most, a minute of work: of a longer run the later part is replayed when somebody looks. */
const TURNS_MAX = 7_500;

/** Mutable; one for each thread that replays. */
export class PastFiller {
  #past: Past | undefined;
  /** Virtual µs up to which is filled; undefined until that is known. */
  #until: number | undefined;
  /** Up to here all was filled: where checkpoints were thinned out since, they stay so. */
  #reached = 0;
  #turns = 0;
  #isUnderWay = false;

  /** A run came back, and this is what is left of its past. */
  begin(past: Past): void {
    this.#past = past;
    this.#until = undefined;
    this.#reached = 0;
    this.#turns = 0;
  }

  /** Another run: there is nothing to fill. */
  end(): void {
    this.#past = undefined;
  }

  /** Whether there is something to do in this past. Of a branch that was left the rest is replayed when somebody comes back to it. */
  wants(past: Past): boolean {
    return !this.#isUnderWay && this.#past === past;
  }

  /**
   * Goes on from the last checkpoint that was filled in, until all is done or `replay` gets stale; then it is to be called again.
   * @param present virtual µs of the last instant that was played
   */
  async fill(replay: Replay, present: number): Promise<void> {
    const { past } = replay;
    if (!this.wants(past)) return;
    this.#until ??= present;
    this.#isUnderWay = true;
    const isOver = (): boolean => this.#past !== past || this.#turns > TURNS_MAX;
    const isStale = (): boolean => {
      this.#turns++;
      return isOver() || replay.isStale();
    };
    try {
      for (let gap = this.#nextGap(past, this.#until); gap !== undefined; gap = this.#nextGap(past, this.#until)) {
        const filled = await replayTo(gap - 1, { ...replay, known: undefined, isStale, pace: PACE });
        if (isOver()) break;
        if (filled === undefined) return;
        this.#reached = gap;
      }
      if (this.#past === past) this.end();
    } catch (error) {
      this.end();
      replay.onDiffers?.(String(error));
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** Where the first stretch ends that is too long to be replayed while somebody waits, virtual µs. */
  #nextGap(past: Past, until: number): number | undefined {
    const times = [past.floor, ...past.times.filter((at) => at > past.floor && at < until), until];
    return times.find((at, i) => at > this.#reached && at - (times[i - 1] ?? at) > PAST_APART_MAX);
  }
}
