/** The still part of the stage: members, links, cuts and clients at their places. What moves is placed by message-place.ts. */

import type { Frame } from '#view/frame.ts';
import { clientShapes, type ClientShape } from '#viz/client-place.ts';
import { cutShapes, type CutShape } from '#viz/cut-line.ts';
import { placeWord } from '#viz/cut-word.ts';
import { isSevered, linkShapes, type LinkShape } from '#viz/link-shapes.ts';
import { crownPlace, placeNames } from '#viz/member-label.ts';
import { round } from '#viz/point.ts';
import { layOutRing, type RingLayout, type RingOptions } from '#viz/ring-layout.ts';
import type { MemberShape } from '#viz/stage-shape.ts';

export interface StageScene {
  readonly ring: RingLayout;
  readonly members: readonly MemberShape[];
  readonly links: readonly LinkShape[];
  readonly cuts: readonly CutShape[];
  readonly clients: readonly ClientShape[];
  /** What is written on all links alike, so that it is said once. */
  readonly everyLink: string;
}

/** A learner's disc, of a voter's. */
const LEARNER = 0.78;
/** Links with notes that are written one by one at most, if they say the same. */
const NOTES_MAX = 2;

/** The stage of a frame at `width` × `height` px. */
export function stageScene(
  frame: Pick<Frame, 'members' | 'clients' | 'links' | 'partition'>,
  width: number,
  height: number,
  options: RingOptions = {},
): StageScene {
  const { members, partition } = frame;
  const ring = layOutRing(members.length, width, height, options);
  const names = members.map((member) => member.name);
  const apart = (a: string | undefined, b: string | undefined): boolean => isSevered([], partition, a ?? '', b ?? '');
  // On a ring of many its neighbour on the right stands there.
  const cutLeft = members.length <= 7 && apart(names[0], names.at(-1)) && !apart(names[0], names[1]);
  const discs = members.map((member, at) => ({
    member,
    place: ring.members[at] ?? ring.centre,
    radius: member.learner ? round(ring.nodeRadius * LEARNER) : ring.nodeRadius,
  }));
  const named = placeNames(ring, discs, cutLeft);
  const shapes = named.map((shape): MemberShape => {
    const others = named.filter((other) => other !== shape);
    return { ...shape, crown: crownPlace(ring, shape, others) };
  });
  const links = linkShapes(shapes, frame);
  const clients = clientShapes(ring, shapes, frame.clients, options.bare ?? false);
  const [note] = links;
  const alike = links.length > NOTES_MAX && note !== undefined && links.every((link) => link.note === note.note);
  return {
    ring,
    members: shapes,
    links: alike ? links.map((link) => ({ ...link, note: '' })) : links,
    cuts: cutShapes(ring, shapes, partition).map((cut) => placeWord(cut, shapes, clients, ring)),
    clients,
    everyLink: alike ? note.note : '',
  };
}
