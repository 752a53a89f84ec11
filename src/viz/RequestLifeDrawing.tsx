/** The waterfall of a request. What the answer waited for is filled, the rest is outlined. */

import type { JSX } from 'react';
import type { LifeStage } from '#view/request-life.ts';
import { durationText } from '#words/measure.ts';
import { LIFE, type LifeScene } from '#viz/request-life-scene.ts';

export interface RequestLifeDrawingProps {
  readonly scene: LifeScene;
  /** What a stage is called. */
  readonly nameOf: (stage: LifeStage) => string;
  readonly markOf: (stage: LifeStage) => 'selected' | 'cause' | 'effect' | 'none';
  /** Place of the row that has the keyboard's focus. */
  readonly focused?: number | undefined;
  readonly onChoose: (stage: LifeStage) => void;
}

export function RequestLifeDrawing({ scene, nameOf, markOf, focused, onChoose }: RequestLifeDrawingProps): JSX.Element {
  const { width, height, rows, ticks } = scene;
  return (
    <svg className="life-drawing" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
      {ticks.map(({ x, micros }) => (
        <g key={micros} className="life-tick">
          <path d={`M${x} ${LIFE.axis - 5}V${height}`} />
          <text x={x} y={12} textAnchor={micros === 0 ? 'start' : 'middle'}>
            {micros === 0 ? '0' : durationText(micros)}
          </text>
        </g>
      ))}
      {rows.map(({ stage, form, y, x, width: wide, text, micros }, place) => (
        <g
          key={place}
          className={`life-row life-${form}${stage.decisive ? ' life-decisive' : ''}${stage.lost ? ' life-lost' : ''}${markOf(stage) === 'none' ? '' : ` life-${markOf(stage)}`}${focused === place ? ' life-focused' : ''}`}
          onClick={() => {
            onChoose(stage);
          }}
        >
          <rect className="life-hit" x={0} y={y} width={width} height={LIFE.row} />
          <text className="life-name" x={0} y={y + 14}>
            {nameOf(stage)}
          </text>
          {form === 'moment' ? (
            <path className="life-mark" d={`M${x} ${y + 3}V${y + LIFE.row - 5}`} />
          ) : (
            <rect className="life-bar" x={x} y={y + 5} width={wide} height={LIFE.bar} rx={form === 'disk' ? 0 : 3} />
          )}
          {stage.lost && <path className="msg-cross" d={`M${x + wide - 4} ${y + 6}l8 8m0 -8l-8 8`} />}
          <text className="life-time" x={text.x} y={y + 14} textAnchor={text.anchor}>
            {micros === undefined ? '…' : form === 'moment' ? '' : durationText(micros)}
          </text>
        </g>
      ))}
    </svg>
  );
}
