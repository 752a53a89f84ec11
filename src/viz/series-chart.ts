/** Small charts of a load over time: bars of outcomes on top of each other, or lines; pure geometry, in px. */

export interface SeriesInput {
  /** For each instant the values of the series, from the bottom up. */
  readonly values: readonly (readonly number[])[];
  /** Instants that fit; newer ones are at the right. */
  readonly slots: number;
  readonly width: number;
  readonly height: number;
}

export interface SeriesChart {
  readonly width: number;
  readonly height: number;
  readonly max: number;
}

export interface StackChart extends SeriesChart {
  readonly bars: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly series: number;
  }[];
}

export interface LineChart extends SeriesChart {
  /** SVG path data of each series. */
  readonly paths: readonly string[];
}

/** A round number at or above a value, for the top of a chart. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * unit).find((step) => step >= value) ?? value;
}

const r = (value: number): number => Math.round(value * 10) / 10;

export function stackChart({ values, slots, width, height }: SeriesInput): StackChart {
  const shown = values.slice(-slots);
  const max = roundUp(Math.max(0, ...shown.map((one) => one.reduce((sum, value) => sum + value, 0))));
  const step = width / slots;
  const bars = shown.flatMap((one, i) => {
    let base = height;
    return one.flatMap((value, series) => {
      if (value <= 0) return [];
      const tall = (value / max) * height;
      base -= tall;
      return [{ x: r((slots - shown.length + i) * step), y: r(base), width: r(Math.max(1, step - 0.6)), height: r(tall), series }];
    });
  });
  return { width, height, max, bars };
}

export function lineChart({ values, slots, width, height }: SeriesInput): LineChart {
  const shown = values.slice(-slots);
  const max = roundUp(Math.max(0, ...shown.flat()));
  const step = width / slots;
  const count = Math.max(0, ...shown.map((one) => one.length));
  const paths = Array.from({ length: count }, (_, series) =>
    shown
      .map(
        (one, i) =>
          `${i === 0 ? 'M' : 'L'}${r((slots - shown.length + i + 0.5) * step)} ${r(height - ((one[series] ?? 0) / max) * height)}`,
      )
      .join(''),
  );
  return { width, height, max, paths };
}
