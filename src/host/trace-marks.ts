/**
 * The hash of a branch's trace at instants as it was played, so that a replay that passes one of them is known to be the same run up to there. The hash
 * covers all that members and clients did. In memory only, as checkpoints are.
 */

/** Virtual µs between two marks. */
const MARK_INTERVAL_MICROS = 250_000;
/** Marks of one branch; over it every second one of the older half goes. */
const MARKS_MAX = 4096;

export interface TraceMark {
  /** The last instant (virtual µs) that the hash covers. */
  readonly at: number;
  readonly hash: string;
}

/** Mutable; one for each branch. */
export class TraceMarks {
  #marks: TraceMark[];

  constructor(marks: readonly TraceMark[] = []) {
    this.#marks = [...marks];
  }

  /** Remembers an instant that was just played, if the last mark is an interval ago. @param hash of the trace up to and with it */
  note(at: number, hash: () => string): void {
    const last = this.#marks.at(-1);
    if (at < 0 || (last !== undefined && at < last.at + MARK_INTERVAL_MICROS)) return;
    if (this.#marks.length >= MARKS_MAX) this.#marks = this.#marks.filter((_, i) => i >= MARKS_MAX / 2 || i % 2 === 0);
    this.#marks.push({ at, hash: hash() });
  }

  /** The first one later than `at`. */
  after(at: number): TraceMark | undefined {
    let [low, high] = [0, this.#marks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#marks[middle]?.at ?? Infinity) > at) high = middle;
      else low = middle + 1;
    }
    return this.#marks[low];
  }

  /**
   * An instant was played again: the mark that was passed with it, if the trace is not what it was there.
   * @param before the instant played before it, -1 for none
   * @param hash of the trace up to and with `at`; asked for only where there is a mark
   */
  missed(before: number, at: number, hash: () => string): TraceMark | undefined {
    const mark = this.after(before);
    return mark === undefined || mark.at > at || (mark.at === at && mark.hash === hash()) ? undefined : mark;
  }

  /** Those of a branch that has all up to and with `at` in common with this one. */
  fork(at: number): TraceMarks {
    return new TraceMarks(this.#marks.filter((mark) => mark.at <= at));
  }
}
