/** The still part of the stage: members, links, cuts and clients at their places. What moves is placed by message-place.ts. */

import type { ClientView, Frame, LinkView, MemberView } from '#view/frame.ts';
import { cutShapes, type CutShape } from '#viz/cut-line.ts';
import { between, round, towards, type Point } from '#viz/point.ts';
import { layOutRing, ringAngle, type RingLayout, type RingOptions } from '#viz/ring-layout.ts';
import { clientLabel, clientPlaces, hasCorners } from '#viz/client-place.ts';
import { crownAbove, RING_GAP, type LabelPlace, type MemberShape } from '#viz/stage-shape.ts';
import { crownBox, discBox, LABEL_LINE, overlap, STAGE_TYPE, textBox, touchesDisc, type Box } from '#viz/stage-boxes.ts';

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

export interface ClientShape {
  readonly client: ClientView;
  readonly place: Point;
  readonly label: LabelPlace;
  /** The way to the member that it talks to. */
  readonly link: readonly [Point, Point] | undefined;
}

export interface StageScene {
  readonly ring: RingLayout;
  readonly members: readonly MemberShape[];
  readonly links: readonly LinkShape[];
  readonly cuts: readonly CutShape[];
  readonly clients: readonly ClientShape[];
  /** What is written on all links alike, so that it is said once. */
  readonly everyLink: string;
}

/** Clients drawn at most; more would not be told apart. */
export const CLIENTS_MAX = 5;

/** A label beside a member begins so far above its middle; further the higher the member stands, away from its neighbour below, px. */
const SIDE_RISE = 4;
const SIDE_SPREAD = 12;
const TOP_RISE = 24;

/** Beside a member at the side of the ring, below one at its foot. @param cutLeft a cut passes to the left of the member at the top */
function labelOf(ring: RingLayout, place: Point, at: number, count: number, radius: number, cutLeft: boolean): LabelPlace {
  const angle = ringAngle(at, count);
  const u = Math.sin(angle);
  const v = -Math.cos(angle);
  if (!ring.flat && (count === 1 || v > 0.4))
    return { x: place.x, y: round(place.y + radius + (ring.crowded ? 22 : 28)), anchor: 'middle' };
  const out = radius + 22;
  if (v < -0.9) return { x: round(place.x + (cutLeft ? out : -out)), y: round(place.y - TOP_RISE), anchor: cutLeft ? 'start' : 'end' };
  if (ring.crowded && ring.compact) return { x: place.x, y: round(place.y + radius + 22), anchor: 'middle' };
  if (ring.compact) return { x: place.x, y: round(place.y + radius + 24), anchor: 'middle' };
  return {
    x: round(place.x + (u >= 0 ? 1 : -1) * out),
    y: round(place.y - SIDE_RISE + SIDE_SPREAD * Math.min(0, v)),
    anchor: u >= 0 ? 'start' : 'end',
  };
}

/** Links with notes that are written one by one at most, if they say the same. */
const NOTES_MAX = 2;

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

function isSevered(links: readonly LinkView[], sides: readonly (readonly string[])[], a: string, b: string): boolean {
  const sideA = sides.find((side) => side.includes(a));
  if (sides.length > 1 && !(sideA?.includes(b) ?? false)) return true;
  return [`${a} ${b}`, `${b} ${a}`].every((way) => links.some((link) => link.cut && `${link.from} ${link.to}` === way));
}

