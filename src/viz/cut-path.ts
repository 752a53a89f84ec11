/**
 * The way of a cut across the stage: a curve that begins and ends outside the ring and passes between those who are cut off and the rest, over no disc and
 * through no name, where there is such a way. Of many that differ in where they begin, end and bend, the nearest to the plainest one that touches least.
 */

import { labelBoxes, type NamedDisc } from '#viz/member-label.ts';
import type { Point } from '#viz/point.ts';
import { ringPoint, type RingLayout } from '#viz/ring-layout.ts';
import type { Box } from '#viz/stage-boxes.ts';
import { RING_GAP } from '#viz/stage-shape.ts';

/** A quadratic curve. */
export interface CutCurve {
  readonly from: Point;
  readonly control: Point;
  readonly to: Point;
}

/** Neighbours on the ring that are cut off together: angles (radians) half-way to the member before them and to the one after, and how many they are. */
export interface CutRun {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly members: readonly NamedDisc[];
}

/** How far out a cut begins and ends, in radii of the ring; the plainest first. */
const OUTSIDE = [1.36, 1.22, 1.5];
/** Where between its two neighbours it begins and ends, in parts of what lies between them; the middle first. */
const SHIFTS = [0, -0.13, 0.13, -0.26, 0.26, -0.38, 0.38];
/** Where it passes between the last of the run and the first of the rest, along its axis. */
const DEPTHS = [0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95, -0.2, 1.2];
/** Points of a curve that are looked at. */
const SAMPLES = 48;
/** What a touched disc, name and other line weigh against a way that is less plain. */
const WEIGHT = { disc: 300, name: 60, line: 12, depth: 2, shift: 2, outside: 3 } as const;
/** Ways that are remembered: the stage is drawn often and its geometry seldom changes. */
const REMEMBERED_MAX = 32;

/** The point of a curve at `t` of 0 to 1. */
export function curvePoint({ from, control, to }: CutCurve, t: number): Point {
  const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
  return { x: a * from.x + b * control.x + c * to.x, y: a * from.y + b * control.y + c * to.y };
}

/** A part of a member that a curve touches: its disc before all others, then its name, then a line below that. */
export interface Touched {
  readonly name: string;
  readonly part: 'disc' | 'name' | 'line';
}

/** What lies in the way of a curve: a member's disc, with the square of how near it may come, and its label. */
interface Obstacle {
  readonly name: string;
  readonly place: Point;
  readonly nearest: number;
  readonly label: readonly Box[];
}

const obstacleOf =
  (crowded: boolean) =>
  (shape: NamedDisc): Obstacle => ({
    name: shape.member.name,
    place: shape.place,
    nearest: (shape.radius + RING_GAP) ** 2,
    label: labelBoxes(shape, crowded),
  });

const samplesOf = (curve: CutCurve): readonly Point[] => Array.from({ length: SAMPLES + 1 }, (_, at) => curvePoint(curve, at / SAMPLES));

/** What a curve touches of the members. */
export function touchedBy(curve: CutCurve, members: readonly NamedDisc[], crowded: boolean): readonly Touched[] {
  const points = samplesOf(curve);
  return members.map(obstacleOf(crowded)).flatMap((obstacle) => {
    const part = touchedPart(points, obstacle);
    return part === undefined ? [] : [{ name: obstacle.name, part }];
  });
}

function touchedPart(points: readonly Point[], { place, nearest, label }: Obstacle): Touched['part'] | undefined {
  let line = label.length;
  for (const { x, y } of points) {
    if ((x - place.x) ** 2 + (y - place.y) ** 2 < nearest) return 'disc';
    for (let at = 0; at < line; at++) {
      const box = label[at];
      if (box !== undefined && x > box.left && x < box.right && y > box.top && y < box.bottom) line = at;
    }
  }
  if (line === label.length) return undefined;
  return line === 0 ? 'name' : 'line';
}

interface Candidate {
  readonly curve: CutCurve;
  readonly plainness: number;
}

function* candidates(ring: RingLayout, run: CutRun, total: number): Generator<Candidate> {
  const between = (2 * Math.PI) / total;
  const axis = (run.from + run.to) / 2;
  const last = Math.cos((Math.PI * (run.count - 1)) / total);
  const next = Math.cos((Math.PI * (run.count + 1)) / total);
  for (const [o, outside] of OUTSIDE.entries())
    for (const [d, depth] of DEPTHS.entries())
      for (const first of SHIFTS)
        for (const second of SHIFTS) {
          const [from, to] = [run.from + first * between, run.to + second * between];
          const chord = outside * Math.cos((to - from) / 2);
          // A quadratic curve passes half-way between its chord and its control point.
          const control = ringPoint(ring, axis, 2 * (last + (next - last) * depth) - chord);
          yield {
            curve: { from: ringPoint(ring, from, outside), control, to: ringPoint(ring, to, outside) },
            plainness: WEIGHT.outside * o + WEIGHT.depth * d + WEIGHT.shift * 10 * (Math.abs(first) + Math.abs(second)),
          };
        }
}

/** Whether the curve has the run on one side and the rest on the other: closed around the outside of the ring it holds the run alone. */
function separates(curve: CutCurve, run: CutRun, rest: readonly NamedDisc[], ring: RingLayout): boolean {
  const far = ringPoint(ring, (run.from + run.to) / 2, 9);
  const round = [run.from, run.to].map((angle) => ringPoint(ring, angle, 6));
  const shape = [...Array.from({ length: 17 }, (_, at) => curvePoint(curve, at / 16)), round[1] ?? far, far, round[0] ?? far];
  return run.members.every(({ place }) => isInside(place, shape)) && rest.every(({ place }) => !isInside(place, shape));
}

function isInside({ x, y }: Point, shape: readonly Point[]): boolean {
  let inside = false;
  shape.forEach((a, at) => {
    const b = shape[(at + 1) % shape.length] ?? a;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
}

function findCurve(ring: RingLayout, run: CutRun, rest: readonly NamedDisc[]): CutCurve | undefined {
  const obstacles = [...run.members, ...rest].map(obstacleOf(ring.crowded));
  let best: { readonly curve: CutCurve; readonly cost: number } | undefined;
  for (const { curve, plainness } of candidates(ring, run, obstacles.length)) {
    const enough = best?.cost ?? Infinity;
    if (plainness >= enough || !separates(curve, run, rest, ring)) continue;
    const points = samplesOf(curve);
    let cost = plainness;
    for (const obstacle of obstacles) {
      const part = touchedPart(points, obstacle);
      if (part !== undefined) cost += WEIGHT[part];
      if (cost >= enough) break;
    }
    if (cost < enough) best = { curve, cost };
  }
  return best?.curve;
}

const remembered = new Map<string, CutCurve | undefined>();

/** The way of the cut between a run and the rest of the members; undefined if no curve keeps them apart. */
export function cutCurve(ring: RingLayout, run: CutRun, rest: readonly NamedDisc[]): CutCurve | undefined {
  const key = [
    ring.width,
    ring.height,
    ring.crowded,
    run.from,
    run.to,
    ...[...run.members, ...rest].flatMap(({ place, radius, label, member }) => [
      place.x,
      place.y,
      radius,
      label.x,
      label.y,
      label.anchor,
      member.name,
    ]),
  ].join(' ');
  if (remembered.has(key)) return remembered.get(key);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  const found = findCurve(ring, run, rest);
  remembered.set(key, found);
  return found;
}
