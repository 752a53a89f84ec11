import { describe, expect, it } from 'vitest';
import { frameTimes } from '#cli/frame-times.ts';

const frame = (ts: number, tid = 1) => ({ name: 'FireAnimationFrame', ph: 'X', pid: 1, tid, ts, dur: 100 });
const task = (ts: number, dur: number, tid = 1) => ({ name: 'ThreadControllerImpl::RunTask', ph: 'X', pid: 1, tid, ts, dur });
const trace = (events: readonly object[]): string => JSON.stringify({ traceEvents: events });

describe('frame times', () => {
  it('sums the tasks between two frames of the thread that draws most', () => {
    const events = [
      frame(0),
      task(100, 3000),
      task(9000, 2000),
      frame(16_000),
      task(16_100, 1000),
      frame(32_000),
      frame(5, 2),
      task(50, 90_000, 2),
    ];
    expect(frameTimes(trace(events))).toMatchObject({ work: 5, gap: 16, perSecond: 62.5 });
  });

  it('takes callbacks that follow at once for one frame', () => {
    expect(frameTimes(trace([frame(0), frame(1500), frame(16_000)]))).toMatchObject({ work: 0, gap: 16 });
  });

  it('sees a frame that took too long', () => {
    const frames = Array.from({ length: 20 }, (_, i) => [
      frame(i * 16_000),
      task(i * 16_000 + 1, i === 7 || i === 9 ? 40_000 : 1000),
    ]).flat();
    expect(frameTimes(trace(frames)).work).toBe(40);
  });

  it('refuses what is no trace', () => {
    expect(() => frameTimes('{}')).toThrow('traceEvents');
  });
});
