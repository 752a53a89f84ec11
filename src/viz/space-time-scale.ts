/**
 * The time axis of the space-time diagram. Almost all of a cluster's time is quiet: what happens takes milliseconds, the timers between take
 * hundreds. So time that matters is drawn to scale, and each quiet stretch takes the same small width, with its length written on it. Zooming and panning
 * move a window over the whole axis.
 */

import { round } from '#viz/point.ts';

/** A stretch of time, virtual µs. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A quiet stretch on the axis, px. */
export interface QuietGap extends Stretch {
  readonly x: number;
  readonly width: number;
}

/** Time before and after what happens that belongs to it, µs. */
const MARGIN = 1_500;
/** Quiet time shorter than this is drawn as it is, µs. */
const QUIET_MIN = 12_000;
/** What a quiet stretch takes on the axis, as time that is drawn to scale, µs. */
const GAP_MICROS = 4_000;

/** Stretches that overlap or nearly touch, joined; in order. */
export function joinStretches(stretches: readonly Stretch[]): readonly Stretch[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const wide = { from: Math.max(0, from - MARGIN), to: to + MARGIN };
    const last = joined.at(-1);
    if (last !== undefined && wide.from - last.to < QUIET_MIN) last.to = Math.max(last.to, wide.to);
    else joined.push(wide);
  }
  return joined;
}

interface Knot {
  readonly at: number;
  /** Drawn time, µs. */
  readonly drawn: number;
}

/** All of the axis: virtual time to drawn time, in which quiet stretches are short. */
export interface TimeAxis {
  /** Drawn time in all, µs. */
  readonly length: number;
  /** Of an instant. */
  readonly drawn: (at: number) => number;
  /** The instant at a drawn time. */
  readonly instant: (drawn: number) => number;
  /** The quiet stretches. */
  readonly gaps: readonly Stretch[];
}

function interpolate(knots: readonly Knot[], value: number, from: 'at' | 'drawn', to: 'at' | 'drawn'): number {
  let [low, high] = [0, knots.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((knots[middle]?.[from] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const b = knots[low];
  const a = knots[low - 1];
  if (b === undefined) return 0;
  if (a === undefined || value >= b[from]) return b[to];
  return b[from] === a[from] ? b[to] : a[to] + ((value - a[from]) / (b[from] - a[from])) * (b[to] - a[to]);
}

/** The axis over stretches in which something happens. @param joined of {@link joinStretches}; the last one ends with the present */
export function timeAxis(joined: readonly Stretch[]): TimeAxis {
  const knots: Knot[] = [];
  const gaps: Stretch[] = [];
  let drawn = 0;
  for (const [i, stretch] of joined.entries()) {
    const before = joined[i - 1];
    if (before !== undefined) {
      gaps.push({ from: before.to, to: stretch.from });
      drawn += GAP_MICROS;
    }
    knots.push({ at: stretch.from, drawn });
    drawn += stretch.to - stretch.from;
    knots.push({ at: stretch.to, drawn });
  }
  return {
    length: drawn,
    drawn: (at) => interpolate(knots, at, 'at', 'drawn'),
    instant: (value) => interpolate(knots, value, 'drawn', 'at'),
    gaps,
  };
}

/** Virtual time to px: a window over the axis. */
export interface SpaceTimeScale {
  readonly x: (at: number) => number;
  /** The instant at a place, px. */
  readonly instant: (x: number) => number;
  readonly gaps: readonly QuietGap[];
  readonly domain: Stretch;
}

/**
 * @param span drawn time that is seen at once, µs
 * @param end drawn time at the right end, µs
 */
export function spaceTimeScale(axis: TimeAxis, span: number, end: number, left: number, right: number): SpaceTimeScale {
  const perMicro = Math.max(1, right - left) / Math.max(1, span);
  const begin = end - span;
  const x = (at: number): number => round(left + (axis.drawn(at) - begin) * perMicro);
  const domain = { from: axis.instant(Math.max(0, begin)), to: axis.instant(Math.min(axis.length, end)) };
  const gaps = axis.gaps
    .map((gap) => {
      const from = Math.max(left, x(gap.from));
      return { ...gap, x: from, width: round(Math.min(right, x(gap.to)) - from) };
    })
    .filter(({ width }) => width > 0);
  return { x, instant: (place) => axis.instant(begin + (place - left) / perMicro), gaps, domain };
}
