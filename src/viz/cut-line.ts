/**
 * A partition as lines across the stage. Neighbours on the ring that stand on one side form a run; each run that is not of the largest
 * side is cut off by a curve that starts and ends outside the ring and passes between the run and the rest.
 */

import { cutCurve, type CutCurve } from '#viz/cut-path.ts';
import type { NamedDisc } from '#viz/member-label.ts';
import { ringAngle, type RingLayout } from '#viz/ring-layout.ts';
import { round, type Point } from '#viz/point.ts';

/** One curve: SVG path data, and where its word stands. */
export interface CutShape {
  readonly path: string;
  readonly curve: CutCurve;
  readonly label: Point & { readonly anchor: 'start' | 'end' };
  /** At its other end. */
  readonly otherLabel: CutShape['label'];
}

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

/** @param sides the members of each side, by name; a member on no side stands alone on a side of its own. */
export function cutShapes(ring: RingLayout, members: readonly NamedDisc[], sides: readonly (readonly string[])[]): readonly CutShape[] {
  if (sides.length < 2) return [];
  const sideAt = members.map(({ member }, at) => {
    const side = sides.findIndex((names) => names.includes(member.name));
    return side < 0 ? sides.length + at : side;
  });
  const sizes = new Map<number, number>();
  for (const side of sideAt) sizes.set(side, (sizes.get(side) ?? 0) + 1);
  const home = [...sizes].sort((a, b) => b[1] - a[1])[0]?.[0];
  return runsOf(sideAt)
    .filter((run) => run.side !== home)
    .flatMap((run) => {
      const isCutOff = (at: number): boolean => (at - run.first + members.length) % members.length < run.count;
      const cut = {
        from: ringAngle(run.first - 0.5, members.length),
        to: ringAngle(run.first + run.count - 0.5, members.length),
        count: run.count,
        members: members.filter((_, at) => isCutOff(at)),
      };
      const curve = cutCurve(
        ring,
        cut,
        members.filter((_, at) => !isCutOff(at)),
      );
      if (curve === undefined) return [];
      const { from: a, control, to: b } = curve;
      // At the right end; on a narrow stage at the upper one, since the clients stand below.
      const [end, other] = (ring.compact ? a.y < b.y : a.x > b.x) ? [a, b] : [b, a];
      return [
        {
          curve,
          path: `M${a.x} ${a.y}Q${control.x} ${control.y} ${b.x} ${b.y}`,
          label: wordPlace(ring, end),
          otherLabel: wordPlace(ring, other),
        },
      ];
    });
}
