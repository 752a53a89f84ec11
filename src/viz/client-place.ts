/** Where clients stand: in a column beside the ring, in a row below it, or where a low and narrow stage has room. */

import type { ClientView, MemberView } from '#view/frame.ts';
import { overlapsLabel } from '#viz/member-label.ts';
import { round, rounded, towards, type Point } from '#viz/point.ts';
import { COMPACT_WIDTH, type RingLayout } from '#viz/ring-layout.ts';
import { crownBox, discBox, LABEL_LINE, overlap, STAGE_TYPE, textBox, touchesDisc, type Box } from '#viz/stage-boxes.ts';
import { RING_GAP, type LabelPlace, type MemberShape } from '#viz/stage-shape.ts';

/** A client at the edge of the stage. */
export interface ClientShape {
  readonly client: ClientView;
  readonly place: Point;
  readonly label: LabelPlace;
  /** Characters for which there is room beside it. */
  readonly characters: number;
  /** The way to the member that it talks to. */
  readonly link: readonly [Point, Point] | undefined;
}

/** Clients drawn at most; more would not be told apart. */
const CLIENTS_MAX = 5;

/** Room that a client with its words takes, px, around its mark. */
const CLIENT_BOX = { left: 14, top: 20, right: 110, bottom: 24 } as const;

const clientBox = ({ x, y }: Point): Box => ({
  left: x - CLIENT_BOX.left,
  top: y - CLIENT_BOX.top,
  right: x + CLIENT_BOX.right,
  bottom: y + CLIENT_BOX.bottom,
});

/** Characters of what a client does that are shown at most, and at least. */
const CHARACTERS = { most: 24, least: 4 } as const;
/** From a client's name to what it does, and the size of that type on a page, px. */
const ACTIVITY_DROP = 17;
const ACTIVITY_TYPE = 13;

/** Free places at the edges of a narrow and low stage; the first is taken first. */
function edgePlaces(ring: RingLayout, shapes: readonly MemberShape[], top: number): readonly Point[] {
  const [left, right] = [24, ring.width - CLIENT_BOX.right - 4];
  const [foot, middle] = [ring.height - CLIENT_BOX.bottom - 4, round((top + ring.height) / 2)];
  const all = [left, right].flatMap((x) => [top, foot, middle].map((y) => ({ x, y })));
  const free = all.filter((place) => {
    const box = clientBox(place);
    return shapes.every(
      ({ place: at, radius, label, member }) =>
        !overlap(box, discBox(at, radius + RING_GAP)) &&
        [0, LABEL_LINE].every((down) => !overlap(box, textBox({ ...label, y: label.y + down }, `${member.name}  `, STAGE_TYPE.page.name))),
    );
  });
  return [...free, ...all.filter((place) => !free.includes(place))];
}

/** Where `count` clients stand. @param bare as in {@link RingOptions} */
function clientPlaces(ring: RingLayout, shapes: readonly MemberShape[], count: number, bare: boolean): readonly Point[] {
  if (ring.compact)
    return Array.from({ length: count }, (_, at) => ({
      x: round((ring.width * (at + 0.5)) / count - (count === 1 ? 20 : 40)),
      y: ring.height - 24,
    }));
  if (hasCorners(ring, bare)) return edgePlaces(ring, shapes, bare ? 26 : 100).slice(0, count);
  const x = ring.centre.x - ring.rx - ring.nodeRadius - 250;
  const apart = Math.min(70, (ring.height - 130) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, at) => ({
    x: round(Math.max(34, x)),
    y: round(Math.min(ring.height - 50 - (count - 1 - at) * apart, ring.centre.y + ring.ry * 0.1 + (at - (count - 1) / 2) * apart)),
  }));
}

/** The clients stand where there is room, not in a column of their own. */
const hasCorners = (ring: RingLayout, bare: boolean): boolean => ring.flat && (bare || ring.width < COMPACT_WIDTH);

/** Beside its client on a narrow stage; else above or below it, on the side where its link does not pass. */
function clientLabel(place: Point, beside: boolean, target: Point | undefined): LabelPlace {
  if (beside) return { x: place.x + 16, y: place.y - 2, anchor: 'start' };
  const above = target !== undefined && target.y > place.y;
  return { x: round(place.x - 10), y: round(place.y + (above ? -34 : 27)), anchor: 'start' };
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

/** As many characters as lie over no member, no name and no other client. */
function charactersOf(
  label: LabelPlace,
  ring: RingLayout,
  shapes: readonly MemberShape[],
  others: readonly Point[],
  bare: boolean,
): number {
  const at = { ...label, y: label.y + ACTIVITY_DROP };
  const isFree = (characters: number): boolean => {
    const box = textBox(at, 'x'.repeat(characters), bare ? STAGE_TYPE.bare.line : ACTIVITY_TYPE);
    return (
      box.right <= ring.width &&
      !others.some((other) => overlap(box, clientBox(other))) &&
      shapes.every((shape) => {
        const crown = crownBox({ x: shape.place.x + shape.crown.x, y: shape.place.y + shape.crown.y });
        return !touchesDisc(box, shape.place, shape.radius + RING_GAP) && !overlapsLabel(box, shape, ring.crowded) && !overlap(box, crown);
      })
    );
  };
  let characters = CHARACTERS.most;
  while (characters > CHARACTERS.least && !isFree(characters)) characters -= 1;
  return characters;
}

/** The first clients, each with its way to the member that it asks. @param bare as in {@link RingOptions} */
export function clientShapes(
  ring: RingLayout,
  shapes: readonly MemberShape[],
  clients: readonly ClientView[],
  bare: boolean,
): readonly ClientShape[] {
  const shown = clients.slice(0, CLIENTS_MAX);
  const places = clientPlaces(ring, shapes, shown.length, bare);
  return shown.map((client, at) => {
    const place = places[at] ?? { x: 34, y: ring.centre.y };
    const target = client.activity === undefined ? undefined : shapes.find((shape) => isEndpoint(shape.member, client.endpoint));
    const label = clientLabel(place, ring.compact || hasCorners(ring, bare), target?.place);
    const others = places.filter((_, other) => other !== at && other < shown.length);
    return {
      client,
      place,
      label,
      characters: charactersOf(label, ring, shapes, others, bare),
      link:
        target === undefined
          ? undefined
          : [rounded(towards(place, target.place, 14)), rounded(towards(target.place, place, target.radius + RING_GAP))],
    };
  });
}
