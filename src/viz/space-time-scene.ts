/** The space-time diagram as geometry: a lane for each member and client, time from left to right, messages as lines between lanes. */

import type { MemberLife, MemberRole, MessageView } from '#view/frame.ts';
import type { FlightRecord, History } from '#view/history.ts';
import { messageForm, type MessageForm } from '#viz/message-place.ts';
import { round, type Point } from '#viz/point.ts';
import {
  joinStretches,
  spaceTimeScale,
  timeAxis,
  type QuietGap,
  type SpaceTimeScale,
  type Stretch,
  type TimeAxis,
} from '#viz/space-time-scale.ts';

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
  /** Entries applied; `first` to `index` where several lie too close to be told apart. */
  readonly applied: readonly { readonly x: number; readonly first: number; readonly index: number }[];
}

export interface FlightLine {
  readonly flight: FlightRecord;
  readonly form: MessageForm;
  readonly from: Point;
  readonly to: Point;
  /** It has arrived; else it is drawn up to the present. */
  readonly arrived: boolean;
  /** What the filters ask for. */
  readonly selected: boolean;
}

/** Flights of a form on one way that lie too close to be told apart, drawn as one. */
export interface FlightBundle {
  readonly key: string;
  readonly form: MessageForm;
  readonly from: Point;
  readonly to: Point;
  readonly count: number;
}

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
  readonly flights: readonly FlightLine[];
  readonly bundles: readonly FlightBundle[];
  readonly ticks: readonly { readonly x: number; readonly at: number }[];
  /** Where the present is; undefined if it is not in sight. */
  readonly now: number | undefined;
  readonly domain: Stretch;
  readonly scale: SpaceTimeScale;
}

/** Groups of messages that can be asked for. */
export const FLIGHT_GROUPS = ['all', 'append', 'vote', 'client', 'heartbeat', 'lost'] as const;
export type FlightGroup = (typeof FLIGHT_GROUPS)[number];

/** What of the history is drawn plainly; the rest is pale. */
export interface FlightFilter {
  /** Only flights from or to this member or client. */
  readonly only: string | undefined;
  readonly group: FlightGroup;
  /** Only flights whose label holds this text, such as a key. */
  readonly text: string;
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
/** Smallest distance between two labels of the axis, px. */
const TICK_ROOM = 74;
/** Least width of a write, px: shorter ones would not be seen. */
const SAVE_MIN = 2;
/** Applied marks nearer than this are one, px. */
const APPLIED_ROOM = 9;
/** Flights drawn one by one; of more, those that lie within {@link BUNDLE_ROOM} px of each other are one line. */
const FLIGHTS_MAX = 260;
const BUNDLE_ROOM = 14;

const GROUP_FORMS: Readonly<Record<Exclude<FlightGroup, 'all' | 'lost'>, readonly MessageForm[]>> = {
  append: ['append', 'ack', 'nack', 'snapshot'],
  vote: ['vote', 'vote-yes', 'vote-no'],
  client: ['client', 'client-answer'],
  heartbeat: ['heartbeat'],
};

/** Whether the filters ask for a flight. */
export function isAskedFor(flight: FlightRecord, { only, group, text }: FlightFilter): boolean {
  if (only !== undefined && flight.from !== only && flight.to !== only) return false;
  if (group === 'lost' ? !flight.lost : group !== 'all' && !GROUP_FORMS[group].includes(messageForm(flight.kind))) return false;
  return text === '' || flight.label.toLowerCase().includes(text.toLowerCase());
}

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

function appliedOf(lane: string, history: History, x: (at: number) => number, domain: Stretch): Lane['applied'] {
  const marks: { x: number; first: number; index: number }[] = [];
  for (const record of history.applied) {
    if (record.lane !== lane || record.at < domain.from || record.at > domain.to) continue;
    const place = x(record.at);
    const last = marks.at(-1);
    if (last !== undefined && place - last.x < APPLIED_ROOM) last.index = Math.max(last.index, record.index);
    else marks.push({ x: place, first: record.index, index: record.index });
  }
  return marks;
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
  const lanes = names.map(({ name, isClient }) => ({
    name,
    isClient,
    y: yOf.get(name) ?? 0,
    spans: isClient ? [] : spansOf(name, history, x, domain),
    saves: history.saves
      .filter((save) => save.lane === name && (save.to ?? now) >= domain.from && save.from <= domain.to)
      .map((save) => ({
        x: Math.max(SPACE_TIME_LEFT, x(save.from)),
        width: round(Math.max(SAVE_MIN, x(Math.min(domain.to, save.to ?? now)) - Math.max(SPACE_TIME_LEFT, x(save.from)))),
      })),
    applied: isClient ? [] : appliedOf(name, history, x, domain),
  }));
  const lines = history.flights.flatMap((flight) => lineOf(flight, view, domain, x, yOf) ?? []);
  return {
    width,
    height,
    left: SPACE_TIME_LEFT,
    lanes,
    gaps,
    terms: termsOf(history, x, domain),
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

function lineOf(
  flight: FlightRecord,
  { now, filter }: SpaceTimeView,
  domain: Stretch,
  x: (at: number) => number,
  yOf: ReadonlyMap<string, number>,
): FlightLine | undefined {
  const [y1, y2] = [yOf.get(flight.from), yOf.get(flight.to)];
  if (y1 === undefined || y2 === undefined || flight.sentAt > Math.min(now, domain.to) || flight.sentAt < domain.from) return undefined;
  const arrived = flight.endedAt !== undefined && flight.endedAt <= now;
  const end = arrived ? (flight.endedAt ?? now) : now;
  const from = { x: x(flight.sentAt), y: y1 };
  // A lost message ends half way; one that travels is drawn part of the way.
  const share = flight.lost && arrived ? 0.5 : arrived ? 1 : 0.7;
  const to = { x: x(end), y: round(y1 + (y2 - y1) * share) };
  return { flight, form: messageForm(flight.kind), from, to, arrived, selected: isAskedFor(flight, filter) };
}

/** Under load what cannot be told apart is one line with its number. */
function bundled(lines: readonly FlightLine[]): Pick<SpaceTimeScene, 'flights' | 'bundles'> {
  if (lines.length <= FLIGHTS_MAX) return { flights: lines, bundles: [] };
  const bundles = new Map<string, { form: MessageForm; from: Point; to: Point; count: number; line: FlightLine }>();
  const flights: FlightLine[] = [];
  for (const line of lines) {
    const { flight, form, from, to } = line;
    if (flight.lost || !line.selected) continue;
    const key = `${flight.from}>${flight.to}:${form}:${Math.floor(from.x / BUNDLE_ROOM)}`;
    const bundle = bundles.get(key);
    if (bundle === undefined) bundles.set(key, { form, from, to, count: 1, line });
    else {
      bundle.count++;
      bundle.to = to;
    }
  }
  flights.push(...lines.filter(({ flight, selected }) => flight.lost && selected).slice(-FLIGHTS_MAX));
  const several: FlightBundle[] = [];
  for (const [key, { form, from, to, count, line }] of bundles) {
    if (count === 1) flights.push(line);
    else several.push({ key, form, from, to, count });
  }
  return { flights, bundles: several };
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
