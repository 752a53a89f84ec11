/** The life of a request as a waterfall: a row for each stage, bars by their time since the call. Numbers only. */

import type { LifeStage, LifeStageKind, RequestLife } from '#view/request-life.ts';

export const LIFE = { row: 22, bar: 10, axis: 22, labels: 158, least: 3 } as const;

/** What a bar is drawn as. */
export type LifeForm = 'client' | 'message' | 'disk' | 'moment' | 'work';

const FORM: Readonly<Record<LifeStageKind, LifeForm>> = {
  call: 'client',
  answer: 'client',
  watch: 'client',
  forward: 'message',
  replicate: 'message',
  acknowledge: 'message',
  tell: 'message',
  'read-index': 'message',
  save: 'disk',
  append: 'moment',
  commit: 'moment',
  apply: 'work',
};

export interface LifeRow {
  readonly stage: LifeStage;
  readonly form: LifeForm;
  readonly y: number;
  readonly x: number;
  readonly width: number;
  /** Where its duration is written, and at which end. */
  readonly text: { readonly x: number; readonly anchor: 'start' | 'end' };
  readonly micros: number | undefined;
}

export interface LifeScene {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly LifeRow[];
  readonly ticks: readonly { readonly x: number; readonly micros: number }[];
}

const NICE = [1, 2, 5];

/** The least of 1, 2, 5 · 10ⁿ µs that has at most four steps in a span. */
function stepOf(span: number): number {
  for (let power = 1; ; power *= 10) {
    for (const nice of NICE) if (span / (nice * power) <= 4) return nice * power;
  }
}

/** @param now virtual µs: what lasts is drawn up to it; @param width in px */
export function requestLifeScene(life: RequestLife, now: number, width: number): LifeScene {
  const ends = life.stages.map((stage) => stage.to ?? now);
  const span = Math.max(1, life.micros ?? 0, ...ends.map((end) => end - life.at));
  const room = Math.max(60, width - LIFE.labels - 8);
  const x = (at: number): number => LIFE.labels + ((at - life.at) / span) * room;
  const rows = life.stages.map((stage, place): LifeRow => {
    const [from, to] = [x(stage.from), x(stage.to ?? now)];
    const barWidth = Math.max(LIFE.least, to - from);
    const right = from + barWidth + 46 <= width;
    return {
      stage,
      form: FORM[stage.kind],
      y: LIFE.axis + place * LIFE.row,
      x: from,
      width: barWidth,
      text: right ? { x: from + barWidth + 5, anchor: 'start' } : { x: from - 5, anchor: 'end' },
      micros: stage.to === undefined ? undefined : stage.to - stage.from,
    };
  });
  const step = stepOf(span);
  const ticks = Array.from({ length: Math.floor(span / step) + 1 }, (_, n) => ({ x: x(life.at + n * step), micros: n * step }));
  return { width, height: LIFE.axis + rows.length * LIFE.row + 4, rows, ticks };
}
