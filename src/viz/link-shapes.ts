/** Links between members on the stage: which are cut, and what else they are set to. */

import type { Frame, LinkView } from '#view/frame.ts';
import { between, rounded, towards, type Point } from '#viz/point.ts';
import { RING_GAP, type MemberShape } from '#viz/stage-shape.ts';

/** A link between two members; `severed` in either direction. */
export interface LinkShape {
  readonly from: string;
  readonly to: string;
  readonly a: Point;
  readonly b: Point;
  readonly severed: boolean;
  /** Only the way `from` → `to` is cut, or only the way back. */
  readonly oneWay: 'there' | 'back' | undefined;
  readonly idle: boolean;
  /** What else is not as it was made: latency, loss; empty if nothing. */
  readonly note: string;
  /** Where that is written, beside the middle of the link. */
  readonly middle: Point;
}

/** What both directions of a link are set to. */
function noteOf(links: readonly LinkView[], a: string, b: string): string {
  const there = links.find((link) => link.from === a && link.to === b)?.note ?? '';
  const back = links.find((link) => link.from === b && link.to === a)?.note ?? '';
  if (there === back) return there;
  return there === '' ? `← ${back}` : back === '' ? `→ ${there}` : `→ ${there} ← ${back}`;
}

function cutWay(links: readonly LinkView[], a: string, b: string): LinkShape['oneWay'] {
  const there = links.some((link) => link.cut && link.from === a && link.to === b);
  const back = links.some((link) => link.cut && link.from === b && link.to === a);
  return there === back ? undefined : there ? 'there' : 'back';
}

/** Nothing passes between two members: a partition stands between them, or both directions are cut. */
export function isSevered(links: readonly LinkView[], sides: readonly (readonly string[])[], a: string, b: string): boolean {
  const sideA = sides.find((side) => side.includes(a));
  if (sides.length > 1 && !(sideA?.includes(b) ?? false)) return true;
  return [`${a} ${b}`, `${b} ${a}`].every((way) => links.some((link) => link.cut && `${link.from} ${link.to}` === way));
}

/** A link for each two members. */
export function linkShapes(shapes: readonly MemberShape[], { links, partition }: Pick<Frame, 'links' | 'partition'>): readonly LinkShape[] {
  return shapes.flatMap((from, at) =>
    shapes.slice(at + 1).map((to): LinkShape => {
      const [one, other] = [from.member.name, to.member.name];
      const severed = isSevered(links, partition, one, other);
      const a = towards(from.place, to.place, from.radius + RING_GAP);
      const b = towards(to.place, from.place, to.radius + RING_GAP);
      return {
        from: one,
        to: other,
        a: rounded(a),
        b: rounded(b),
        severed,
        oneWay: severed ? undefined : cutWay(links, one, other),
        idle: from.member.life !== 'up' || to.member.life !== 'up',
        note: noteOf(links, one, other),
        // Off the middle, where most links cross.
        middle: rounded(between(a, b, 0.4)),
      };
    }),
  );
}
