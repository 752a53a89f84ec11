/** Where the members stand: on a ring, the first at the top, clockwise; as large as the stage allows. */

import { round, type Point } from '#viz/point.ts';

/** The ring on a stage of a given size. `at` turns an angle (radians, 0 at the top, clockwise) and a multiple of the radius into a point. */
export interface RingLayout {
  readonly width: number;
  readonly height: number;
  /** A stage too narrow for labels beside the members. */
  readonly compact: boolean;
  /** A wide stage too low for labels under the members: they stand beside them. */
  readonly flat: boolean;
  readonly centre: Point;
  readonly rx: number;
  readonly ry: number;
  /** Radius of a member's disc. */
  readonly nodeRadius: number;
  readonly members: readonly Point[];
}

/** Below this width (px) labels stand under the members. */
export const COMPACT_WIDTH = 620;
/** Below this height (px) a wide stage is flat. */
export const FLAT_HEIGHT = 330;
/** A flat stage narrower than this (px) has its tools above the ring. */
const FLAT_TIGHT_WIDTH = 860;
/** How much wider than high the ring may be: more so where height is scarce. */
function squeeze(ry: number): number {
  return Math.min(2.4, 1.4 + Math.max(0, 220 - ry) / 110);
}

const MARGIN = {
  wide: { top: 72, right: 150, bottom: 66, left: 200 },
  flatTight: { top: 78, right: 130, bottom: 22, left: 190 },
  flat: { top: 34, right: 170, bottom: 22, left: 250 },
  compact: { top: 70, right: 62, bottom: 84, left: 62 },
} as const;

/** The angle of member `at` of `count`, radians clockwise from the top. */
export function ringAngle(at: number, count: number): number {
  return (2 * Math.PI * at) / Math.max(1, count);
}

/** The point at an angle, `scale` radii from the middle of the ring. */
export function ringPoint(ring: Pick<RingLayout, 'centre' | 'rx' | 'ry'>, angle: number, scale: number): Point {
  return { x: round(ring.centre.x + ring.rx * scale * Math.sin(angle)), y: round(ring.centre.y - ring.ry * scale * Math.cos(angle)) };
}

/** Lays `count` members out on a stage of `width` × `height` px. */
export function layOutRing(count: number, width: number, height: number): RingLayout {
  const compact = width < COMPACT_WIDTH;
  const flat = !compact && height < FLAT_HEIGHT;
  const tight = flat && width < FLAT_TIGHT_WIDTH;
  const margin = compact ? MARGIN.compact : tight ? MARGIN.flatTight : flat ? MARGIN.flat : MARGIN.wide;
  const nodeRadius = round(Math.min(compact ? 30 : tight ? 22 : 42, Math.max(22, Math.min(width, height) * (count > 5 ? 0.066 : 0.08))));
  if (count <= 1) {
    const centre = { x: round((compact ? 0.5 : 0.54) * width), y: round(height / 2) };
    const ring = { centre, rx: 0, ry: 0 };
    return { width, height, compact, flat, nodeRadius, ...ring, members: count === 1 ? [centre] : [] };
  }
  const angles = Array.from({ length: count }, (_, at) => ringAngle(at, count));
  const widest = Math.max(...angles.map((angle) => Math.sin(angle)));
  const lowest = Math.max(...angles.map((angle) => -Math.cos(angle)));
  const free = { x: width - margin.left - margin.right - 2 * nodeRadius, y: height - margin.top - margin.bottom - 2 * nodeRadius };
  const ry = Math.max(nodeRadius * 1.6, free.y / (1 + lowest));
  const rx = Math.max(nodeRadius * 1.8, Math.min(free.x / (2 * widest), ry * squeeze(ry)));
  // A wide stage keeps its room on the left for the clients, and centres the ring in the rest.
  const middle = margin.left + nodeRadius + free.x / 2;
  const centre = { x: round(middle), y: round(margin.top + nodeRadius + ry) };
  const ring = { centre, rx: round(rx), ry: round(Math.min(ry, rx * (compact ? 1.25 : 1.1))) };
  const lifted = ring.ry < ry ? { ...ring, centre: { x: centre.x, y: round(centre.y + ((ry - ring.ry) * (lowest - 1)) / 2) } } : ring;
  return { width, height, compact, flat, nodeRadius, ...lifted, members: angles.map((angle) => ringPoint(lifted, angle, 1)) };
}
