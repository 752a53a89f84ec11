/** Virtual time as the screen draws it: one animation frame loop for all who show something that moves. */

import { useSyncExternalStore } from 'react';
import type { VirtualClock } from '#store/virtual-clock.ts';
import { usePage } from '#ui/playground-context.ts';

/** With reduced motion the picture changes at most this often, in ms. */
const STILL_MS = 250;

export interface FrameTicker {
  readonly subscribe: (listener: () => void) => () => void;
  /** Virtual now, µs. */
  readonly now: () => number;
  /** The visitor asked for reduced motion: things step instead of gliding. */
  readonly still: () => boolean;
}

/** A loop that runs only while somebody listens. */
export function createFrameTicker(clock: VirtualClock): FrameTicker {
  const listeners = new Set<() => void>();
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  let now = 0;
  let last = 0;
  let handle: number | undefined;
  const tick = (wall: number): void => {
    handle = requestAnimationFrame(tick);
    if (reduced.matches && wall - last < STILL_MS) return;
    const next = clock.at(performance.now());
    last = wall;
    if (next === now) return;
    now = next;
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    still: () => reduced.matches,
    subscribe: (listener) => {
      listeners.add(listener);
      handle ??= requestAnimationFrame(tick);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || handle === undefined) return;
        cancelAnimationFrame(handle);
        handle = undefined;
      };
    },
  };
}

const never = (): (() => void) => () => undefined;

/** Virtual now (µs), drawn again every animation frame in which it moved. With `live` false it is read once and not followed. */
export function useNow(live: boolean): number {
  const { ticker } = usePage();
  return useSyncExternalStore(live ? ticker.subscribe : never, ticker.now);
}
