/** Breakpoints: conditions that stop the time of the page when they come to hold. They are no part of the run. */

export interface BreakpointView {
  /** From 1, never used again in this tab. */
  readonly id: number;
  /** In the predicate language of `play until`, as it was typed. */
  readonly condition: string;
  readonly enabled: boolean;
  /** How often it stopped time. */
  readonly hits: number;
  /** When it did last, virtual µs of the run of then. */
  readonly lastHitAt: number | undefined;
  /** Why it cannot hold in the present cluster: it names a member that there is not. */
  readonly problem: string | undefined;
}

/** Breakpoint `id` stopped time at the instant `at` (virtual µs). */
export interface BreakpointHit {
  readonly id: number;
  readonly condition: string;
  readonly at: number;
}

/** `column` counts from 1 in the text of the condition; 0 if the text is not what is wrong. */
export type BreakpointAnswer =
  { readonly type: 'ok'; readonly id: number } | { readonly type: 'error'; readonly message: string; readonly column: number };
