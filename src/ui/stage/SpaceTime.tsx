/** The space-time diagram on the stage: asks for the history as time goes on, and draws it. Zoomed and panned by wheel, pinch, drag and keys. */

import { select as selectElement, zoom as zoomOf, zoomIdentity, type D3ZoomEvent } from 'd3';
import { useEffect, useMemo, useRef, useState, type JSX, type KeyboardEvent, type MouseEvent } from 'react';
import type { Frame } from '#view/frame.ts';
import type { History } from '#view/history.ts';
import { selectedMember } from '#view/selection.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import {
  axisOf,
  FLIGHT_GROUPS,
  SPACE_TIME_LEFT,
  SPACE_TIME_RIGHT,
  spaceTimeScene,
  type FlightFilter,
  type FlightGroup,
} from '#viz/space-time-scene.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { newestQuestion } from '#ui/newest-question.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import type { Size } from '#ui/use-size.ts';

/** Virtual time before the present that is asked for, µs. */
const REACH = 120_000_000;
/** Wall time between two questions, ms. */
const ASK_MILLIS = 120;
/** Drawn time on the diagram, µs. */
const SPAN = { least: 1_000, first: 80_000, most: 20_000_000 } as const;
const ZOOM = 1.6;
/** Narrower stages have the diagram's own controls below the others, px. */
const TOOLS_BESIDE = 980;

interface Known {
  readonly history: History;
  readonly now: number;
}

/** What is known up to the instant that is shown; asked for again as the run goes on. */
function useHistory(heartbeats: boolean): Known | undefined {
  const { history } = useActions();
  const frame = useView((state) => state.frame);
  const [known, setKnown] = useState<Known>();
  const [wish] = useState(() =>
    newestQuestion<{ readonly frame: Frame; readonly heartbeats: boolean }>({
      ask: async (question) => {
        const { now } = question.frame;
        const found = await history({ from: Math.max(0, now - REACH), to: now, heartbeats: question.heartbeats });
        setKnown({ history: found, now });
      },
      isSame: (a, b) => a.frame === b.frame && a.heartbeats === b.heartbeats,
      restMillis: ASK_MILLIS,
    }),
  );
  useEffect(() => {
    if (frame !== undefined) wish({ frame, heartbeats });
  }, [wish, frame, heartbeats]);
  useEffect(
    () => () => {
      wish(undefined);
    },
    [wish],
  );
  return known;
}

