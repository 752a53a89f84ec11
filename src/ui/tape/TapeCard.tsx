/** The tape: transport, pace, and the run so far. */

import { useMemo, useRef, type JSX, type KeyboardEvent, type PointerEvent } from 'react';
import type { Frame, Pace } from '#view/frame.ts';
import { STEP_CHOICES } from '#store/preferences.ts';
import { TapeDrawing } from '#viz/TapeDrawing.tsx';
import { litInstants, tapeInstantAt, tapeScene } from '#viz/tape-scene.ts';
import { tapeStrip } from '#viz/tape-strip.ts';
import { TapeStripDrawing } from '#viz/TapeStripDrawing.tsx';
import { RATES } from '#ui/commands/page-commands.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { useSize } from '#ui/use-size.ts';

const paceValue = (pace: Pace): string => (pace.type === 'fixed' ? String(pace.rate) : pace.type);

function paceOf(value: string): Pace {
  if (value === 'adaptive' || value === 'fastest') return { type: value };
  return { type: 'fixed', rate: Number(value) };
}

function Transport(): JSX.Element {
  const words = useWords();
  const playing = useView((state) => state.frame?.playing ?? false);
  const ready = useView((state) => state.frame !== undefined);
  const step = useView((state) => state.preferences.step);
  const { playOrPause, step: stepOnce, stepBack, prefer } = useActions();
  return (
    <div className="transport-buttons">
      <button
        type="button"
        className="round"
        aria-label={words.transport.stepBack}
        aria-keyshortcuts=","
        disabled={!ready}
        onClick={stepBack}
      >
        <svg width={18} height={18} viewBox="-9 -9 18 18" aria-hidden>
          <path d="M5.5 -6L-2.5 0L5.5 6ZM-3.5 -6H-6V6H-3.5Z" />
        </svg>
      </button>
      <button
        type="button"
        className="round round-strong"
        aria-label={playing ? words.transport.pause : words.transport.play}
        aria-keyshortcuts="Space"
        disabled={!ready}
        onClick={playOrPause}
      >
        <svg width={18} height={18} viewBox="-9 -9 18 18" aria-hidden>
          <path d={playing ? 'M-5 -6H-1.5V6H-5ZM1.5 -6H5V6H1.5Z' : 'M-4 -6.5L7 0L-4 6.5Z'} />
        </svg>
      </button>
      <button type="button" className="round" aria-label={words.transport.step} aria-keyshortcuts="." disabled={!ready} onClick={stepOnce}>
        <svg width={18} height={18} viewBox="-9 -9 18 18" aria-hidden>
          <path d="M-5.5 -6L2.5 0L-5.5 6ZM3.5 -6H6V6H3.5Z" />
        </svg>
      </button>
      <select
        className="small-select"
        aria-label={words.transport.stepSize}
        value={step}
        onChange={(event) => {
          prefer({ step: STEP_CHOICES.find((each) => each === event.target.value) ?? 'event' });
        }}
      >
        {STEP_CHOICES.map((each) => (
          <option key={each} value={each}>
            {words.transport.stepSizes[each]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Clock(): JSX.Element {
  const words = useWords();
  return <output className="clock">{words.transport.now(useNow(true))}</output>;
}

function PaceChoice(): JSX.Element {
  const words = useWords();
  const pace = useView((state) => state.frame?.pace);
  const { setPace } = useActions();
  const value = paceValue(pace ?? { type: 'adaptive' });
  const known = value === 'adaptive' || value === 'fastest' || RATES.some((rate) => String(rate) === value);
  return (
    <label className="pace">
      <span>{words.transport.pace}</span>
      <select
        className="small-select"
        value={value}
        onChange={(event) => {
          setPace(paceOf(event.target.value));
        }}
      >
        <option value="adaptive">{words.transport.adaptive}</option>
        {RATES.map((rate) => (
          <option key={rate} value={String(rate)}>
            {words.transport.rate(rate)}
          </option>
        ))}
        {!known && <option value={value}>{words.transport.rate(Number(value))}</option>}
        <option value="fastest">{words.transport.fastest}</option>
      </select>
    </label>
  );
}

/** Time that PageUp and PageDown go by, µs. */
const PAGE_MICROS = 1_000_000;

/**
 * The drawing follows virtual time in steps of a sixtieth of what it shows per pixel: finer steps would not be seen. It is a slider over the run: dragged,
 * or moved with the keys, it shows an instant of the past.
 */
function Timeline({ width }: { readonly width: number }): JSX.Element {
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

/** An instant before the head of the branch is shown, or lived again. */
const isPast = (frame: Frame | undefined): frame is Frame => frame !== undefined && (frame.looking || frame.now < frame.head);

/** Says that it is the past that is shown, and leads back; and to the other branches, where there are some. */
function PastBar(): JSX.Element {
  const words = useWords();
  const branches = useView((state) => state.branches.length);
  const bookmarks = useView((state) => state.bookmarks.length);
  const breakpoints = useView((state) => state.breakpoints.length);
  const stopped = useView((state) => state.stopped);
  const past = useView((state) => isPast(state.frame));
  const looking = useView((state) => state.frame?.looking ?? false);
  const now = useView(({ frame }) => (isPast(frame) ? frame.now : 0));
  const head = useView(({ frame }) => (isPast(frame) ? frame.head : 0));
  const { seek, show } = useActions();
  return (
    <div className="past-bar">
      {past ? (
        <>
          <p>
            <strong>{words.transport.past(now, head)}</strong>{' '}
            {looking && <span className="past-explained">{words.transport.pastHint}</span>}
          </p>
          <button
            type="button"
            className="text-button"
            onClick={() => {
              seek(head);
            }}
          >
            {words.transport.present}
          </button>
        </>
      ) : (
        <p className="past-hint">{words.transport.scrubHint}</p>
      )}
      {stopped !== undefined && (
        <p className="stopped" role="status">
          {words.views.stoppedAt(stopped.condition, words.transport.now(stopped.at))}
        </p>
      )}
      <span className="spacer" />
      <button
        type="button"
        className="text-button wide-only"
        aria-keyshortcuts="Shift+B"
        onClick={() => {
          show('breakpoints');
        }}
      >
        {words.views.breakpoints}
        {breakpoints > 0 && ` · ${breakpoints}`}
      </button>
      <BookmarkButton />
      {(branches > 1 || bookmarks > 0) && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            show('branches');
          }}
        >
          {words.branches.open(branches)}
          {bookmarks > 0 && ` · ${words.touch.bookmark.count(bookmarks)}`}
        </button>
      )}
    </div>
  );
}

/** How finely the strip follows time, µs: it moves with the axis of the tape. */
const STRIP_MICROS = 100_000;

/** Bookmarks and branches below the tape, if there are any. */
function Strip({ width }: { readonly width: number }): JSX.Element | undefined {
  const words = useWords();
  const branches = useView((state) => state.branches);
  const bookmarks = useView((state) => state.bookmarks);
  const now = useView(({ frame }) => Math.floor((frame?.now ?? 0) / STRIP_MICROS) * STRIP_MICROS);
  const head = useView(({ frame }) => Math.floor((frame?.head ?? 0) / STRIP_MICROS) * STRIP_MICROS);
  const { seek, goToBranch } = useActions();
  const strip = useMemo(
    () => tapeStrip(branches, bookmarks, { now, head: Math.max(now, head), width }),
    [branches, bookmarks, now, head, width],
  );
  if (strip.height === 0) return undefined;
  return <TapeStripDrawing strip={strip} words={words} onBookmark={seek} onBranch={goToBranch} />;
}

/** Sets a bookmark at the instant that is shown. */
function BookmarkButton(): JSX.Element {
  const words = useWords();
  const { bookmark } = useActions();
  const count = useView((state) => state.bookmarks.length);
  return (
    <button
      type="button"
      className="text-button wide-only"
      aria-keyshortcuts="b"
      onClick={() => {
        bookmark(words.touch.bookmark.name(count + 1));
      }}
    >
      {words.touch.commands.bookmark} <kbd aria-hidden>b</kbd>
    </button>
  );
}

export function TapeCard(): JSX.Element {
  const words = useWords();
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <section className="card tape-card" aria-label={words.transport.title}>
      <div className="transport">
        <Transport />
        <div className="transport-line">
          <Clock />
          <PaceChoice />
        </div>
      </div>
      <div className="tape-area">
        <PastBar />
        <div ref={ref}>
          {size.width > 0 && (
            <>
              <Timeline width={size.width} />
              <Strip width={size.width} />
            </>
          )}
        </div>
      </div>
    </section>
  );
}