/** A client names a member by its name or by its client URL, with or without the scheme; localhost is 127.0.0.1. */
function isEndpoint(member: MemberView, endpoint: string | undefined): boolean {
  const bare = (url: string): string =>
    url
      .replace(/^https?:\/\//, '')
      .replace(/\/$/, '')
      .replace(/^localhost:/, '127.0.0.1:');
  return endpoint !== undefined && (endpoint === member.name || (member.clientUrl !== '' && bare(endpoint) === bare(member.clientUrl)));
}

/** Something lies over a member's label: its name and, where they fit, the two lines below it. */
function overlapsLabel(box: Box, { label, member }: Omit<MemberShape, 'crown'>, crowded: boolean): boolean {
  const type = STAGE_TYPE.bare;
  if (overlap(box, textBox(label, member.name, type.name))) return true;
  const lines = crowded ? [] : [1, 2];
  return lines.some((line) => overlap(box, textBox({ ...label, y: label.y + line * LABEL_LINE }, USUAL_LINE, type.line)));
}
/** As long as what mostly stands under a name. */
const USUAL_LINE = 'no quorum';

/** So far a word moves up or down from the end of its cut, px. */
const WORD_SHIFT = 18;

/** The cut with its word at the end where it lies over no member and no label. */
function placeWord(cut: CutShape, shapes: readonly MemberShape[], clients: readonly ClientShape[], ring: RingLayout): CutShape {
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

/** Above the member; beside its upper edge, outwards, where another member's disc or label lies there. */
function crownOf(ring: RingLayout, shape: Omit<MemberShape, 'crown'>, others: readonly Omit<MemberShape, 'crown'>[]): Point {
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
    return others.every((other) => !touchesDisc(box, other.place, other.radius + RING_GAP) && !overlapsLabel(box, other, ring.crowded));
  };
  return [above, ...[30, 45, -30, -45, 60, -60].map(beside)].find(isFree) ?? above;
}

/** The stage of a frame at `width` × `height` px. */
export function stageScene(
  frame: Pick<Frame, 'members' | 'clients' | 'links' | 'partition'>,
  width: number,
  height: number,
  options: RingOptions = {},
): StageScene {
  const { members } = frame;
  const { bare = false } = options;
  const ring = layOutRing(members.length, width, height, options);
  const [first, second, last] = [members[0]?.name ?? '', members[1]?.name ?? '', members.at(-1)?.name ?? ''];
  const severed = (a: string, b: string): boolean => isSevered([], frame.partition, a, b);
  // On a ring of many its neighbour on the right stands there.
  const cutLeft = members.length <= 7 && severed(first, last) && !severed(first, second);
  const bareShapes = members.map((member, at) => {
    const place = ring.members[at] ?? ring.centre;
    const radius = member.learner ? round(ring.nodeRadius * 0.78) : ring.nodeRadius;
    return { member, place, radius, label: labelOf(ring, place, at, members.length, radius, cutLeft) };
  });
  const shapes = bareShapes.map((shape): MemberShape => ({
    ...shape,
    crown: crownOf(
      ring,
      shape,
      bareShapes.filter((other) => other !== shape),
    ),
  }));
  const links: LinkShape[] = [];
  shapes.forEach((from, at) => {
    for (const to of shapes.slice(at + 1)) {
      const severed = isSevered(frame.links, frame.partition, from.member.name, to.member.name);
      const idle = from.member.life !== 'up' || to.member.life !== 'up';
      const a = towards(from.place, to.place, from.radius + RING_GAP);
      const b = towards(to.place, from.place, to.radius + RING_GAP);
      const [one, other] = [from.member.name, to.member.name];
      links.push({
        from: one,
        to: other,
        a: rounded(a),
        b: rounded(b),
        severed,
        oneWay: severed ? undefined : cutWay(frame.links, one, other),
        idle,
        note: noteOf(frame.links, one, other),
        // Off the middle, where most links cross.
        middle: rounded(between(a, b, 0.4)),
      });
    }
  });
  const shown = frame.clients.slice(0, CLIENTS_MAX);
  const places = clientPlaces(ring, shapes, shown.length, bare);
  const clients = shown.map((client, at) => {
    const place = places[at] ?? { x: 34, y: ring.centre.y };
    const target = shapes.find((shape) => isEndpoint(shape.member, client.endpoint));
    const label = clientLabel(place, ring.compact || hasCorners(ring, bare), client.activity === undefined ? undefined : target?.place);
    const link =
      target === undefined || client.activity === undefined
        ? undefined
        : ([rounded(towards(place, target.place, 14)), rounded(towards(target.place, place, target.radius + RING_GAP))] as const);
    return { client, place, label, link };
  });
  const names = members.map((member) => member.name);
  const [note] = links;
  const alike = links.length > NOTES_MAX && note !== undefined && links.every((link) => link.note === note.note);
  return {
    ring,
    members: shapes,
    links: alike ? links.map((link) => ({ ...link, note: '' })) : links,
    cuts: cutShapes(ring, names, frame.partition).map((cut) => placeWord(cut, shapes, clients, ring)),
    clients,
    everyLink: alike ? note.note : '',
  };
}

function rounded(point: Point): Point {
  return { x: round(point.x), y: round(point.y) };
}
