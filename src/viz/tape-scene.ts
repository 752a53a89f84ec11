/** The tape: virtual time from left to right, terms as bands, what happened as marks, now as the playhead. */

import { scaleLinear } from 'd3';
import type { TapeItem } from '#view/feed.ts';
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
}

export interface TapeScene {
  readonly width: number;
  readonly bands: readonly TapeBand[];
  readonly marks: readonly TapeMark[];
  readonly commands: readonly { readonly x: number; readonly label: string }[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly playhead: number;
}

/** Least and most that the tape shows at once, µs. */
const SPAN_MIN = 5_000_000;
const SPAN_MAX = 60_000_000;
const LABEL_ROOM = 62;
/** Room at the right end for the last tick's label, px. */
const EDGE = 26;

/** The stretch of time on the tape at `now`: all of it at first, then the newest minute. */
export function tapeDomain(now: number): readonly [number, number] {
  const span = Math.min(SPAN_MAX, Math.max(SPAN_MIN, now * 1.12));
  const to = Math.max(span, now + span * 0.06);
  return [to - span, to];
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

/** The tape at `now` (µs) on `width` px. */
export function tapeScene(tape: readonly TapeItem[], now: number, width: number): TapeScene {
  const domain = tapeDomain(now);
  const scale = scaleLinear([...domain], [0, Math.max(1, width - EDGE)]);
  const marks: TapeMark[] = [];
  const commands: { x: number; label: string }[] = [];
  let free = -LABEL_ROOM;
  for (const item of tape.filter((each) => each.type === 'mark').sort((a, b) => a.at - b.at)) {
    const x = scale(item.at);
    if (x < 0 || item.at > now) continue;
    if (item.kind === 'command') {
      commands.push({ x: round(x), label: item.label });
      continue;
    }
    if (isMinor(item, tape)) {
      marks.push({ mark: item, x: round(x), label: undefined, minor: true });
      continue;
    }
    const right = x + LABEL_ROOM < Math.min(width, scale(now));
    const label = right ? (x >= free ? 'right' : undefined) : x - LABEL_ROOM >= Math.max(0, free) ? 'left' : undefined;
    if (label !== undefined) free = right ? x + LABEL_ROOM : x;
    marks.push({ mark: item, x: round(x), label, minor: false });
  }
  const ticks = scale
    .ticks(Math.max(2, Math.floor(width / 130)))
    .map((at) => ({ x: round(scale(at)), label: `${Number((at / 1_000_000).toFixed(2))} s` }));
  return { width, bands: bandsOf(tape, now, scale), marks, commands, ticks, playhead: round(scale(now)) };
}
