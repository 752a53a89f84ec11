/** The space-time diagram as SVG. */

import type { JSX } from 'react';
import type { Catalogue } from '#words/english.ts';
import { MessageGlyph } from '#viz/MessageDrawing.tsx';
import type { FlightBundle, FlightLine } from '#viz/space-time-flights.ts';
import type { Lane, LaneSpan } from '#viz/space-time-lanes.ts';
import type { SpaceTimeScene } from '#viz/space-time-scene.ts';
import { termClass } from '#viz/term-color.ts';
import { distinctKeys } from '#viz/distinct-keys.ts';

/** Half the height of a lane's band by role, px: a leader's is full, a follower's thin. */
const HALF: Readonly<Record<LaneSpan['role'], number>> = { follower: 4, 'pre-candidate': 6, candidate: 7, leader: 10 };
/** Narrower spans have no word in them, px. */
const WORD_MIN = 74;

const spanText = ({ role, term }: LaneSpan, words: Catalogue): string =>
  role === 'follower' ? words.transport.term(term) : words.spaceTime.stood(words.roles[role], words.transport.term(term));

function Span({ span, words }: { readonly span: LaneSpan; readonly words: Catalogue }): JSX.Element {
  if (span.life === 'dead' || span.life === 'crashed') return <path className="lane-dead" d={`M${span.x} 0h${span.width}`} />;
  const half = HALF[span.role];
  return (
    <g className={`lane-span lane-${span.role} ${termClass(span.term)}${span.life === 'frozen' ? ' lane-frozen' : ''}`}>
      <rect x={span.x} y={-half} width={span.width} height={2 * half} rx={2} />
      <title>{spanText(span, words)}</title>
    </g>
  );
}

/** What members were, in words: over the messages, which end on the lanes. */
function LaneWords({ lane, words }: { readonly lane: Lane; readonly words: Catalogue }): JSX.Element {
  return (
    <g transform={`translate(0 ${lane.y})`} aria-hidden>
      {lane.spans
        .filter(({ role, life }) => role !== 'follower' && life !== 'dead' && life !== 'crashed')
        .map((span) => ({ span, text: spanText(span, words) }))
        .filter(({ span, text }) => span.width > WORD_MIN + (text.length - 12) * 6)
        .map(({ span, text }) => (
          <text key={`${span.x}.${span.role}.${span.term}`} className={`lane-word ${termClass(span.term)}`} x={span.x + 6} y={4}>
            {text}
          </text>
        ))}
    </g>
  );
}

function LaneRow({
  lane,
  scene,
  label,
  words,
}: {
  readonly lane: Lane;
  readonly scene: SpaceTimeScene;
  readonly label: string;
  readonly words: Catalogue;
}): JSX.Element {
  return (
    <g transform={`translate(0 ${lane.y})`}>
      <text className={lane.isClient ? 'lane-name lane-client' : 'lane-name'} x={scene.left - 12} y={4}>
        {label}
      </text>
      <g clipPath="url(#space-time-plot)">
        <path className="lane-line" d={`M${scene.left} 0H${scene.width}`} />
        {lane.spans.map((span) => (
          <Span key={`${span.x}.${span.role}.${span.life}.${span.term}`} span={span} words={words} />
        ))}
        {lane.saves.map((save, at) => (
          <rect key={`${save.x}.${at}`} className="lane-save" x={save.x} y={11} width={save.width} height={4} />
        ))}
        {lane.applied.map((applied) => (
          <g key={applied.index} className="lane-applied" transform={`translate(${applied.x} -13)`}>
            <path d="M-3 0l2.4 2.6l4.2 -5.2" />
            <title>
              {applied.first === applied.index
                ? words.spaceTime.applied(applied.index)
                : words.views.appliedFrom(applied.first, applied.index)}
            </title>
          </g>
        ))}
      </g>
    </g>
  );
}

/** Events that led to what is pointed at, and those that it led to. */
interface RelatedEvents {
  readonly causes: ReadonlySet<number>;
  readonly effects: ReadonlySet<number>;
}

const NOTHING: RelatedEvents = { causes: new Set(), effects: new Set() };

function Bundle({ bundle, words }: { readonly bundle: FlightBundle; readonly words: Catalogue }): JSX.Element {
  const { form, from, to, count } = bundle;
  return (
    <g className={`flight flight-${form} flight-bundle`}>
      <path className="flight-line" d={`M${from.x} ${from.y}L${to.x} ${to.y}`} />
      <text x={(from.x + to.x) / 2 + 4} y={(from.y + to.y) / 2}>
        ×{count}
      </text>
      <title>{words.views.several(count)}</title>
    </g>
  );
}

