/**
 * Log Matching (Raft paper §5.3) over the ends of logs that somebody looks at now and then: if two logs have an entry of one index and term, it is
 * the same entry, and so is the one before it.
 */

import { simTime } from '#kernel/brand.ts';
import { rememberIn } from '#checker/remember.ts';
import type { Scoreboard } from '#checker/scoreboard.ts';

/** Entries that are remembered; the oldest are forgotten. */
const ENTRIES_MAX = 5000;

export interface LogCellView {
  readonly index: number;
  readonly term: number;
  readonly kind: string;
  readonly label: string;
}

interface Known {
  readonly text: string;
  /** Term of the entry before it, 0 if that is not known. */
  readonly before: number;
  readonly by: string;
}

/** Mutable; one for each run. */
export class LogCells {
  readonly #board: Scoreboard;
  readonly #known = new Map<string, Known>();

  constructor(board: Scoreboard) {
    this.#board = board;
  }

  /** Takes in cells of one log, ascending without holes. */
  look(at: number, name: string, cluster: string, cells: readonly LogCellView[]): void {
    if (cells.length > 0) this.#board.checked('log-matching', at);
    for (const [i, { index, term, kind, label }] of cells.entries()) {
      const key = `${cluster} ${index} ${term}`;
      // Labels of other kinds name members as they are known now.
      const text = kind === 'normal' ? `${kind} ${label}` : kind;
      const before = cells[i - 1]?.term ?? 0;
      const known = this.#known.get(key);
      if (known === undefined || (known.before === 0 && before !== 0 && known.text === text))
        rememberIn(this.#known, key, { text, before, by: name }, ENTRIES_MAX);
      else if (known.text !== text || (before !== 0 && known.before !== 0 && known.before !== before))
        this.#board.violated({
          property: 'log-matching',
          at: simTime(at),
          members: [known.by, name],
          index,
          detail: `both have an entry of term ${term} there, and their logs up to it differ`,
          events: [`${known.by}: ${known.text}, after one of term ${known.before}`, `${name}: ${text}, after one of term ${before}`],
        });
    }
  }
}
