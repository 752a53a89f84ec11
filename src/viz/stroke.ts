/** A line drawn by hand over the ring, read as a cut: what it separates, what it goes around, or which links it crosses. */

import type { Point } from '#viz/point.ts';
import type { StageScene } from '#viz/stage-scene.ts';

export type StrokeMeaning =
  /** Two sides; `sides[0]` is the smaller one. */
  | { readonly type: 'partition'; readonly sides: readonly [readonly string[], readonly string[]] }
  | { readonly type: 'links'; readonly links: readonly { readonly from: string; readonly to: string }[] }
  | { readonly type: 'nothing' };

/** Shorter strokes mean nothing, px. */
export const STROKE_MIN = 24;
/** A stroke whose ends are nearer to each other than this share of its length goes around something. */
const CLOSED = 0.3;
/** A line that crosses at least this share of the links between its two sides separates them. */
const ENOUGH = 0.6;
const FAR = 10_000;

const lengthOf = (points: readonly Point[]): number =>
  points.reduce(
    (sum, point, at) => sum + (at === 0 ? 0 : Math.hypot(point.x - (points[at - 1]?.x ?? 0), point.y - (points[at - 1]?.y ?? 0))),
    0,
  );

const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  // Half-open: a corner of the line that lies on the way belongs to one of its two pieces.
  return turn(a, b, c) >= 0 !== turn(a, b, d) >= 0 && turn(c, d, a) >= 0 !== turn(c, d, b) >= 0;
}

/** How often a way from `a` to `b` crosses a line. */
const crossings = (a: Point, b: Point, line: readonly Point[]): number =>
  line.filter((point, at) => at > 0 && cross(a, b, line[at - 1] ?? point, point)).length;

/** The line, made longer at both ends beyond any stage. */
function extended(line: readonly Point[]): readonly Point[] {
  const [first, last] = [line[0], line.at(-1)];
  if (first === undefined || last === undefined) return line;
  const length = Math.max(1, Math.hypot(last.x - first.x, last.y - first.y));
  const [dx, dy] = [((last.x - first.x) / length) * FAR, ((last.y - first.y) / length) * FAR];
  return [{ x: first.x - dx, y: first.y - dy }, ...line, { x: last.x + dx, y: last.y + dy }];
}

/** On which side of the line each member stands. */
function sidesOf(scene: StageScene, line: readonly Point[]): readonly [readonly string[], readonly string[]] {
  const whole = extended(line);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined) return [[], []];
  // Far away at a right angle to the line: off by a little, so that no corner is hit.
  const away = { x: first.x / 2 + last.x / 2 - (last.y - first.y) * 3.01, y: first.y / 2 + last.y / 2 + (last.x - first.x) * 2.99 };
  return split(scene, ({ place }) => crossings(place, away, whole) % 2 === 0);
}

function split(
  scene: StageScene,
  isLeft: (shape: StageScene['members'][number]) => boolean,
): readonly [readonly string[], readonly string[]] {
  const left = scene.members.filter(isLeft).map(({ member }) => member.name);
  const right = scene.members.map(({ member }) => member.name).filter((name) => !left.includes(name));
  return left.length <= right.length ? [left, right] : [right, left];
}

/** What a stroke means on a stage. @param points in the order in which they were drawn */
export function readStroke(scene: StageScene, points: readonly Point[]): StrokeMeaning {
  const [first, last] = [points[0], points.at(-1)];
  const length = lengthOf(points);
  if (first === undefined || last === undefined || length < STROKE_MIN) return { type: 'nothing' };
  const crossed = scene.links.filter((link) => crossings(link.a, link.b, points) % 2 === 1);
  if (Math.hypot(first.x - last.x, first.y - last.y) < CLOSED * length) {
    const loop = [...points, first];
    const sides = split(scene, ({ place }) => crossings(place, { x: place.x + FAR, y: place.y + FAR * 0.013 }, loop) % 2 === 1);
    return sides[0].length === 0 ? { type: 'nothing' } : { type: 'partition', sides };
  }
  const sides = sidesOf(scene, points);
  const between = scene.links.filter((link) => sides[0].includes(link.from) !== sides[0].includes(link.to));
  const severed = between.filter((link) => crossed.includes(link));
  if (sides[0].length > 0 && severed.length >= ENOUGH * between.length) return { type: 'partition', sides };
  return crossed.length === 0 ? { type: 'nothing' } : { type: 'links', links: crossed.map(({ from, to }) => ({ from, to })) };
}

/** Latency (µs) for a link that is pulled `distance` px away from its place: little at first, then more and more; two digits. */
export function pulledLatency(distance: number): number {
  const millis = Math.max(1, (distance * distance) / 30);
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(millis)) - 1);
  return Math.round(millis / digit) * digit * 1000;
}

/** SVG path data of a stroke. */
export function strokePath(points: readonly Point[]): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${Math.round(x)} ${Math.round(y)}`).join('');
}