interface FlightProps {
  readonly line: FlightLine;
  readonly text: string;
  readonly emphasis: 'selected' | 'cause' | 'effect' | 'none';
}

function Flight({ line, text, emphasis }: FlightProps): JSX.Element {
  const { from, to, form, flight, arrived, selected } = line;
  const lost = flight.lost && arrived;
  return (
    <g
      data-flight={flight.id}
      className={`flight flight-${form}${lost ? ' flight-lost' : ''}${selected || emphasis !== 'none' ? '' : ' flight-other'}${emphasis === 'none' ? '' : ` flight-${emphasis}`}`}
    >
      <path className="flight-hit" d={`M${from.x} ${from.y}L${to.x} ${to.y}`} />
      <path className="flight-line" d={`M${from.x} ${from.y}L${to.x} ${to.y}`} />
      <g transform={`translate(${to.x} ${to.y}) scale(0.72)`}>
        {lost ? <path className="msg-cross" d="M-6 -6L6 6M-6 6L6 -6" /> : <MessageGlyph form={form} />}
      </g>
      <title>{text}</title>
    </g>
  );
}

/** @param nameOf how a lane is called on the page */
export function SpaceTimeDrawing({
  scene,
  words,
  nameOf,
  drawingRef,
  chosen,
  related = NOTHING,
}: {
  readonly scene: SpaceTimeScene;
  readonly words: Catalogue;
  readonly nameOf: (lane: string) => string;
  readonly drawingRef?: (element: SVGSVGElement | null) => void;
  /** The event that sent the message that is selected. */
  readonly chosen?: number | undefined;
  readonly related?: RelatedEvents;
}): JSX.Element {
  const { width, left } = scene;
  const bottom = scene.height - 24;
  const flightKeys = distinctKeys(scene.flights.map(({ flight }) => flight.id));
  return (
    <svg
      ref={drawingRef}
      className="space-time"
      width={scene.width}
      height={scene.height}
      role="img"
      aria-label={words.spaceTime.label(scene.domain.from, scene.domain.to)}
    >
      <defs>
        <clipPath id="space-time-plot">
          <rect x={left - 3} y={-scene.height} width={Math.max(0, width - left - 12)} height={3 * scene.height} />
        </clipPath>
      </defs>
      {scene.terms.map((term) => (
        <g key={`${term.term}.${term.x}`} className={`term-band ${termClass(term.term)}`}>
          <rect x={term.x} y={0} width={term.width} height={bottom} />
          {scene.hasTermWords && term.width > 20 && (
            <text x={term.x + 5} y={bottom - 6}>
              {term.width > 150
                ? words.transport.leads(term.term, term.leader)
                : term.width > 60
                  ? words.transport.term(term.term)
                  : term.term}
            </text>
          )}
        </g>
      ))}
      {scene.gaps.map((gap) => (
        <g key={gap.from} className="quiet-gap">
          <rect x={gap.x} y={18} width={gap.width} height={bottom - 18} />
          {gap.width > 34 && (
            <text x={gap.x + gap.width / 2} y={12}>
              {words.spaceTime.quiet(gap.to - gap.from)}
            </text>
          )}
        </g>
      ))}
      {scene.lanes.map((lane) => (
        <LaneRow key={lane.name} lane={lane} scene={scene} label={nameOf(lane.name)} words={words} />
      ))}
      {scene.ticks.map((tick) => (
        <g key={tick.x} className="tape-tick" transform={`translate(${tick.x} ${bottom})`}>
          <path d="M0 0V5" />
          <text y={18} textAnchor="start">
            {words.transport.now(tick.at)}
          </text>
        </g>
      ))}
      <g clipPath="url(#space-time-plot)">
        {scene.flights.map((line, at) => (
          <Flight
            key={flightKeys[at]}
            line={line}
            emphasis={
              line.flight.id === chosen
                ? 'selected'
                : related.causes.has(line.flight.id)
                  ? 'cause'
                  : related.effects.has(line.flight.id)
                    ? 'effect'
                    : 'none'
            }
            text={words.spaceTime.flight(
              words.kinds[line.flight.kind],
              nameOf(line.flight.from),
              nameOf(line.flight.to),
              line.flight.sentAt,
              line.flight.endedAt,
              line.flight.label,
            )}
          />
        ))}
        {scene.bundles.map((bundle) => (
          <Bundle key={bundle.key} bundle={bundle} words={words} />
        ))}
        {scene.lanes.map((lane) => (
          <LaneWords key={lane.name} lane={lane} words={words} />
        ))}
      </g>
      {scene.now !== undefined && <path className="space-time-now" d={`M${scene.now} 18V${bottom}`} />}
    </svg>
  );
}
