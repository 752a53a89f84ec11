/** The space-time diagram on the stage: asks for the history as time goes on, and draws it. Zoomed and panned by wheel, pinch, drag and keys. */

import { useMemo, useState, type JSX, type KeyboardEvent, type MouseEvent } from 'react';
import { selectedMember } from '#view/selection.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import { FLIGHT_GROUPS, type FlightFilter, type FlightGroup } from '#viz/space-time-flights.ts';
import { axisOf, SPACE_TIME_LEFT, SPACE_TIME_RIGHT, spaceTimeScene } from '#viz/space-time-scene.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { useHistory } from '#ui/stage/use-history.ts';
import { SPAN, useGestures, type Lens } from '#ui/stage/use-lens.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import type { Size } from '#ui/use-size.ts';

const ZOOM = 1.6;
/** Narrower stages have the diagram's own controls below the others, px. */
const TOOLS_BESIDE = 980;

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
