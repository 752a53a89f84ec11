/** What branches that were left remember of themselves: a run that comes back to one knows again why things went as they did there. */

import type { HistoryBuilder } from '#host/history-builder.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { TraceWindow } from '#host/why/trace-window.ts';

export interface Memory {
  readonly history: HistoryBuilder;
  readonly window: TraceWindow;
}

/** Branches whose memory is kept: those left last. */
const MEMORIES_MAX = 4;

/** Gives a run that begins anew what was remembered up to where it stands. */
export function adoptMemory(run: LiveRun, { history, window }: Memory): void {
  run.history.adopt(history, run.played);
  run.window.adopt(window, run.played);
}

/** Mutable; for one run. */
export class BranchMemories {
  /** By branch; the one left last at the end. */
  readonly #memories = new Map<number, Memory>();

  keep(id: number, memory: Memory): void {
    this.#memories.delete(id);
    this.#memories.set(id, memory);
    const [oldest] = this.#memories.keys();
    if (this.#memories.size > MEMORIES_MAX && oldest !== undefined) this.#memories.delete(oldest);
  }

  /** What the branch remembered, if that is kept; it is gone from here then. */
  take(id: number): Memory | undefined {
    const memory = this.#memories.get(id);
    this.#memories.delete(id);
    return memory;
  }

  clear(): void {
    this.#memories.clear();
  }
}
