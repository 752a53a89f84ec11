/** What is seen of the space-time diagram's axis, and the gestures that change it: wheel, pinch and drag; buttons and keys go the same way. */

import { select as selectElement, zoom as zoomOf, zoomIdentity, type D3ZoomEvent } from 'd3';
import { useEffect, useRef, useState } from 'react';

/** Drawn time on the diagram, µs. */
export const SPAN = { least: 1_000, first: 80_000, most: 20_000_000 } as const;

/** What is seen of the axis: how much drawn time, and the instant at its right end; undefined: it follows the present. */
export interface Lens {
  readonly span: number;
  readonly endAt: number | undefined;
}

interface Gestures {
  readonly ref: (element: SVGSVGElement | null) => void;
  readonly by: (factor: number) => void;
  /** Moves by a share of what is seen. */
  readonly pan: (share: number) => void;
  readonly toPresent: () => void;
}

/** What gestures are told of the axis. */
interface Ground {
  readonly plot: number;
  readonly length: number;
  readonly end: number;
  readonly instant: (drawn: number) => number;
}

/** Wheels and pinches zoom, drags move; other buttons than the first are for menus. */
const isGesture = (event: Event): boolean => !(event instanceof globalThis.MouseEvent) || event.button === 0;

/** D3 reads the gestures; the lens is React's. Before each gesture D3 is told where the lens stands. */
export function useGestures(ground: Ground, lens: Lens, setLens: (lens: Lens) => void): Gestures {
  const [svg, setSvg] = useState<SVGSVGElement | null>(null);
  const latest = useRef(ground);
  const show = (on: Ground, span: number, end: number): void => {
    const wide = Math.min(SPAN.most, Math.max(SPAN.least, span));
    const follows = end >= on.length - wide * 0.002;
    setLens({ span: wide, endAt: follows ? undefined : on.instant(Math.max(Math.min(wide, on.length), end)) });
  };
  const shown = useRef(show);
  useEffect(() => {
    latest.current = ground;
    shown.current = show;
    if (svg === null) return;
    // A transform is from drawn time at the first span to px: x = k·drawn + t.
    const k = SPAN.first / lens.span;
    const t = ground.plot - (k * ground.end * ground.plot) / SPAN.first;
    selectElement(svg).property('__zoom', zoomIdentity.translate(t, 0).scale(k));
  });
  useEffect(() => {
    if (svg === null) return undefined;
    const behaviour = zoomOf<SVGSVGElement, unknown>()
      .scaleExtent([SPAN.first / SPAN.most, SPAN.first / SPAN.least])
      .filter(isGesture)
      .on('zoom', ({ transform, sourceEvent }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        if (sourceEvent === null || sourceEvent === undefined) return;
        const { plot } = latest.current;
        shown.current(latest.current, SPAN.first / transform.k, (((plot - transform.x) / transform.k) * SPAN.first) / plot);
      });
    const element = selectElement(svg);
    element.call(behaviour).on('dblclick.zoom', null);
    return () => {
      element.on('.zoom', null);
    };
  }, [svg]);
  return {
    ref: setSvg,
    by: (factor) => {
      show(ground, lens.span * factor, ground.end);
    },
    pan: (share) => {
      show(ground, lens.span, ground.end + share * lens.span);
    },
    toPresent: () => {
      setLens({ ...lens, endAt: undefined });
    },
  };
}
