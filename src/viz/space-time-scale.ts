/**
 * The time axis of the space-time diagram. Almost all of a cluster's time is quiet: what happens takes milliseconds, the timers between take
 * hundreds. So time that matters is drawn to scale, and each quiet stretch takes the same small width, with its length written on it.
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
/** Width of a quiet stretch, px. */
const GAP_WIDTH = 46;

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

/**
 * The newest stretches up to `now` that hold `busy` µs together; the oldest is cut to fit.
 * @param busy time to be seen at once, µs
 */
export function newestStretches(joined: readonly Stretch[], now: number, busy: number): readonly Stretch[] {
  const chosen: Stretch[] = [];
  let left = busy;
  for (const stretch of joined.filter((each) => each.from <= now).reverse()) {
    const to = Math.min(stretch.to, now);
    const from = Math.max(stretch.from, to - left);
    chosen.unshift({ from, to });
    left -= to - from;
    if (left <= 0) break;
  }
  return chosen;
}

/** Virtual time to px. */
export interface SpaceTimeScale {
  readonly x: (at: number) => number;
  readonly gaps: readonly QuietGap[];
  readonly domain: Stretch;
}

/** The axis over some stretches, from `left` to `right` px. The last of them ends with the present. */
export function spaceTimeScale(stretches: readonly Stretch[], left: number, right: number): SpaceTimeScale {
  const busy = stretches.reduce((sum, each) => sum + each.to - each.from, 0);
  const gapWidth = Math.min(GAP_WIDTH, (right - left) / (2 * Math.max(1, stretches.length)));
  const room = Math.max(1, right - left - gapWidth * Math.max(0, stretches.length - 1));
  const perMicro = busy === 0 ? 0 : room / busy;
  const knots: { readonly at: number; readonly x: number }[] = [];
  const gaps: QuietGap[] = [];
  let x = left;
  for (const [i, stretch] of stretches.entries()) {
    const before = stretches[i - 1];
    if (before !== undefined) {
      gaps.push({ from: before.to, to: stretch.from, x: round(x), width: round(gapWidth) });
      x += gapWidth;
    }
    knots.push({ at: stretch.from, x });
    x += (stretch.to - stretch.from) * perMicro;
    knots.push({ at: stretch.to, x });
  }
  const domain = { from: stretches[0]?.from ?? 0, to: stretches.at(-1)?.to ?? 0 };
  const place = (at: number): number => {
    const next = knots.findIndex((knot) => knot.at >= at);
    const b = knots[next];
    const a = knots[next - 1];
    if (b === undefined) return right;
    if (a === undefined) return left;
    return b.at === a.at ? b.x : a.x + ((at - a.at) / (b.at - a.at)) * (b.x - a.x);
  };
  return { x: (at) => round(place(at)), gaps, domain };
}
