/** Overlapping operations of clients: intervals, points in the order of revisions, open ends where the outcome is unknown. */

import type { JSX } from 'react';
import type { ClientOperation } from '#view/operations.ts';
import { instantText } from '#words/measure.ts';
import { OPERATIONS, type OperationsScene } from '#viz/operations-scene.ts';

export interface OperationsDrawingProps {
  readonly scene: OperationsScene;
  readonly clientOf: (client: string) => string;
  readonly titleOf: (operation: ClientOperation) => string;
}

const barPath = (x: number, y: number, width: number, open: boolean): string => {
  const bottom = y + OPERATIONS.bar;
  return open ? `M${x + width} ${y}H${x}V${bottom}H${x + width}` : `M${x} ${y}H${x + width}V${bottom}H${x}Z`;
};

export function OperationsDrawing({ scene, clientOf, titleOf }: OperationsDrawingProps): JSX.Element {
  const { width, height, lanes, bars, from, to } = scene;
  return (
    <svg className="operations-drawing" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
      <text className="life-time" x={OPERATIONS.labels} y={12}>
        {instantText(from)}
      </text>
      <text className="life-time" x={width - 6} y={12} textAnchor="end">
        {instantText(to)}
      </text>
      {lanes.map(({ client, y, height: tall }) => (
        <g key={client} className="operations-lane">
          <path d={`M${OPERATIONS.labels} ${y + tall + 1}H${width}`} />
          <text x={0} y={y + 15}>
            {clientOf(client)}
          </text>
        </g>
      ))}
      {bars.map(({ operation, x, y, width: wide, open, point, impossible, write }) => (
        <g
          key={`${operation.client}#${operation.call}`}
          className={`operation operation-${operation.outcome}${write ? ' operation-write' : ''}${impossible ? ' operation-impossible' : ''}`}
        >
          <path className="operation-bar" d={barPath(x, y + 4, wide, open)} />
          {point !== undefined && <path className="operation-point" d={`M${point} ${y}V${y + OPERATIONS.row - 3}`} />}
          <title>{titleOf(operation)}</title>
        </g>
      ))}
    </svg>
  );
}
