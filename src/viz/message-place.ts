/** Messages at their place: on the way from their sender to their receiver, as far as virtual time has come. */

import type { CrowdView, MessageView } from '#view/frame.ts';
import { aside, between, round, towards, type Point } from '#viz/point.ts';
import { type StageScene } from '#viz/stage-scene.ts';
import { RING_GAP } from '#viz/stage-shape.ts';

/** Shapes that messages are drawn with; several kinds share one. */
export type MessageForm =
  'append' | 'ack' | 'nack' | 'vote' | 'vote-yes' | 'vote-no' | 'heartbeat' | 'snapshot' | 'client' | 'client-answer' | 'other';

export interface MessageShape {
  readonly message: MessageView;
  readonly form: MessageForm;
  readonly place: Point;
  /** It was lost on the way, here. */
  readonly lost: boolean;
}

/** Many messages of a form on one way, drawn as one with their number. */
export interface BundleShape {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly form: MessageForm;
  readonly place: Point;
  readonly count: number;
  readonly entries: number;
}

/** What travels: each message by itself, or by the rule of {@link BUNDLE_FROM} in bundles. */
export interface Travelling {
  readonly shapes: readonly MessageShape[];
  readonly bundles: readonly BundleShape[];
}

/** More messages than this on their way are drawn in bundles: one for each way and form that has several. Lost ones stay themselves. */
export const BUNDLE_FROM = 48;
/** Where on its way a bundle of a form stands: requests before the middle, answers after it. */
const BUNDLE_AT: Readonly<Record<MessageForm, number>> = {
  append: 0.42,
  ack: 0.42,
  nack: 0.26,
  vote: 0.3,
  'vote-yes': 0.3,
  'vote-no': 0.26,
  heartbeat: 0.16,
  snapshot: 0.6,
  client: 0.42,
  'client-answer': 0.42,
  other: 0.7,
};

/** How far (px) messages keep to the right of their way, so that a request and its answer pass each other. */
const KEEP_RIGHT = 5;

const FORMS: Readonly<Record<MessageView['kind'], MessageForm>> = {
  append: 'append',
  'append-ack': 'ack',
  'append-nack': 'nack',
  heartbeat: 'heartbeat',
  'heartbeat-ack': 'heartbeat',
  vote: 'vote',
  'vote-grant': 'vote-yes',
  'vote-refusal': 'vote-no',
  'pre-vote': 'vote',
  'pre-vote-grant': 'vote-yes',
  'pre-vote-refusal': 'vote-no',
  snapshot: 'snapshot',
  'timeout-now': 'other',
  forward: 'client',
  'read-index': 'other',
  'read-index-answer': 'other',
  call: 'client',
  reply: 'client-answer',
  'watch-event': 'client-answer',
};

/** The shape that a kind of message is drawn with. */
export const messageForm = (kind: MessageView['kind']): MessageForm => FORMS[kind];

/** How messages are placed. `still`: for reduced motion, each stands in the middle of its way instead of travelling. */
export interface PlaceOptions {
  readonly still: boolean;
}

/**
 * Places the messages that are on their way at `now` (µs). A lost message moves to where it was lost and stays there, crossed out,
 * until it would have arrived.
 */
export function placeMessages(
  scene: StageScene,
  { messages, crowd }: { readonly messages: readonly MessageView[]; readonly crowd: readonly CrowdView[] },
  now: number,
  options: PlaceOptions,
): Travelling {
  const ends = new Map<string, { readonly place: Point; readonly gap: number }>();
  for (const shape of scene.members) ends.set(shape.member.name, { place: shape.place, gap: shape.radius + RING_GAP });
  for (const shape of scene.clients) ends.set(shape.client.name, { place: shape.place, gap: 14 });
  const shapes: MessageShape[] = [];
  for (const message of messages) {
    const from = ends.get(message.from);
    const to = ends.get(message.to);
    if (from === undefined || to === undefined || now < message.sentAt || now > message.arrivesAt) continue;
    const start = towards(from.place, to.place, from.gap);
    const end = towards(to.place, from.place, to.gap);
    const way = Math.max(1, message.arrivesAt - message.sentAt);
    const gone = options.still ? 0.5 : Math.min(1, (now - message.sentAt) / way);
    const lost = message.lost !== undefined && (options.still || gone >= message.lost.at);
    const on = between(start, end, message.lost === undefined ? gone : Math.min(gone, message.lost.at));
    const place = aside(on, start, end, KEEP_RIGHT);
    shapes.push({ message, form: FORMS[message.kind], place: { x: round(place.x), y: round(place.y) }, lost });
  }
  if (shapes.length + crowd.length <= BUNDLE_FROM) return { shapes, bundles: [] };
  return bundled(shapes, crowd, ends);
}

type Ends = ReadonlyMap<string, { readonly place: Point; readonly gap: number }>;

function bundled(shapes: readonly MessageShape[], crowd: readonly CrowdView[], ends: Ends): Travelling {
  const ways = new Map<string, { from: string; to: string; form: MessageForm; count: number; entries: number; shapes: MessageShape[] }>();
  const wayOf = (from: string, to: string, form: MessageForm) => {
    const key = `${from}>${to}:${form}`;
    const way = ways.get(key) ?? { from, to, form, count: 0, entries: 0, shapes: [] };
    ways.set(key, way);
    return way;
  };
  for (const shape of shapes) {
    if (shape.lost) continue;
    const way = wayOf(shape.message.from, shape.message.to, shape.form);
    way.count++;
    way.entries += shape.message.entries;
    way.shapes.push(shape);
  }
  for (const { from, to, kind, count } of crowd) wayOf(from, to, FORMS[kind]).count += count;
  const alone = shapes.filter(({ lost }) => lost).slice(-BUNDLE_FROM);
  const bundles: BundleShape[] = [];
  for (const [key, { from, to, form, count, entries, shapes: own }] of ways) {
    if (count === 1) {
      alone.push(...own);
      continue;
    }
    const [a, b] = [ends.get(from), ends.get(to)];
    if (a === undefined || b === undefined) continue;
    const start = towards(a.place, b.place, a.gap);
    const end = towards(b.place, a.place, b.gap);
    const place = aside(between(start, end, BUNDLE_AT[form]), start, end, 2 * KEEP_RIGHT);
    bundles.push({ key, from, to, form, place: { x: round(place.x), y: round(place.y) }, count, entries });
  }
  return { shapes: alone, bundles };
}
