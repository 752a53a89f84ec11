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
  /** A narrow stage with so many members that only their names fit: what they are shows in their shapes, and in the table. */
  readonly crowded: boolean;
  readonly centre: Point;
  readonly rx: number;
  readonly ry: number;
  /** Radius of a member's disc. */
  readonly nodeRadius: number;
  readonly members: readonly Point[];
}

/** How the ring is laid out. `bare`: nothing lies over the stage, such as tools, and its type is larger: a room looks at it. */
export interface RingOptions {
  readonly bare?: boolean;
}

/** Below this width (px) labels stand under the members, unless the stage is too low for that. */
export const COMPACT_WIDTH = 620;
const COMPACT_HEIGHT = 300;
/** Members on a narrow stage from which on only names fit; on any small stage where each has less of it than this, px². */
const CROWDED_FROM = 6;
const ROOM_FOR_LINES = 32_500;
/** Members on a narrow stage from which on their discs are small. */
const DENSE_FROM = 8;
/** Below this height (px) a wide stage is flat. */
const FLAT_HEIGHT = 330;
/** The same for more members than stand apart on such a stage. */
const FLAT_HEIGHT_MANY = 420;
const MANY = 6;
/** A flat stage narrower than this (px) has its tools above the ring. */
const FLAT_TIGHT_WIDTH = 1380;
/** How much wider than high the ring may be: more so where height is scarce. */
function squeeze(ry: number): number {
  return Math.min(2.4, 1.4 + Math.max(0, 220 - ry) / 110);
}

const MARGIN = {
  wide: { top: 80, right: 150, bottom: 72, left: 200 },
  flatTight: { top: 78, right: 140, bottom: 22, left: 204 },
  flat: { top: 34, right: 170, bottom: 22, left: 250 },
  // Narrow and low: the clients stand in the corners.
  flatNarrow: { top: 78, right: 126, bottom: 18, left: 126 },
  bare: { top: 34, right: 112, bottom: 18, left: 112 },
  compact: { top: 81, right: 62, bottom: 107, left: 62 },
  crowded: { top: 83, right: 40, bottom: 80, left: 40 },
  // Names stand inside the ring.
  dense: { top: 83, right: 26, bottom: 76, left: 26 },
} as const;

type MarginName = keyof typeof MARGIN;

function marginOf(width: number, height: number, count: number, bare: boolean): MarginName {
  if (width < COMPACT_WIDTH && height >= COMPACT_HEIGHT) {
    if (count >= DENSE_FROM) return 'dense';
    return count >= CROWDED_FROM || (width * height) / count < ROOM_FOR_LINES ? 'crowded' : 'compact';
  }
  if (width >= COMPACT_WIDTH && height >= (count >= MANY ? FLAT_HEIGHT_MANY : FLAT_HEIGHT)) return 'wide';
  if (bare) return 'bare';
  if (width < COMPACT_WIDTH) return 'flatNarrow';
  return width < FLAT_TIGHT_WIDTH || height >= FLAT_HEIGHT ? 'flatTight' : 'flat';
}

/** Largest radius of a disc by layout, px. */
const RADIUS_MAX: Readonly<Record<MarginName, number>> = {
  wide: 42,
  flat: 42,
  flatTight: 26,
  flatNarrow: 22,
  bare: 42,
  compact: 30,
  crowded: 20,
  dense: 16,
};
/** Smallest radius in which a term of two digits can be read, px. */
const RADIUS_MIN = 14;
/** Between the discs of two members at least: both their rings, and air, px. */
const BETWEEN_DISCS = 22;

/** The angle of member `at` of `count`, radians clockwise from the top. */
export function ringAngle(at: number, count: number): number {
  return (2 * Math.PI * at) / Math.max(1, count);
}

/** The point at an angle, `scale` radii from the middle of the ring. */
export function ringPoint(ring: Pick<RingLayout, 'centre' | 'rx' | 'ry'>, angle: number, scale: number): Point {
  return { x: round(ring.centre.x + ring.rx * scale * Math.sin(angle)), y: round(ring.centre.y - ring.ry * scale * Math.cos(angle)) };
}

/** Lays `count` members out on a stage of `width` × `height` px. */
export function layOutRing(count: number, width: number, height: number, { bare = false }: RingOptions = {}): RingLayout {
  const layout = marginOf(width, height, count, bare);
  const tight = layout === 'crowded' || layout === 'dense';
  const small = layout.startsWith('flat') && (width * height) / Math.max(1, count) < ROOM_FOR_LINES;
  const crowded = tight || small || (layout === 'bare' && width < COMPACT_WIDTH && count >= CROWDED_FROM);
  const compact = tight || layout === 'compact';
  const kind = { width, height, compact, crowded, flat: !compact && layout !== 'wide' };
  const margin = MARGIN[layout];
  const wanted = Math.max(22, Math.min(width, height) * (count > 5 ? 0.066 : 0.08));
  const nodeRadius = round(Math.min(RADIUS_MAX[layout], wanted));
  if (count <= 1) {
    const centre = { x: round((compact ? 0.5 : 0.54) * width), y: round(height / 2) };
    const ring = { centre, rx: 0, ry: 0 };
    return { ...kind, nodeRadius, ...ring, members: count === 1 ? [centre] : [] };
  }
  const angles = Array.from({ length: count }, (_, at) => ringAngle(at, count));
  const widest = Math.max(...angles.map((angle) => Math.sin(angle)), 0.1);
  const lowest = Math.max(...angles.map((angle) => -Math.cos(angle)));
  const free = { x: width - margin.left - margin.right - 2 * nodeRadius, y: height - margin.top - margin.bottom - 2 * nodeRadius };
  const ry = Math.max(nodeRadius * 1.6, free.y / (1 + lowest));
  const rx = Math.max(nodeRadius * 1.8, Math.min(free.x / (2 * widest), ry * squeeze(ry)));
  // A wide stage keeps its room on the left for the clients, and centres the ring in the rest.
  const middle = margin.left + nodeRadius + free.x / 2;
  const centre = { x: round(middle), y: round(margin.top + nodeRadius + ry) };
  const ring = { centre, rx: round(rx), ry: round(Math.min(ry, rx * (compact ? 1.25 : 1.1))) };
  const lifted = ring.ry < ry ? { ...ring, centre: { x: centre.x, y: round(centre.y + ((ry - ring.ry) * (lowest - 1)) / 2) } } : ring;
  const members = angles.map((angle) => ringPoint(lifted, angle, 1));
  const apart = Math.min(
    ...members.map((a, at) => {
      const b = members[(at + 1) % count] ?? a;
      return Math.hypot(a.x - b.x, a.y - b.y);
    }),
  );
  const fits = Math.max(RADIUS_MIN, (apart - BETWEEN_DISCS) / 2);
  return { ...kind, nodeRadius: round(Math.min(nodeRadius, fits)), ...lifted, members };
}
