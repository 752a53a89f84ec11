/** The tape as SVG. */

import type { JSX } from 'react';
import type { Catalogue } from '#words/english.ts';
import type { LitInstant, TapeBand, TapeScene } from '#viz/tape-scene.ts';
import { termClass } from '#viz/term-color.ts';

/** Rows of the tape, px: words of the marks, the bands, the axis. */
export const TAPE = { labels: 18, band: 34, axis: 22, height: 76 } as const;

function bandText({ term, leader }: TapeBand, width: number, words: Catalogue): string {
  const whole = leader === undefined ? words.transport.term(term) : words.transport.leads(term, leader);
  if (width > whole.length * 7.4 + 12) return whole;
  const short = words.transport.term(term);
  return width > short.length * 7.4 + 10 ? short : width > 16 ? String(term) : '';
}

/** The part of a band that is not forgotten has its words; one that is all forgotten keeps them, as pale as itself. */
function wordsFrom({ x, width }: TapeBand, since: number | undefined): number {
  return since !== undefined && since > x && since < x + width ? since - x : 0;
}

/** Room for the words of what is forgotten, px. */
const PAST_WORDS = 190;

const NOTHING_LIT: readonly LitInstant[] = [];

/** @param time the instant, as the playhead's label says it; @param lit causes and effects of what is pointed at or selected */
export function TapeDrawing({
  scene,
  words,
  time,
  lit = NOTHING_LIT,
}: {
  readonly scene: TapeScene;
  readonly words: Catalogue;
  readonly time: string;
  readonly lit?: readonly LitInstant[];
}): JSX.Element {
  const end = TAPE.labels + TAPE.band;
  return (
    <svg className="tape-drawing" width={scene.width} height={TAPE.height} role="img" aria-label={`${words.transport.timeline}: ${time}`}>
      {scene.ticks.map((tick) => (
        <g key={tick.label} className="tape-tick" transform={`translate(${tick.x} ${end})`}>
          <path d="M0 0V5" />
          <text y={18} className={tick.x < 12 ? 'tape-first' : undefined}>
            {tick.label}
          </text>
        </g>
      ))}
      <path className="tape-base" d={`M0 ${end}H${scene.width}`} />
      {scene.bands.map((band) => (
        <g key={band.term} className={`band ${termClass(band.term)}`} transform={`translate(${band.x} ${TAPE.labels})`}>
          <rect className="band-waiting" width={band.width} height={TAPE.band} />
          {band.leaderX !== undefined && (
            <rect
              className="band-led"
              x={band.leaderX - band.x}
              width={Math.max(0, band.x + band.width - band.leaderX)}
              height={TAPE.band}
            />
          )}
        </g>
      ))}
      {scene.marks.map(({ mark, x, label, minor, later }) => (
        <g
          key={`${mark.at}.${mark.kind}.${mark.label}`}
          className={`tape-mark mark-${mark.kind}${later ? ' tape-later' : ''}`}
          transform={`translate(${x} 0)`}
        >
          <title>{`${words.transport.marks[mark.kind]} ${mark.label}`}</title>
          <path d={minor ? `M0 ${TAPE.labels - 3}v5` : `M0 ${label === undefined ? 14 : 2}V${end}`} />
          {label !== undefined && (
            <text x={label === 'left' ? -5 : 5} y={12} textAnchor={label === 'left' ? 'end' : 'start'}>
              {words.transport.marks[mark.kind]}
            </text>
          )}
        </g>
      ))}
      {scene.bands.map((band) => {
        const from = wordsFrom(band, scene.since);
        return (
          <g key={band.term} className={`band ${termClass(band.term)}`} transform={`translate(${band.x} ${TAPE.labels})`}>
            <text x={from + 8} y={15}>
              {bandText(band, band.width - from, words)}
            </text>
          </g>
        );
      })}
      {scene.commands.map((command, at) => (
        <path
          key={`${command.x}.${at}`}
          className={command.later ? 'tape-command tape-later' : 'tape-command'}
          d={`M${command.x} ${end - 13}l5 5l-5 5l-5 -5Z`}
        >
          <title>{command.label}</title>
        </path>
      ))}
      {scene.head > scene.playhead && (
        <rect className="tape-future" x={scene.playhead} y={TAPE.labels} width={scene.head - scene.playhead} height={TAPE.band} />
      )}
      {scene.since !== undefined && (
        <g className="tape-forgotten">
          <title>{words.transport.forgottenExplained}</title>
          <rect y={TAPE.labels} width={scene.since} height={TAPE.band} />
          <path d={`M${scene.since} ${TAPE.labels - 4}V${end}`} />
          <text
            x={scene.since > PAST_WORDS ? scene.since - 6 : scene.since + 6}
            y={end - 8}
            textAnchor={scene.since > PAST_WORDS ? 'end' : 'start'}
          >
            {words.transport.forgotten}
          </text>
        </g>
      )}
      {lit.map(({ x, side }) => (
        <path key={`${side}.${x}`} className={`tape-lit tape-${side}`} d={side === 'cause' ? `M${x} ${end}l-4 7h8Z` : `M${x} ${end}v8`} />
      ))}
      <g className="playhead" transform={`translate(${scene.playhead} 0)`}>
        <path d={`M0 6V${end}`} />
        <circle cy={6} r={4.5} />
      </g>
    </svg>
  );
}
