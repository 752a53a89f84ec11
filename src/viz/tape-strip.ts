/** Below the tape: bookmarks as flags, and the other branches as lines that leave it where they began. */

import { scaleLinear } from 'd3';
import type { BookmarkView, BranchView } from '#view/conductor.ts';
import { round } from '#viz/point.ts';
import { TAPE_EDGE, tapeDomain } from '#viz/tape-scene.ts';

export interface StripFlag {
  readonly bookmark: BookmarkView;
  readonly x: number;
  /** There is room for its name. */
  readonly named: boolean;
}

export interface StripBranch {
  readonly branch: BranchView;
  /** From where it leaves the tape (or the left end) to where it ends. */
  readonly from: number;
  readonly to: number;
  readonly y: number;
  /** It grew from a branch that is not the present one or began before what is seen: it comes from above by a dotted line. */
  readonly indirect: boolean;
}

export interface TapeStrip {
  readonly width: number;
  readonly height: number;
  readonly flags: readonly StripFlag[];
  readonly branches: readonly StripBranch[];
  /** Branches for which there is no row. */
  readonly more: number;
}

/** Height of a row, px, and rows of branches at most. */
export const STRIP = { row: 18, rows: 3 } as const;
const NAME_ROOM = 92;

/** @param head end of the run so far (µs); @param now the instant that is shown */
export function tapeStrip(
  branches: readonly BranchView[],
  bookmarks: readonly BookmarkView[],
  { head, now, width }: { readonly head: number; readonly now: number; readonly width: number },
): TapeStrip {
  const scale = scaleLinear([...tapeDomain(head, now)], [0, Math.max(1, width - TAPE_EDGE)]);
  const inside = (at: number): number => round(Math.max(0, Math.min(width, scale(at))));
  let free = -Infinity;
  const flags = bookmarks
    .filter(({ here, at }) => here && scale(at) >= 0 && scale(at) <= width)
    .map((bookmark): StripFlag => {
      const x = inside(bookmark.at);
      const named = x >= free && x + NAME_ROOM <= width + 20;
      if (named) free = x + NAME_ROOM;
      return { bookmark, x, named };
    });
  const current = branches.find((branch) => branch.current);
  const others = branches.filter((branch) => branch !== current).toSorted((a, b) => b.id - a.id);
  const top = flags.length === 0 ? 0 : STRIP.row;
  const shown = others.slice(0, STRIP.rows).map((branch, at): StripBranch => {
    // What the present branch left goes on from there.
    const isAncestor = current?.parent === branch.id;
    const leaves = isAncestor ? current.forkedAt : branch.forkedAt;
    const indirect = (!isAncestor && branch.parent !== current?.id) || scale(leaves) < 0;
    return { branch, from: inside(leaves), to: inside(Math.max(leaves, branch.head)), y: top + at * STRIP.row + STRIP.row / 2, indirect };
  });
  const rows = shown.length + (flags.length === 0 ? 0 : 1);
  return { width, height: rows * STRIP.row, flags, branches: shown, more: others.length - shown.length };
}
