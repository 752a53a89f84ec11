/** The space-time diagram as geometry: a lane for each member and client, time from left to right, messages as lines between lanes. */

import type { MemberLife, MemberRole } from '#view/frame.ts';
import type { FlightRecord, History } from '#view/history.ts';
import { messageForm, type MessageForm } from '#viz/message-place.ts';
import { round, type Point } from '#viz/point.ts';
import { joinStretches, newestStretches, spaceTimeScale, type QuietGap, type Stretch } from '#viz/space-time-scale.ts';

/** What a member was for a while, as a part of its lane. */
export interface LaneSpan {
  readonly x: number;
  readonly width: number;
  readonly role: MemberRole;
  readonly term: number;
  readonly life: MemberLife;
}

export interface Lane {
  readonly name: string;
  readonly isClient: boolean;
  readonly y: number;
  readonly spans: readonly LaneSpan[];
  /** Writes of the log. */
  readonly saves: readonly { readonly x: number; readonly width: number }[];
  readonly applied: readonly { readonly x: number; readonly index: number }[];
}

export interface FlightLine {
  readonly flight: FlightRecord;
  readonly form: MessageForm;
  readonly from: Point;
  readonly to: Point;
  /** It has arrived; else it is drawn up to the present. */
  readonly arrived: boolean;
  readonly selected: boolean;
}

export interface SpaceTimeScene {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly lanes: readonly Lane[];
  readonly gaps: readonly QuietGap[];
  readonly flights: readonly FlightLine[];
  readonly ticks: readonly { readonly x: number; readonly at: number }[];
  readonly now: number;
  readonly domain: Stretch;
}

export interface SpaceTimeView {
  /** The instant that is shown, µs. */
  readonly now: number;
  /** Time to be seen at once without the quiet stretches, µs. */
  readonly busy: number;
  /** Only flights from or to this member or client, if one is chosen. */
  readonly only: string | undefined;
  readonly width: number;
  readonly height: number;
}

const LEFT = 92;
const RIGHT = 22;
const TOP = 26;
const BOTTOM = 30;
/** Smallest distance between two labels of the axis, px. */
const TICK_ROOM = 74;
/** Least width of a write, px: shorter ones would not be seen. */
const SAVE_MIN = 2;

/** What happens and is worth its width: everything but heartbeats. */
function eventful(history: History, now: number): readonly Stretch[] {
  return [
    ...history.flights
      .filter(({ kind }) => kind !== 'heartbeat' && kind !== 'heartbeat-ack')
      .map((flight) => ({ from: flight.sentAt, to: Math.min(now, flight.endedAt ?? now) })),
    ...history.roles.map(({ at }) => ({ from: at, to: at })),
    ...history.lives.map(({ at }) => ({ from: at, to: at })),
    { from: now, to: now },
  ].filter(({ from, to }) => from <= now && to >= from);
}

function spansOf(lane: string, history: History, x: (at: number) => number, domain: Stretch): readonly LaneSpan[] {
  const changes = [
    ...history.roles.filter((r) => r.lane === lane).map(({ at, role, term }) => ({ at, role, term, life: undefined })),
    ...history.lives.filter((l) => l.lane === lane).map(({ at, life }) => ({ at, role: undefined, term: undefined, life })),
  ].sort((a, b) => a.at - b.at);
  const spans: LaneSpan[] = [];
  let state: { role: MemberRole; term: number; life: MemberLife } = { role: 'follower', term: 0, life: 'up' };
  const close = (from: number, to: number): void => {
    const [start, end] = [Math.max(from, domain.from), Math.min(to, domain.to)];
    if (end > start) spans.push({ x: x(start), width: round(x(end) - x(start)), ...state });
  };
  let since = 0;
  for (const change of changes) {
    close(since, change.at);
    since = Math.max(since, change.at);
    const reborn = change.life === 'up' && (state.life === 'dead' || state.life === 'crashed');
    state = {
      role: change.role ?? (reborn ? 'follower' : state.role),
      term: change.term ?? state.term,
      life: change.life ?? state.life,
    };
  }
  close(since, Infinity);
  return spans;
}

/** The scene of what is known of the run up to an instant. */
export function spaceTimeScene(history: History, view: SpaceTimeView): SpaceTimeScene {
  const { now, width, height } = view;
  const shown = newestStretches(joinStretches(eventful(history, now)), now, view.busy);
  const { x, gaps, domain } = spaceTimeScale(shown, LEFT, Math.max(LEFT + 50, width - RIGHT));
  const names = [
    ...history.clients.map((name) => ({ name, isClient: true })),
    ...history.members.map((name) => ({ name, isClient: false })),
  ];
  const pitch = (height - TOP - BOTTOM) / Math.max(1, names.length);
  const yOf = new Map(names.map(({ name }, i) => [name, round(TOP + pitch * (i + 0.5))]));
  const lanes = names.map(({ name, isClient }) => ({
    name,
    isClient,
    y: yOf.get(name) ?? 0,
    spans: isClient ? [] : spansOf(name, history, x, domain),
    saves: history.saves
      .filter((save) => save.lane === name && save.from >= domain.from && save.from <= now)
      .map((save) => ({ x: x(save.from), width: round(Math.max(SAVE_MIN, x(Math.min(now, save.to ?? now)) - x(save.from))) })),
    applied: history.applied
      .filter((record) => record.lane === name && record.at >= domain.from && record.at <= now)
      .map((record) => ({ x: x(record.at), index: record.index })),
  }));
  return {
    width,
    height,
    left: LEFT,
    lanes,
    gaps,
    flights: history.flights.flatMap((flight) => lineOf(flight, view, domain, x, yOf) ?? []),
    ticks: ticksOf(shown, x),
    now: x(now),
    domain,
  };
}

function lineOf(
  flight: FlightRecord,
  { now, only }: SpaceTimeView,
  domain: Stretch,
  x: (at: number) => number,
  yOf: ReadonlyMap<string, number>,
): FlightLine | undefined {
  const [y1, y2] = [yOf.get(flight.from), yOf.get(flight.to)];
  if (y1 === undefined || y2 === undefined || flight.sentAt > now || flight.sentAt < domain.from) return undefined;
  const arrived = flight.endedAt !== undefined && flight.endedAt <= now;
  const end = arrived ? (flight.endedAt ?? now) : now;
  const from = { x: x(flight.sentAt), y: y1 };
  // A lost message ends half way; one that travels is drawn part of the way.
  const share = flight.lost && arrived ? 0.5 : arrived ? 1 : 0.7;
  const selected = only === undefined || flight.from === only || flight.to === only;
  const to = { x: x(end), y: round(y1 + (y2 - y1) * share) };
  return { flight, form: messageForm(flight.kind), from, to, arrived, selected };
}

function ticksOf(stretches: readonly Stretch[], x: (at: number) => number): readonly { readonly x: number; readonly at: number }[] {
  const ticks: { x: number; at: number }[] = [];
  for (const { from } of stretches) {
    const place = x(from);
    if (place - (ticks.at(-1)?.x ?? -Infinity) >= TICK_ROOM) ticks.push({ x: place, at: from });
  }
  return ticks;
}
