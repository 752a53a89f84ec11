/** Messages at their place: on the way from their sender to their receiver, as far as virtual time has come. */

import type { MessageView } from '#view/frame.ts';
import { aside, between, round, towards, type Point } from '#viz/point.ts';
import { RING_GAP, type StageScene } from '#viz/stage-scene.ts';

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

/** Messages drawn at most; of more, the quiet ones are left out first. */
export const MESSAGES_MAX = 120;
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
  messages: readonly MessageView[],
  now: number,
  options: PlaceOptions,
): readonly MessageShape[] {
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
  if (shapes.length <= MESSAGES_MAX) return shapes;
  return [...shapes.filter((shape) => shape.form !== 'heartbeat'), ...shapes.filter((shape) => shape.form === 'heartbeat')].slice(
    0,
    MESSAGES_MAX,
  );
}
