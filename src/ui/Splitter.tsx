/** A line between two panels that can be dragged, or moved with the arrow keys; what it is dragged to is remembered. */

import { useRef, type JSX, type KeyboardEvent, type PointerEvent } from 'react';
import type { PanelSizes } from '#store/preferences.ts';
import { useActions, useView } from '#ui/playground-context.ts';

const KEY_STEP = 24;

interface SplitterProps {
  readonly panel: keyof PanelSizes;
  readonly label: string;
  readonly axis: 'x' | 'y';
  readonly least: number;
  readonly most: () => number;
  /** Size of the panel as it stands, px. */
  readonly measure: () => number;
}

export function Splitter({ panel, label, axis, least, most, measure }: SplitterProps): JSX.Element {
  const { prefer } = useActions();
  const sizes = useView((state) => state.preferences.sizes);
  const drag = useRef<{ readonly at: number; readonly size: number } | undefined>(undefined);
  const set = (size: number): void => {
    prefer({ sizes: { ...sizes, [panel]: size === 0 ? 0 : Math.round(Math.min(most(), Math.max(least, size))) } });
  };
  const placeOf = (event: PointerEvent): number => (axis === 'x' ? event.clientX : event.clientY);
  const onKeyDown = (event: KeyboardEvent): void => {
    const [more, less] = axis === 'x' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key === more) set(measure() + KEY_STEP);
    else if (event.key === less) set(measure() - KEY_STEP);
    else if (event.key === 'Home') set(0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className={`splitter splitter-${axis}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-valuenow={sizes[panel]}
      aria-valuemin={0}
      aria-valuemax={4000}
      onKeyDown={onKeyDown}
      onDoubleClick={() => {
        set(0);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { at: placeOf(event), size: measure() };
      }}
      onPointerMove={(event) => {
        if (drag.current !== undefined) set(drag.current.size + drag.current.at - placeOf(event));
      }}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onPointerCancel={() => {
        drag.current = undefined;
      }}
    />
  );
}
