/** The space-time diagram as geometry: a lane for each member and client, time from left to right, messages as lines between lanes. */

import type { MessageView } from '#view/frame.ts';
import type { History } from '#view/history.ts';
import { round } from '#viz/point.ts';
import { bundled, lineOf, type FlightBundle, type FlightFilter, type FlightLine } from '#viz/space-time-flights.ts';
import { laneOf, type Lane } from '#viz/space-time-lanes.ts';
import {
  joinStretches,
  spaceTimeScale,
  timeAxis,
  type QuietGap,
  type SpaceTimeScale,
  type Stretch,
  type TimeAxis,
} from '#viz/space-time-scale.ts';

/** A term from when somebody leads in it. */
export interface TermBand {
  readonly term: number;
  readonly leader: string;
  readonly x: number;
  readonly width: number;
}

export interface SpaceTimeScene {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly lanes: readonly Lane[];
  readonly gaps: readonly QuietGap[];
  readonly terms: readonly TermBand[];
  /** There is room below the last lane for the words of the terms; the lanes' own words say as much where there is none. */
  readonly hasTermWords: boolean;
  readonly flights: readonly FlightLine[];
  readonly bundles: readonly FlightBundle[];
  readonly ticks: readonly { readonly x: number; readonly at: number }[];
  /** Where the present is; undefined if it is not in sight. */
  readonly now: number | undefined;
  readonly domain: Stretch;
  readonly scale: SpaceTimeScale;
}

export interface SpaceTimeView {
  /** The instant that is shown, µs. */
  readonly now: number;
  /** Drawn time to be seen at once, µs. */
  readonly span: number;
  /** Drawn time at the right end; undefined: the present. */
  readonly end: number | undefined;
  readonly filter: FlightFilter;
  readonly width: number;
  readonly height: number;
}

export const SPACE_TIME_LEFT = 92;
export const SPACE_TIME_RIGHT = 22;
const TOP = 26;
const BOTTOM = 30;
/** Between two lanes at least, px, if the words of the terms are to stand clear of the last. */
const TERM_WORDS_PITCH = 42;
/** Smallest distance between two labels of the axis, px. */
const TICK_ROOM = 74;
const isQuiet = (kind: MessageView['kind']): boolean => kind === 'heartbeat' || kind === 'heartbeat-ack';

/** What happens and is worth its width: everything but heartbeats. */
function eventful(history: History, now: number): readonly Stretch[] {
  return [
    ...history.flights
      .filter(({ kind }) => !isQuiet(kind))
      .map((flight) => ({ from: flight.sentAt, to: Math.min(now, flight.endedAt ?? now) })),
    ...history.roles.map(({ at }) => ({ from: at, to: at })),
    ...history.lives.map(({ at }) => ({ from: at, to: at })),
    { from: now, to: now },
  ].filter(({ from, to }) => from <= now && to >= from);
}

/** The axis of what is known of the run up to an instant. */
export function axisOf(history: History, now: number): TimeAxis {
  return timeAxis(joinStretches(eventful(history, now)).map(({ from, to }) => ({ from, to: Math.min(to, Math.max(now, from)) })));
}

/** The scene of what is known of the run up to an instant. */
export function spaceTimeScene(history: History, view: SpaceTimeView, axis = axisOf(history, view.now)): SpaceTimeScene {
  const { now, width, height } = view;
  const end = Math.min(view.end ?? axis.length, axis.length);
  const scale = spaceTimeScale(axis, view.span, end, SPACE_TIME_LEFT, Math.max(SPACE_TIME_LEFT + 50, width - SPACE_TIME_RIGHT));
  const { x, gaps, domain } = scale;
  const names = [
    ...history.clients.map((name) => ({ name, isClient: true })),
    ...history.members.map((name) => ({ name, isClient: false })),
  ];
  const pitch = (height - TOP - BOTTOM) / Math.max(1, names.length);
  const yOf = new Map(names.map(({ name }, i) => [name, round(TOP + pitch * (i + 0.5))]));
  const lanes = names.map(({ name, isClient }) => laneOf({ name, isClient, y: yOf.get(name) ?? 0 }, history, now, scale));
  const lines = history.flights.flatMap((flight) => lineOf(flight, view, domain, x, yOf) ?? []);
  return {
    width,
    height,
    left: SPACE_TIME_LEFT,
    lanes,
    gaps,
    terms: termsOf(history, x, domain),
    hasTermWords: pitch >= TERM_WORDS_PITCH,
    ...bundled(lines),
    ticks: ticksOf(axis, scale, width),
    now: now <= domain.to + 1 ? x(now) : undefined,
    domain,
    scale,
  };
}

function termsOf(history: History, x: (at: number) => number, domain: Stretch): readonly TermBand[] {
  const reigns = history.roles.filter(({ role, at }) => role === 'leader' && at <= domain.to).toSorted((a, b) => a.at - b.at);
  const newest = reigns.filter(({ term }, at) => reigns.slice(0, at).every((earlier) => earlier.term < term));
  return newest.flatMap(({ lane, at, term }, i) => {
    const [from, to] = [Math.max(at, domain.from), Math.min(newest[i + 1]?.at ?? Infinity, domain.to)];
    return to <= from ? [] : [{ term, leader: lane, x: x(from), width: round(x(to) - x(from)) }];
  });
}

function ticksOf(axis: TimeAxis, scale: SpaceTimeScale, width: number): readonly { readonly x: number; readonly at: number }[] {
  const ticks: { x: number; at: number }[] = [];
  const starts = [scale.domain.from, ...axis.gaps.map(({ to }) => to)].filter((at) => at >= scale.domain.from && at <= scale.domain.to);
  for (const at of starts) {
    const x = scale.x(at);
    if (x >= SPACE_TIME_LEFT - 1 && x <= width - 40 && x - (ticks.at(-1)?.x ?? -Infinity) >= TICK_ROOM) ticks.push({ x, at });
  }
  // A long stretch without a pause has marks of its own.
  const last = ticks.at(-1);
  for (let x = (last?.x ?? SPACE_TIME_LEFT) + 2 * TICK_ROOM; x < width - TICK_ROOM; x += 2 * TICK_ROOM) {
    const at = scale.instant(x);
    if (at <= (ticks.at(-1)?.at ?? -1)) break; // the axis ends before: little or nothing is known yet
    ticks.push({ x: round(x), at });
  }
  return ticks;
}
