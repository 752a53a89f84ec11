/** Points of a drawing, in CSS pixels. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** To a tenth of a pixel: finer differences are not seen, and the drawing's text stays short. */
export function round(value: number): number {
  const rounded = Math.round(value * 10) / 10;
  return rounded === 0 ? 0 : rounded;
}

/** The point `fraction` of the way from `a` to `b`. */
export function between(a: Point, b: Point, fraction: number): Point {
  return { x: a.x + (b.x - a.x) * fraction, y: a.y + (b.y - a.y) * fraction };
}

/** The point at `distance` from `from` on the way to `to`. */
export function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return length === 0 ? from : between(from, to, distance / length);
}

/** `point` moved by `distance` to the right of the way from `a` to `b`. */
export function aside(point: Point, a: Point, b: Point, distance: number): Point {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (length === 0) return point;
  return { x: point.x - ((b.y - a.y) / length) * distance, y: point.y + ((b.x - a.x) / length) * distance };
}

/** `point`, both coordinates to a tenth of a pixel. */
export function rounded(point: Point): Point {
  return { x: round(point.x), y: round(point.y) };
}
