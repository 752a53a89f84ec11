/** Where the word of a cut stands: at the end of its line where it lies over no member, no name and no client. */

import type { ClientShape } from '#viz/client-place.ts';
import type { CutShape } from '#viz/cut-line.ts';
import { overlapsLabel } from '#viz/member-label.ts';
import { round } from '#viz/point.ts';
import type { RingLayout } from '#viz/ring-layout.ts';
import { crownBox, discBox, overlap, STAGE_TYPE, textBox, touchesDisc } from '#viz/stage-boxes.ts';
import { RING_GAP, type MemberShape } from '#viz/stage-shape.ts';

/** So far a word moves from the end of its cut at a time, px. */
const WORD_SHIFT = 18;

/** The cut with its word at the first free place around its ends. */
export function placeWord(cut: CutShape, shapes: readonly MemberShape[], clients: readonly ClientShape[], ring: RingLayout): CutShape {
  const isFree = (label: CutShape['label']): boolean => {
    const box = textBox(label, 'cut', STAGE_TYPE.bare.line);
    const ofClients = clients.flatMap(({ place, label }) => [discBox(place, 12), textBox(label, 'you', STAGE_TYPE.page.name)]);
    return (
      !ofClients.some((other) => overlap(box, other)) &&
      shapes.every(
        (shape) =>
          !touchesDisc(box, shape.place, shape.radius + RING_GAP) &&
          !overlapsLabel(box, shape, ring.crowded) &&
          !overlap(box, crownBox({ x: shape.place.x + shape.crown.x, y: shape.place.y + shape.crown.y })),
      )
    );
  };
  const ends = [cut.label, cut.otherLabel];
  const places = [0, 1, 2].flatMap((out) =>
    [0, -1, 1, -2, 2].flatMap((down) =>
      ends.map((end) => ({
        ...end,
        x: round(Math.min(Math.max(end.x + (end.anchor === 'end' ? -out : out) * WORD_SHIFT, 40), ring.width - 40)),
        y: round(Math.min(Math.max(16, end.y + down * WORD_SHIFT), ring.height - 6)),
      })),
    ),
  );
  return { ...cut, label: places.find(isFree) ?? cut.label };
}
