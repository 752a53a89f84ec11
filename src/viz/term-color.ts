/** Terms have fills of their own, in a cycle; the number always stands with the colour. */

/** Fills in the cycle; `--term-1-fill` … in the stylesheet. */
export const TERM_COLORS = 6;

/** The class that sets a term's fill and ink; term 0, before any election, has neither hue. */
export function termClass(term: number): string {
  return term <= 0 ? 'term-0' : `term-${((term - 1) % TERM_COLORS) + 1}`;
}
