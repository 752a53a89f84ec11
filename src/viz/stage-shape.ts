/** Shapes of the stage that its scene, the places of clients and the boxes of labels agree on. */

import type { MemberView } from '#view/frame.ts';
import { round, type Point } from '#viz/point.ts';

/** Text beside a shape. */
export interface LabelPlace extends Point {
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface MemberShape {
  readonly member: MemberView;
  readonly place: Point;
  readonly radius: number;
  readonly label: LabelPlace;
  /** Where the foot of its crown is if it leads, from its place. */
  readonly crown: Point;
}

/** From a disc's edge to where links and messages end: room for the role's ring. */
export const RING_GAP = 11;

/** A crown's foot above a disc. */
export const crownAbove = (radius: number): Point => ({ x: 0, y: round(-radius - 13) });
