/** Reads a Chromium trace: how much the page's main thread worked for each frame, and how far apart the frames were. */
import * as v from 'valibot';

const TraceEvents = v.object({
  traceEvents: v.array(
    v.looseObject({
      name: v.string(),
      ph: v.string(),
      pid: v.number(),
      tid: v.number(),
      ts: v.optional(v.number()),
      dur: v.optional(v.number()),
    }),
  ),
});

const MICROS = 1000;

/** The value below which 95 % of the samples lie; 0 without samples. */
function p95(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0;
}

interface Span {
  readonly ts: number;
  readonly dur: number;
}

export interface FrameTimes {
  /** 95th percentiles, ms. */
  readonly work: number;
  readonly gap: number;
  /** Frames a second over the whole trace. */
  readonly perSecond: number;
}

/**
 * @param json a trace with the categories `toplevel` and `devtools.timeline`
 * @returns 95th percentiles over the frames, in ms: the main thread's tasks from one frame's callbacks to the next frame's, and the gap between
 *   these
 * @throws ValiError if it is no trace
 */
export function frameTimes(json: string): FrameTimes {
  const { traceEvents } = v.parse(TraceEvents, JSON.parse(json));
  const framesByThread = new Map<string, number[]>();
  const tasksByThread = new Map<string, Span[]>();
  for (const { name, ph, pid, tid, ts, dur } of traceEvents) {
    if (ts === undefined) continue;
    const thread = `${pid}/${tid}`;
    if (name === 'FireAnimationFrame') framesByThread.set(thread, [...(framesByThread.get(thread) ?? []), ts]);
    else if (name.endsWith('RunTask') && ph === 'X' && dur !== undefined) {
      const tasks = tasksByThread.get(thread) ?? [];
      tasks.push({ ts, dur });
      tasksByThread.set(thread, tasks);
    }
  }
  // The page's main thread is the one that drew most frames.
  const [thread = '', starts = []] = [...framesByThread].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  const frames = distinctFrames(starts);
  const work: number[] = [];
  const gaps: number[] = [];
  const tasks = (tasksByThread.get(thread) ?? []).toSorted((a, b) => a.ts - b.ts);
  let at = 0;
  for (const [index, begin] of frames.entries()) {
    const end = frames[index + 1];
    if (end === undefined) break;
    gaps.push((end - begin) / MICROS);
    let busy = 0;
    while ((tasks[at]?.ts ?? Infinity) < end) {
      busy += tasks[at]?.dur ?? 0;
      at++;
    }
    work.push(busy / MICROS);
  }
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  return { work: p95(work), gap: p95(gaps), perSecond: whole === 0 ? 0 : (gaps.length / whole) * 1000 };
}

/** Several callbacks of one frame follow each other within a few milliseconds; the first one begins the frame. */
function distinctFrames(starts: readonly number[]): readonly number[] {
  const frames: number[] = [];
  for (const ts of starts.toSorted((a, b) => a - b)) {
    if (ts - (frames.at(-1) ?? -Infinity) > 4 * MICROS) frames.push(ts);
  }
  return frames;
}
