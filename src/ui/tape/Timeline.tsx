/** The slider over the run. */

import { useMemo, useRef, type JSX, type KeyboardEvent, type PointerEvent } from 'react';
import { TapeDrawing } from '#viz/TapeDrawing.tsx';
import { litInstants, tapeInstantAt, tapeScene } from '#viz/tape-scene.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { isPast } from '#ui/tape/is-past.ts';

/** Time that PageUp and PageDown go by, µs. */
const PAGE_MICROS = 1_000_000;

/**
 * The drawing follows virtual time in steps of a sixtieth of what it shows per pixel: finer steps would not be seen. It is a slider over the run: dragged,
 * or moved with the keys, it shows an instant of the past.
 */
export function Timeline({ width }: { readonly width: number }): JSX.Element {
  const words = useWords();
  const tape = useView((state) => state.tape);
  // Only while the past is shown: at the head of the run it would be drawn twice for each frame.
  const recorded = useView(({ frame }) => (isPast(frame) ? frame.head : 0));
  const { seek, step, stepBack } = useActions();
  const now = useNow(true);
  const head = Math.max(now, recorded);
  const since = useView(({ frame }) => frame?.since ?? 0);
  const scene = useMemo(() => tapeScene(tape, now, width, head, since), [tape, now, width, head, since]);
  const instants = useView((state) => state.related.instants);
  const lit = useMemo(() => litInstants(instants, head, now, width), [instants, now, width, head]);
  // While it is dragged the tape keeps the stretch of time that it showed when the drag began.
  const drag = useRef<{ readonly head: number; readonly now: number } | undefined>(undefined);
  const seekAt = (event: PointerEvent<HTMLDivElement>): void => {
    const at = drag.current;
    if (at === undefined) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    seek(tapeInstantAt(x, at.head, at.now, width));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act: Readonly<Record<string, () => void>> = {
      ArrowLeft: stepBack,
      ArrowDown: stepBack,
      ArrowRight: step,
      ArrowUp: step,
      PageDown: () => seek(Math.max(0, now - PAGE_MICROS)),
      PageUp: () => seek(now + PAGE_MICROS),
      Home: () => seek(0),
      End: () => seek(head),
    };
    const chosen = act[event.key];
    if (chosen === undefined) return;
    event.preventDefault();
    chosen();
  };
  return (
    <div
      className="tape-slider"
      role="slider"
      tabIndex={0}
      aria-label={words.transport.scrub}
      aria-valuemin={Math.round(since / 1000)}
      aria-valuemax={Math.round(head / 1000)}
      aria-valuenow={Math.round(now / 1000)}
      aria-valuetext={words.transport.now(now)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { head, now };
        seekAt(event);
      }}
      onPointerMove={seekAt}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onPointerCancel={() => {
        drag.current = undefined;
      }}
    >
      <TapeDrawing scene={scene} words={words} time={words.transport.now(now)} lit={lit} />
    </div>
  );
}
