/** Where a member's name, the lines below it and its crown stand, so that they lie over nothing else. */

import type { MemberView } from '#view/frame.ts';
import { round, type Point } from '#viz/point.ts';
import { ringAngle, type RingLayout } from '#viz/ring-layout.ts';
import { crownBox, LABEL_LINE, overlap, STAGE_TYPE, textBox, touchesDisc, type Box } from '#viz/stage-boxes.ts';
import { crownAbove, RING_GAP, type LabelPlace, type MemberShape } from '#viz/stage-shape.ts';

/** A member on the ring without its words. */
interface Disc {
  readonly member: MemberView;
  readonly place: Point;
  readonly radius: number;
}

/** A member with its name, not yet its crown. */
export type NamedDisc = Omit<MemberShape, 'crown'>;

/** A label beside a member begins so far above its middle; further the higher the member stands, away from its neighbour below, px. */
const SIDE_RISE = 4;
const SIDE_SPREAD = 12;
/** A name without lines below it stands at the height of its member's middle, px from there to its baseline. */
const NAME_SINK = 5;
const TOP_RISE = 24;
/** From a disc to a name beside it, and to the baseline of one below or above it, px. */
const BESIDE = 22;
const BELOW = 22;
const ABOVE = 16;

/** Beside a member at the side of the ring, below one at its foot. @param cutLeft a cut passes to the left of the member at the top */
function usualLabel(ring: RingLayout, place: Point, at: number, count: number, radius: number, cutLeft: boolean): LabelPlace {
  const angle = ringAngle(at, count);
  const u = Math.sin(angle);
  const v = -Math.cos(angle);
  if (!ring.flat && (count === 1 || v > 0.4))
    return { x: place.x, y: round(place.y + radius + (ring.crowded ? BELOW : 28)), anchor: 'middle' };
  const out = radius + BESIDE;
  if (v < -0.9) return { x: round(place.x + (cutLeft ? out : -out)), y: round(place.y - TOP_RISE), anchor: cutLeft ? 'start' : 'end' };
  if (ring.compact) return { x: place.x, y: round(place.y + radius + (ring.crowded ? BELOW : 24)), anchor: 'middle' };
  return {
    x: round(place.x + (u >= 0 ? 1 : -1) * out),
    // A name alone moves away from its neighbours on both halves; one with lines below it only upwards.
    y: round(place.y + (ring.crowded ? NAME_SINK + SIDE_SPREAD * v : SIDE_SPREAD * Math.min(0, v) - SIDE_RISE)),
    anchor: u >= 0 ? 'start' : 'end',
  };
}

/** Where else a name alone may stand: beside its disc, above it, or below or above and more to one side. */
function otherLabels(ring: RingLayout, { place, radius }: Disc): readonly LabelPlace[] {
  const out = radius + BESIDE - 6;
  const outwards = place.x >= ring.centre.x ? 1 : -1;
  const beside = (side: number, down: number): LabelPlace => ({
    x: round(place.x + side * out),
    y: round(place.y + NAME_SINK + down),
    anchor: side > 0 ? 'start' : 'end',
  });
  const slanted = (side: number, down: number): LabelPlace => ({
    x: round(place.x - side * radius * 0.6),
    y: round(place.y + down),
    anchor: side > 0 ? 'start' : 'end',
  });
  const [below, above] = [radius + BELOW, -radius - ABOVE];
  return [
    ...[0, -8, 8].flatMap((down) => [beside(outwards, down), beside(-outwards, down)]),
    { x: place.x, y: round(place.y + above), anchor: 'middle' },
    ...[below, above].flatMap((down) => [slanted(-outwards, down), slanted(outwards, down)]),
  ];
}

/** The members with their names. Where many stand close together each name takes a place of its own that is free. */
export function placeNames(ring: RingLayout, discs: readonly Disc[], cutLeft: boolean): readonly NamedDisc[] {
  const placed: NamedDisc[] = [];
  const type = ring.flat ? STAGE_TYPE.bare.name : STAGE_TYPE.page.name;
  discs.forEach((disc, at) => {
    const usual = usualLabel(ring, disc.place, at, discs.length, disc.radius, cutLeft);
    const isFree = (label: LabelPlace): boolean => {
      const box = textBox(label, disc.member.name, type);
      return (
        box.left >= 0 &&
        box.right <= ring.width &&
        discs.every(({ place, radius }) => !touchesDisc(box, place, radius + RING_GAP)) &&
        placed.every((other) => !overlap(box, textBox(other.label, other.member.name, type)))
      );
    };
    const label = ring.crowded ? [usual, ...otherLabels(ring, disc)].find(isFree) : undefined;
    placed.push({ ...disc, label: label ?? usual });
  });
  return placed;
}

/** As long as what mostly stands under a name. */
const USUAL_LINE = 'no quorum';

/** A member's label as boxes: its name and, where they fit, the two lines below it. */
export function labelBoxes({ label, member }: NamedDisc, crowded: boolean): readonly Box[] {
  const type = STAGE_TYPE.bare;
  const lines = crowded ? [] : [1, 2];
  return [
    textBox(label, member.name, type.name),
    ...lines.map((line) => textBox({ ...label, y: label.y + line * LABEL_LINE }, USUAL_LINE, type.line)),
  ];
}

/** Something lies over a member's label. */
export const overlapsLabel = (box: Box, shape: NamedDisc, crowded: boolean): boolean =>
  labelBoxes(shape, crowded).some((part) => overlap(box, part));

/** Above the member; beside its upper edge, outwards, where another member's disc or label lies there. */
export function crownPlace(ring: RingLayout, shape: NamedDisc, others: readonly NamedDisc[]): Point {
  const foot = shape.radius + 13;
  const above = crownAbove(shape.radius);
  const outwards = shape.place.x >= ring.centre.x ? 1 : -1;
  /** At an angle from upright, outwards or inwards. */
  const beside = (degrees: number): Point => {
    const angle = (degrees * Math.PI) / 180;
    return { x: round(outwards * foot * Math.sin(angle)), y: round(-foot * Math.cos(angle)) };
  };
  const isFree = (at: Point): boolean => {
    const box = crownBox({ x: shape.place.x + at.x, y: shape.place.y + at.y });
    return [shape, ...others].every(
      (other) => (other === shape || !touchesDisc(box, other.place, other.radius + RING_GAP)) && !overlapsLabel(box, other, ring.crowded),
    );
  };
  return [above, ...[30, 45, -30, -45, 60, -60, 75, -75, 90, -90].map(beside)].find(isFree) ?? above;
}
