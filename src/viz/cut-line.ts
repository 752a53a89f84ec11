/**
 * A partition as lines across the stage. Neighbours on the ring that stand on one side form a run; each run that is not of the largest
 * side is cut off by a curve that starts and ends outside the ring and passes between the run and the rest.
 */

import { ringAngle, ringPoint, type RingLayout } from '#viz/ring-layout.ts';
import { round, type Point } from '#viz/point.ts';

/** One curve: SVG path data, and where its word stands. */
export interface CutShape {
  readonly path: string;
  readonly label: Point & { readonly anchor: 'start' | 'end' };
  /** At its other end. */
  readonly otherLabel: CutShape['label'];
}

const OUTSIDE = 1.36;
/** From the edges of the stage to a word at least, px. */
const EDGE = 6;
const WORD = 30;

/** At an end of a cut: outwards, and on the stage. */
function wordPlace(ring: RingLayout, end: Point): CutShape['label'] {
  const anchor = end.x >= ring.centre.x ? 'start' : 'end';
  const wanted = anchor === 'start' ? end.x + 6 : end.x - 6;
  const x = anchor === 'start' ? Math.min(wanted, ring.width - EDGE - WORD) : Math.max(wanted, EDGE + WORD);
  // What finds no place beside the end stands above it.
  const y = x === wanted ? end.y + 4 : end.y - 10;
  return { x: round(x), y: round(Math.min(Math.max(y, 16), ring.height - EDGE)), anchor };
}

/** Runs of neighbours on the same side, as positions on the ring: first and count. */
function runsOf(sideAt: readonly number[]): readonly { readonly first: number; readonly count: number; readonly side: number }[] {
  const count = sideAt.length;
  const start = sideAt.findIndex((side, at) => side !== sideAt[(at + count - 1) % count]);
  if (start < 0) return [];
  const runs: { first: number; count: number; side: number }[] = [];
  for (let step = 0; step < count; step += 1) {
    const at = (start + step) % count;
    const side = sideAt[at] ?? -1;
    const last = runs.at(-1);
    if (last !== undefined && last.side === side) last.count += 1;
    else runs.push({ first: at, count: 1, side });
  }
  return runs;
}

/** How far from the middle, in radii along its axis, the curve passes that cuts off `run` of `count` members. */
function depth(run: number, count: number): number {
  const last = Math.cos((Math.PI * (run - 1)) / count);
  const next = Math.cos((Math.PI * (run + 1)) / count);
  return (last + next) / 2;
}

/** @param sides the members of each side, by name; a member on no side stands alone on a side of its own. */
export function cutShapes(ring: RingLayout, names: readonly string[], sides: readonly (readonly string[])[]): readonly CutShape[] {
  if (sides.length < 2) return [];
  const sideAt = names.map((name, at) => {
    const side = sides.findIndex((members) => members.includes(name));
    return side < 0 ? sides.length + at : side;
  });
  const sizes = new Map<number, number>();
  for (const side of sideAt) sizes.set(side, (sizes.get(side) ?? 0) + 1);
  const home = [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0];
  return runsOf(sideAt)
    .filter((run) => run.side !== home)
    .map((run) => {
      const from = ringAngle(run.first - 0.5, names.length);
      const to = ringAngle(run.first + run.count - 0.5, names.length);
      const axis = (from + to) / 2;
      const a = ringPoint(ring, from, OUTSIDE);
      const b = ringPoint(ring, to, OUTSIDE);
      const chord = OUTSIDE * Math.cos((to - from) / 2);
      // A quadratic curve passes half-way between its chord and its control point.
      const control = ringPoint(ring, axis, 2 * depth(run.count, names.length) - chord);
      // At the right end; on a narrow stage at the upper one, since the clients stand below.
      const [end, other] = (ring.compact ? a.y < b.y : a.x > b.x) ? [a, b] : [b, a];
      return {
        path: `M${a.x} ${a.y}Q${control.x} ${control.y} ${b.x} ${b.y}`,
        label: wordPlace(ring, end),
        otherLabel: wordPlace(ring, other),
      };
    });
}
