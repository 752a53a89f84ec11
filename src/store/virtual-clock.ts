/**
 * Virtual time between frames. A frame says when it was made, how fast time passes and how far it may be drawn; the clock fills the
 * moments between with what the screen can show.
 */

import type { Frame } from '#view/frame.ts';

export interface VirtualClock {
  /** A frame arrived, at `wall` (ms). */
  readonly anchor: (frame: Pick<Frame, 'now' | 'rate' | 'until' | 'playing' | 'run'>, wall: number) => void;
  /** The virtual instant (µs) to draw at `wall` (ms). */
  readonly at: (wall: number) => number;
  /** Something moves: another picture would differ. */
  readonly moves: () => boolean;
}

/** A clock at 0 that stands still until a frame arrives. */
export function createVirtualClock(): VirtualClock {
  let from = { now: 0, rate: 0, until: 0, wall: 0, generation: -1 };
  let shown = 0;
  const at = (wall: number): number => {
    const passed = Math.max(0, wall - from.wall) * 1000 * from.rate;
    const now = Math.max(from.now, Math.min(from.until, from.now + passed));
    // Never back by the little that the drawing ran ahead.
    shown = Math.max(now, Math.min(shown, from.until));
    return shown;
  };
  return {
    anchor: (frame, wall) => {
      if (frame.run.generation !== from.generation || frame.now + 1_000_000 < shown) shown = frame.now;
      from = {
        now: frame.now,
        rate: frame.playing ? frame.rate : 0,
        until: Math.max(frame.now, frame.until),
        wall,
        generation: frame.run.generation,
      };
      shown = Math.min(shown, from.until);
      if (from.rate === 0) shown = frame.now;
    },
    at,
    moves: () => from.rate > 0,
  };
}
