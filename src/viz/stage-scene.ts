/** The still part of the stage: members, links, cuts and clients at their places. What moves is placed by message-place.ts. */

import type { ClientView, Frame, LinkView, MemberView } from '#view/frame.ts';
import { cutShapes, type CutShape } from '#viz/cut-line.ts';
import { between, round, towards, type Point } from '#viz/point.ts';
import { layOutRing, ringAngle, type RingLayout } from '#viz/ring-layout.ts';

/** Text beside a shape. */
export interface LabelPlace extends Point {
  readonly anchor: 'start' | 'middle' | 'end';
}

export interface MemberShape {
  readonly member: MemberView;
  readonly place: Point;
  readonly radius: number;
  readonly label: LabelPlace;
}

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
/** From a disc's edge to where links and messages end: room for the role's ring. */
export const RING_GAP = 11;

function labelOf(ring: RingLayout, place: Point, at: number, count: number, radius: number): LabelPlace {
  const angle = ringAngle(at, count);
  const u = Math.sin(angle);
  const v = -Math.cos(angle);
  if (!ring.flat && (count === 1 || v > 0.4)) return { x: place.x, y: round(place.y + radius + 28), anchor: 'middle' };
  const out = radius + 22;
  if (v < -0.9) return { x: round(place.x - out), y: round(place.y - 4), anchor: 'end' };
  if (ring.compact) return { x: place.x, y: round(place.y + radius + 24), anchor: 'middle' };
  return { x: round(place.x + (u >= 0 ? 1 : -1) * out), y: round(place.y - 4), anchor: u >= 0 ? 'start' : 'end' };
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

function clientPlace(ring: RingLayout, at: number, count: number): Point {
  if (ring.compact) return { x: round((ring.width * (at + 0.5)) / count - (count === 1 ? 20 : 40)), y: ring.height - 24 };
  const x = ring.centre.x - ring.rx - ring.nodeRadius - 250;
  return { x: round(Math.max(34, x)), y: round(ring.centre.y + ring.ry * 0.1 + (at - (count - 1) / 2) * 70) };
}

/** Beside its client on a narrow stage; else above or below it, on the side where its link does not pass. */
function clientLabel(ring: RingLayout, place: Point, target: Point | undefined): LabelPlace {
  if (ring.compact) return { x: place.x + 16, y: place.y - 2, anchor: 'start' };
  const above = target !== undefined && target.y > place.y;
  return { x: round(place.x - 10), y: round(place.y + (above ? -34 : 27)), anchor: 'start' };
}

/** The stage of a frame at `width` × `height` px. */
export function stageScene(frame: Pick<Frame, 'members' | 'clients' | 'links' | 'partition'>, width: number, height: number): StageScene {
  const { members } = frame;
  const ring = layOutRing(members.length, width, height);
  const shapes = members.map((member, at) => {
    const place = ring.members[at] ?? ring.centre;
    const radius = member.learner ? round(ring.nodeRadius * 0.78) : ring.nodeRadius;
    return { member, place, radius, label: labelOf(ring, place, at, members.length, radius) };
  });
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
  const clients = shown.map((client, at) => {
    const place = clientPlace(ring, at, shown.length);
    const target = shapes.find((shape) => isEndpoint(shape.member, client.endpoint));
    const label = clientLabel(ring, place, client.activity === undefined ? undefined : target?.place);
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
    cuts: cutShapes(ring, names, frame.partition),
    clients,
    everyLink: alike ? note.note : '',
  };
}

function rounded(point: Point): Point {
  return { x: round(point.x), y: round(point.y) };
}
