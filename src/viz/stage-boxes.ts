/**
 * What lies on the stage as boxes: members, crowns and labels, so that they can be kept apart. The width of text is estimated; a drawing is geometry, and
 * nobody measures type here.
 */

import type { Point } from '#viz/point.ts';
import type { LabelPlace } from '#viz/stage-shape.ts';

/** A rectangle, px. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Type of the stage, px: on a page, and as a room is shown it (before it is enlarged). The style sheets say the same. */
export const STAGE_TYPE = { page: { name: 16, line: 14 }, bare: { name: 20, line: 15 } } as const;
/** From one line of a label to the next, px. */
export const LABEL_LINE = 18;

/** Half the width and the height of a crown above its foot, px. */
export const CROWN = { half: 11, height: 16 } as const;

const WIDE = /[\u2e80-\uffef]/u;

/** About how wide a text is at a size of type, px. */
export function textWidth(text: string, size: number): number {
  return [...text].reduce((sum, character) => sum + (WIDE.test(character) ? 1 : 0.58) * size, 0);
}

/** A line of text whose baseline is `at`. */
export function textBox(at: LabelPlace, text: string, size: number): Box {
  const width = textWidth(text, size);
  const left = at.anchor === 'start' ? at.x : at.anchor === 'end' ? at.x - width : at.x - width / 2;
  return { left, top: at.y - 0.8 * size, right: left + width, bottom: at.y + 0.22 * size };
}

/** The square around a disc and the ring of its role. */
export function discBox(place: Point, radius: number): Box {
  return { left: place.x - radius, top: place.y - radius, right: place.x + radius, bottom: place.y + radius };
}

/** A crown whose foot is `foot`. */
export function crownBox(foot: Point): Box {
  return { left: foot.x - CROWN.half, top: foot.y - CROWN.height, right: foot.x + CROWN.half, bottom: foot.y + 1 };
}

export const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** A box touches a disc, as a circle. */
export function touchesDisc(box: Box, centre: Point, radius: number): boolean {
  const x = Math.min(Math.max(centre.x, box.left), box.right);
  const y = Math.min(Math.max(centre.y, box.top), box.bottom);
  return Math.hypot(centre.x - x, centre.y - y) < radius;
}
