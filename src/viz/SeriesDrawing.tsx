/** Charts of a load as SVG. Series differ in lightness, pattern and dash as well as in hue. */

import type { JSX } from 'react';
import type { LineChart, StackChart } from '#viz/series-chart.ts';

interface ChartProps {
  readonly label: string;
  /** What the top line stands for. */
  readonly top: string;
}

function Frame({
  width,
  height,
  label,
  top,
  children,
}: ChartProps & { readonly width: number; readonly height: number; readonly children: JSX.Element[] }): JSX.Element {
  return (
    <svg className="series" viewBox={`0 0 ${width} ${height + 16}`} width={width} height={height + 16} role="img" aria-label={label}>
      <text className="series-top" x="0" y="11">
        {top}
      </text>
      <g transform="translate(0 16)">
        <line className="series-grid" x1="0" y1="0.5" x2={width} y2="0.5" />
        {children}
        <line className="series-axis" x1="0" y1={height - 0.5} x2={width} y2={height - 0.5} />
      </g>
    </svg>
  );
}

export function StackDrawing({
  chart,
  classes,
  ...rest
}: ChartProps & { readonly chart: StackChart; readonly classes: readonly string[] }): JSX.Element {
  return (
    <Frame {...rest} width={chart.width} height={chart.height}>
      {chart.bars.map((bar) => (
        <rect
          key={`${bar.x} ${bar.series}`}
          className={`series-bar series-${classes[bar.series] ?? ''}`}
          x={bar.x}
          y={bar.y}
          width={bar.width}
          height={bar.height}
        />
      ))}
    </Frame>
  );
}

export function LinesDrawing({
  chart,
  classes,
  ...rest
}: ChartProps & { readonly chart: LineChart; readonly classes: readonly string[] }): JSX.Element {
  return (
    <Frame {...rest} width={chart.width} height={chart.height}>
      {chart.paths.map((path, series) => (
        <path key={series} className={`series-line series-${classes[series] ?? ''}`} d={path} />
      ))}
    </Frame>
  );
}
