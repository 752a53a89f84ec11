/** The tape: virtual time from left to right, terms as bands, what happened as marks, now as the playhead. */

import { scaleLinear } from 'd3';
import type { TapeItem } from '#view/feed.ts';
import type { RelatedInstant, RelatedSide } from '#view/why.ts';
import { round } from '#viz/point.ts';

type Mark = Extract<TapeItem, { readonly type: 'mark' }>;

export interface TapeBand {
  readonly term: number;
  readonly leader: string | undefined;
  readonly x: number;
  readonly width: number;
  /** Where its leader began to lead; the band is pale before. */
  readonly leaderX: number | undefined;
}

export interface TapeMark {
  readonly mark: Mark;
  readonly x: number;
  /** On which side of the mark there is room for its word, if there is. */
  readonly label: 'left' | 'right' | undefined;
  /** An election that began no term: asked for pre-votes in vain. */
  readonly minor: boolean;
  /** It comes after the instant that is shown. */
  readonly later: boolean;
}

export interface TapeScene {
  readonly width: number;
  readonly bands: readonly TapeBand[];
  readonly marks: readonly TapeMark[];
  readonly commands: readonly { readonly x: number; readonly label: string; readonly later: boolean }[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly playhead: number;
  /** Where the run ends so far: right of the playhead while the past is shown. */
  readonly head: number;
  /** What lies left of this can no longer be gone to; undefined if that is not in sight, or nothing. */
  readonly since: number | undefined;
}

/** Least and most that the tape shows at once, µs. */
const SPAN_MIN = 5_000_000;
const SPAN_MAX = 60_000_000;
const LABEL_ROOM = 62;
/** Room at the right end for the last tick's label, px. */
export const TAPE_EDGE = 26;

/**
 * The stretch of time on the tape: all of it at first, then the newest minute, or the minute around an instant of the past that lies before it.
 * @param head end of the run so far (µs); @param now the instant that is shown, not after it
 */
export function tapeDomain(head: number, now = head): readonly [number, number] {
  const span = Math.min(SPAN_MAX, Math.max(SPAN_MIN, head * 1.12));
  const newest = Math.max(span, head + span * 0.06);
  if (now >= newest - span) return [newest - span, newest];
  const from = Math.max(0, now - span / 2);
  return [from, from + span];
}

/** The instant (µs) at a place of the tape, `x` px from its left end: within the run so far. */
export function tapeInstantAt(x: number, head: number, now: number, width: number): number {
  const scale = scaleLinear([...tapeDomain(head, now)], [0, Math.max(1, width - TAPE_EDGE)]);
  return Math.round(Math.min(head, Math.max(0, scale.invert(x))));
}

function bandsOf(tape: readonly TapeItem[], now: number, x: (at: number) => number): readonly TapeBand[] {
  const terms = tape.filter((item) => item.type === 'term').sort((a, b) => a.from - b.from);
  return terms.flatMap((item, at) => {
    const from = x(item.from);
    const to = x(terms[at + 1]?.from ?? now);
    if (to <= 0) return [];
    const left = Math.max(0, from);
    const leaderX = item.leaderFrom === undefined ? undefined : Math.max(left, x(item.leaderFrom));
    return [
      {
        term: item.term,
        leader: item.leader,
        x: round(left),
        width: round(Math.max(0, to - left)),
        leaderX: leaderX === undefined ? undefined : round(leaderX),
      },
    ];
  });
}

/** An election raises the term within this time of its timeout (µs), or it did not get that far. */
const ELECTION_MAX = 100_000;

function isMinor(mark: Mark, tape: readonly TapeItem[]): boolean {
  if (mark.kind !== 'election') return false;
  return !tape.some((item) => item.type === 'term' && item.from >= mark.at && item.from <= mark.at + ELECTION_MAX);
}

/**
 * The tape at `now` (µs) on `width` px.
 * @param head end of the run so far (µs), if an earlier instant is shown
 * @param since the earliest instant (µs) that can be gone to
 */
export function tapeScene(tape: readonly TapeItem[], now: number, width: number, head = now, since = 0): TapeScene {
  const end = Math.max(now, head);
  const domain = tapeDomain(end, now);
  const scale = scaleLinear([...domain], [0, Math.max(1, width - TAPE_EDGE)]);
  const marks: TapeMark[] = [];
  const commands: { x: number; label: string; later: boolean }[] = [];
  let free = -LABEL_ROOM;
  for (const item of tape.filter((each) => each.type === 'mark').sort((a, b) => a.at - b.at)) {
    const x = scale(item.at);
    if (x < 0 || x > width || item.at > end) continue;
    const later = item.at > now;
    if (item.kind === 'command') {
      commands.push({ x: round(x), label: item.label, later });
      continue;
    }
    if (isMinor(item, tape)) {
      marks.push({ mark: item, x: round(x), label: undefined, minor: true, later });
      continue;
    }
    const right = x + LABEL_ROOM < Math.min(width, scale(end));
    const label = right ? (x >= free ? 'right' : undefined) : x - LABEL_ROOM >= Math.max(0, free) ? 'left' : undefined;
    if (label !== undefined) free = right ? x + LABEL_ROOM : x;
    marks.push({ mark: item, x: round(x), label, minor: false, later });
  }
  const ticks = scale
    .ticks(Math.max(2, Math.floor(width / 130)))
    .map((at) => ({ x: round(scale(at)), label: `${Number((at / 1_000_000).toFixed(2))} s` }));
  const begins = since > 0 && scale(since) > 0 ? round(scale(since)) : undefined;
  const [playhead, last] = [round(scale(now)), round(scale(end))];
  return { width, bands: bandsOf(tape, end, scale), marks, commands, ticks, playhead, head: last, since: begins };
}

/** An instant that is lit up, in px. */
export interface LitInstant {
  readonly x: number;
  readonly side: RelatedSide;
}

/** Instants at their places on the tape: one for each half pixel and side, those that are not in sight left out. */
export function litInstants(instants: readonly RelatedInstant[], head: number, now: number, width: number): readonly LitInstant[] {
  const scale = scaleLinear([...tapeDomain(head, now)], [0, Math.max(1, width - TAPE_EDGE)]);
  const lit = new Map<string, LitInstant>();
  for (const { at, side } of instants) {
    const x = Math.round(scale(at) * 2) / 2;
    if (x >= 0 && x <= width) lit.set(`${side} ${x}`, { x, side });
  }
  return [...lit.values()];
}
