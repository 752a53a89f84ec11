/** The space-time diagram on the stage: asks for the history as time goes on, and draws it. */

import { useEffect, useMemo, useRef, useState, type JSX, type WheelEvent } from 'react';
import { selectedMember } from '#view/selection.ts';
import type { History, HistoryQuery } from '#view/history.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import { spaceTimeScene } from '#viz/space-time-scene.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import type { Size } from '#ui/use-size.ts';

/** Virtual time before the present that is asked for, µs. */
const REACH = 120_000_000;
/** Wall time between two questions, ms. */
const ASK_MILLIS = 120;
/** Busy time on the diagram, µs. */
const BUSY = { least: 5_000, first: 80_000, most: 5_000_000 } as const;
const ZOOM = 1.6;
/** Narrower stages have the diagram's own controls below the others, px. */
const TOOLS_BESIDE = 800;

/** What is known up to the instant that is shown; asked for again when that changes, one question at a time. */
function useHistory(heartbeats: boolean): { readonly history: History; readonly now: number } | undefined {
  const { history } = useActions();
  const now = useView((state) => state.frame?.now ?? 0);
  const looking = useView((state) => state.frame?.looking ?? false);
  const generation = useView((state) => state.frame?.run.generation);
  const [known, setKnown] = useState<{ readonly history: History; readonly now: number }>();
  const wanted = useRef('');
  const pending = useRef<HistoryQuery>({ from: 0, to: 0, heartbeats });
  const asking = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  useEffect(() => {
    const query = { from: Math.max(0, now - REACH), to: now, heartbeats };
    const wish = `${now}/${heartbeats}/${looking}/${generation}`;
    wanted.current = wish;
    pending.current = query;
    if (asking.current) return;
    asking.current = true;
    const ask = async (): Promise<void> => {
      for (let asked = ''; mounted.current && asked !== wanted.current;) {
        asked = wanted.current;
        const at = pending.current;
        const found = await history(at);
        if (mounted.current) setKnown({ history: found, now: at.to });
        await new Promise((resolve) => {
          setTimeout(resolve, ASK_MILLIS);
        });
      }
    };
    void ask().finally(() => {
      asking.current = false;
    });
  }, [now, looking, generation, heartbeats, history]);
  return known;
}

export function SpaceTime({ size }: { readonly size: Size }): JSX.Element {
  const words = useWords();
  const selected = useView((state) => selectedMember(state.selected));
  const [busy, setBusy] = useState<number>(BUSY.first);
  const [heartbeats, setHeartbeats] = useState(false);
  const known = useHistory(heartbeats);
  const { width, height } = size;
  const narrow = width < TOOLS_BESIDE;
  const scene = useMemo(
    () =>
      known === undefined
        ? undefined
        : spaceTimeScene(known.history, {
            now: known.now,
            busy,
            only: selected,
            width,
            height: Math.max(160, height - (narrow ? 88 : 52)),
          }),
    [known, busy, selected, width, height, narrow],
  );
  const zoom = (factor: number): void => {
    setBusy((time) => Math.min(BUSY.most, Math.max(BUSY.least, time * factor)));
  };
  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.deltaY === 0) return;
    zoom(event.deltaY > 0 ? ZOOM : 1 / ZOOM);
  };
  return (
    <div className={narrow ? 'space-time-view space-time-narrow' : 'space-time-view'} onWheel={onWheel}>
      <div className="space-time-tools" role="toolbar" aria-label={words.spaceTime.title}>
        <label className="check">
          <input
            type="checkbox"
            checked={heartbeats}
            onChange={(event) => {
              setHeartbeats(event.target.checked);
            }}
          />
          <span>{words.spaceTime.heartbeats}</span>
        </label>
        <button
          type="button"
          className="icon-button"
          aria-label={words.spaceTime.zoomOut}
          onClick={() => {
            zoom(ZOOM);
          }}
        >
          −
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={words.spaceTime.zoomIn}
          onClick={() => {
            zoom(1 / ZOOM);
          }}
        >
          +
        </button>
      </div>
      {scene !== undefined && <SpaceTimeDrawing scene={scene} words={words} nameOf={(lane) => clientName(lane, words)} />}
    </div>
  );
}
