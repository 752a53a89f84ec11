/** How time goes: steps, run and pause, the clock and the pace. */

import type { JSX } from 'react';
import type { Pace } from '#view/frame.ts';
import { STEP_CHOICES } from '#store/preferences.ts';
import { RATES } from '#ui/commands/page-commands.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

const paceValue = (pace: Pace): string => (pace.type === 'fixed' ? String(pace.rate) : pace.type);

function paceOf(value: string): Pace {
  if (value === 'adaptive' || value === 'fastest') return { type: value };
  return { type: 'fixed', rate: Number(value) };
}

function Buttons(): JSX.Element {
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

export function Transport(): JSX.Element {
  return (
    <div className="transport">
      <Buttons />
      <div className="transport-line">
        <Clock />
        <PaceChoice />
      </div>
    </div>
  );
}
