/**
 * A partition as lines across the stage. Neighbours on the ring that stand on one side form a run; each run that is not of the largest
 * side is cut off by a curve that starts and ends outside the ring and passes between the run and the rest.
 */

import { ringAngle, ringPoint, type RingLayout } from '#viz/ring-layout.ts';
import { round, type Point } from '#viz/point.ts';

/** One curve: SVG path data, and where its word stands. */
export interface CutShape {
  readonly path: string;
  readonly label: Point;
}

const OUTSIDE = 1.36;

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
      const end = a.x > b.x ? a : b;
      return { path: `M${a.x} ${a.y}Q${control.x} ${control.y} ${b.x} ${b.y}`, label: { x: round(end.x + 6), y: round(end.y + 4) } };
    });
}
