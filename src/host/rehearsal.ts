/**
 * Which ways from a checkpoint to the next are replayed before anybody looks back: a thread that has not replayed such a way before takes three to five times as
 * long for it, and nobody waits for these. The first few of a run are the start of the members, their election and quiet time; of a busy run one is replayed whenever
 * its trace has doubled, since what its members hold has grown too.
 */

import type { Playing } from '#host/checkpoint-spacing.ts';
import type { Past } from '#host/past.ts';

/** Ways from the beginning of a run on. */
const FIRST = 3;
/** Bytes of trace in a virtual second from which on a run is busy: an idle cluster of seven members makes 8 KiB. */
const BUSY_RATE = 16 * 1024;
/** Ways of busy time that are replayed at most, whatever runs there are. */
const BUSY_MAX = 10;
const MICROS = 1_000_000;

/** Mutable; one for each thread that replays, whatever runs it has. */
export class Rehearsal {
  #first = 0;
  #busy = 0;
  /** Bytes of trace that a busy run must have had before it is looked at again. */
  #nextBytes = 0;
  /** As of the newest checkpoint that was seen: the branch, its time, and the trace of the run then. */
  #seen: { readonly past: Past; readonly at: number; readonly played: number; readonly traceBytes: number } | undefined;

  /** The run went on. @returns the time of a checkpoint (-1: the beginning of the run) from which the way to the next is to be replayed now */
  next({ played, world: { traceBytes } }: Playing, past: Past): number | undefined {
    const at = past.times.at(-1);
    if (at === undefined) return undefined;
    if (this.#first < FIRST && past.times.length > this.#first) return past.times[this.#first++ - 1] ?? -1;
    const before = this.#seen;
    if (before?.past === past && before.at === at) return undefined;
    this.#seen = { past, at, played, traceBytes };
    if (before?.past !== past) {
      this.#nextBytes = 0;
      return undefined;
    }
    const isBusy = (traceBytes - before.traceBytes) * MICROS >= BUSY_RATE * (played - before.played);
    if (!isBusy || traceBytes < this.#nextBytes || this.#busy >= BUSY_MAX) return undefined;
    this.#nextBytes = 2 * traceBytes;
    this.#busy++;
    return before.at;
  }
}
