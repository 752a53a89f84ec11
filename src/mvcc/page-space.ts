/**
 * Page numbers of bolt's file: a high-water mark, runs of free pages, and pages freed by the commit under way, which only a later commit may
 * use. Allocation takes a run of exactly the wanted length if there is one, else the first longer one, else grows the file.
 */

import type { Reader, Writer } from '#kernel/codec.ts';

/** Consecutive pages. */
export interface PageRun {
  readonly start: number;
  readonly count: number;
}

export class PageSpace {
  #highWater: number;
  /** Ordered by start, never adjacent to each other. */
  #free: PageRun[];
  #pending: PageRun[];
  /** Pages taken since the start of this commit. */
  #taken = 0;

  /** @param highWater pages of the file; `free` and `pending` are among them */
  constructor(highWater: number, free: readonly PageRun[], pending: readonly PageRun[] = []) {
    this.#highWater = highWater;
    this.#free = [...free];
    this.#pending = [...pending];
  }

  /** Pages of the file. */
  get highWater(): number {
    return this.#highWater;
  }

  /** Pages that the next commit may use. */
  get freePages(): number {
    return this.#free.reduce((sum, run) => sum + run.count, 0);
  }

  /** What earlier commits freed becomes usable: at the start of a commit. */
  releasePending(): void {
    this.#taken = 0;
    if (this.#pending.length === 0) return;
    const merged: PageRun[] = [];
    for (const run of [...this.#free, ...this.#pending].sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1);
      if (last !== undefined && last.start + last.count === run.start)
        merged[merged.length - 1] = { start: last.start, count: last.count + run.count };
      else merged.push(run);
    }
    this.#free = merged;
    this.#pending = [];
  }

  /** Pages that the commit under way has written. */
  get takenPages(): number {
    return this.#taken;
  }

  release(run: PageRun): void {
    if (run.count > 0) this.#pending.push(run);
  }

  allocate(count: number): PageRun {
    this.#taken += count;
    let at = this.#free.findIndex((run) => run.count === count);
    if (at < 0) at = this.#free.findIndex((run) => run.count > count);
    const run = this.#free[at];
    if (run === undefined) {
      const start = this.#highWater;
      this.#highWater += count;
      return { start, count };
    }
    if (run.count === count) this.#free.splice(at, 1);
    else this.#free[at] = { start: run.start + count, count: run.count - count };
    return { start: run.start, count };
  }

  encode(w: Writer): void {
    w.varint(this.#highWater);
    encodeRuns(w, this.#free);
    encodeRuns(w, this.#pending);
  }

  static decode(r: Reader): PageSpace {
    const space = new PageSpace(r.varint(), []);
    space.#free = decodeRuns(r);
    space.#pending = decodeRuns(r);
    return space;
  }
}

export function encodeRuns(w: Writer, runs: readonly PageRun[]): void {
  w.varint(runs.length);
  for (const run of runs) w.varint(run.start).varint(run.count);
}

export function decodeRuns(r: Reader): PageRun[] {
  const n = r.varint();
  const runs: PageRun[] = [];
  for (let i = 0; i < n; i++) runs.push({ start: r.varint(), count: r.varint() });
  return runs;
}