/** What is seen of the axis: how much drawn time, and the instant at its right end; undefined: it follows the present. */
interface Lens {
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
function useGestures(ground: Ground, lens: Lens, setLens: (lens: Lens) => void): Gestures {
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

interface FilterProps {
  readonly filter: FlightFilter;
  readonly onFilter: (filter: FlightFilter) => void;
}

function Filters({ filter, onFilter }: FilterProps): JSX.Element {
  const words = useWords();
  return (
    <>
      <select
        className="small-select"
        aria-label={words.views.messages}
        value={filter.group}
        onChange={(event) => {
          onFilter({ ...filter, group: FLIGHT_GROUPS.find((each) => each === event.target.value) ?? 'all' });
        }}
      >
        {FLIGHT_GROUPS.map((group: FlightGroup) => (
          <option key={group} value={group}>
            {words.views.groups[group]}
          </option>
        ))}
      </select>
      <input
        className="space-time-search"
        type="search"
        aria-label={words.views.search}
        placeholder={words.views.search}
        value={filter.text}
        spellCheck={false}
        onChange={(event) => {
          onFilter({ ...filter, text: event.target.value });
        }}
      />
    </>
  );
}

export function SpaceTime({ size }: { readonly size: Size }): JSX.Element {
  const words = useWords();
  const { select, point, openMenu, seek } = useActions();
  const only = useView((state) => selectedMember(state.selected) ?? (state.selected?.type === 'client' ? state.selected.name : undefined));
  const chosen = useView((state) => (state.selected?.type === 'message' ? state.selected.id : undefined));
  const related = useView((state) => state.related);
  const [lens, setLens] = useState<Lens>({ span: SPAN.first, endAt: undefined });
  const [asked, setAsked] = useState<FlightFilter>({ only: undefined, group: 'all', text: '' });
  const known = useHistory(asked.group === 'heartbeat');
  const { width } = size;
  const narrow = width < TOOLS_BESIDE;
  const height = Math.max(110, size.height - (narrow ? 108 : 56));
  const axis = useMemo(() => (known === undefined ? undefined : axisOf(known.history, known.now)), [known]);
  const length = axis?.length ?? 0;
  const end = axis === undefined || lens.endAt === undefined ? length : axis.drawn(lens.endAt);
  const scene = useMemo(
    () =>
      known === undefined || axis === undefined
        ? undefined
        : spaceTimeScene(known.history, { now: known.now, span: lens.span, end, filter: { ...asked, only }, width, height }, axis),
    [known, axis, lens.span, end, asked, only, width, height],
  );
  const plot = Math.max(50, width - SPACE_TIME_LEFT - SPACE_TIME_RIGHT);
  const gestures = useGestures({ plot, length, end, instant: axis?.instant ?? (() => 0) }, lens, setLens);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => gestures.pan(-0.2),
      ArrowRight: () => gestures.pan(0.2),
      PageUp: () => gestures.pan(-0.9),
      PageDown: () => gestures.pan(0.9),
      '+': () => gestures.by(1 / ZOOM),
      '=': () => gestures.by(1 / ZOOM),
      '-': () => gestures.by(ZOOM),
      End: gestures.toPresent,
      Home: () => gestures.pan(-1e6),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const flightOf = (target: EventTarget | null): number | undefined => {
    const text = target instanceof Element ? target.closest('[data-flight]')?.getAttribute('data-flight') : undefined;
    return text === undefined || text === null ? undefined : Number(text);
  };
  const onDoubleClick = (event: MouseEvent): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    if (scene !== undefined && x >= SPACE_TIME_LEFT) seek(scene.scale.instant(x));
  };
  return (
    <div className={narrow ? 'space-time-view space-time-narrow' : 'space-time-view'}>
      <div className="space-time-tools" role="toolbar" aria-label={words.spaceTime.title}>
        <Filters filter={asked} onFilter={setAsked} />
        <button
          type="button"
          className="icon-button"
          aria-label={words.spaceTime.zoomOut}
          onClick={() => {
            gestures.by(ZOOM);
          }}
        >
          −
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={words.spaceTime.zoomIn}
          onClick={() => {
            gestures.by(1 / ZOOM);
          }}
        >
          +
        </button>
        <button type="button" className="text-button" disabled={lens.endAt === undefined} onClick={gestures.toPresent}>
          {words.views.follow}
        </button>
      </div>
      {scene !== undefined && (
        <div
          className="space-time-ground"
          role="region"
          tabIndex={0}
          aria-label={words.views.panned}
          onKeyDown={onKeyDown}
          onClick={(event) => {
            const id = flightOf(event.target);
            if (id !== undefined) select({ type: 'message', id });
          }}
          onContextMenu={(event) => {
            const id = flightOf(event.target);
            if (id === undefined) return;
            event.preventDefault();
            openMenu({ type: 'message', id }, event.clientX, event.clientY);
          }}
          onDoubleClick={onDoubleClick}
          onPointerOver={(event) => {
            const id = flightOf(event.target);
            point(id === undefined ? undefined : { type: 'message', id });
          }}
          onPointerLeave={() => {
            point(undefined);
          }}
        >
          <SpaceTimeDrawing
            scene={scene}
            words={words}
            nameOf={(lane) => clientName(lane, words)}
            drawingRef={gestures.ref}
            chosen={chosen}
            related={related}
          />
        </div>
      )}
    </div>
  );
}
