/** A replay that is not the run that was played is found out. */
import { describe, expect, it } from 'vitest';
import { ChunkPool } from '#host/chunk-pool.ts';
import { Past } from '#host/past.ts';
import { proveGap, replayTo, type Replay } from '#host/replica.ts';
import { TraceMarks } from '#host/trace-marks.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';

const SECOND = 1_000_000;
const put = (at: number, value: string): TimedCommand => ({
  at,
  command: { type: 'start', process: `p${at}`, client: 'you', argv: ['etcdctl', 'put', 'a', value], env: {}, stdin: undefined, columns: 0 },
});
const ENVIRONMENT = {
  now: () => 0,
  after: () => () => undefined,
  programs: PROGRAMS,
  memberKind: ETCD_KIND,
};

/** A run of 18 s with checkpoints, and what a replay of it is told. */
async function played() {
  const told: string[] = [];
  const past = Past.begin(new ChunkPool());
  const replay: Replay = {
    environment: ENVIRONMENT,
    spec: { ...newRunSpec(4, defaultRunOptions()), commands: [put(4 * SECOND, '1'), put(10 * SECOND, '2')] },
    past,
    known: undefined,
    isStale: () => false,
    onDiffers: (detail) => told.push(detail),
  };
  // As the present run does it: its trace is marked as it is played.
  const half = await replayTo(3 * SECOND, replay);
  if (half !== undefined) past.marks.note(half.played, () => half.world.traceHash().hash);
  const marked = await replayTo(11 * SECOND, { ...replay, known: half });
  if (marked !== undefined) past.marks.note(marked.played, () => marked.world.traceHash().hash);
  await replayTo(18 * SECOND, { ...replay, known: marked });
  return { replay, past, told };
}
const other = (replay: Replay): Replay => ({
  ...replay,
  spec: { ...replay.spec, commands: [put(4 * SECOND, '1'), put(10 * SECOND, '3')] },
});

describe('a replay', () => {
  it('of the run as it was differs nowhere', async () => {
    const { replay, past, told } = await played();
    expect(past.times.length).toBeGreaterThanOrEqual(2);
    const gap = past.takeUnproved(past.times[0] ?? 0);
    expect(gap).toEqual({ from: past.times[0], to: past.times[1] });
    if (gap !== undefined) await proveGap(gap, replay);
    await replayTo(13 * SECOND, replay);
    await replayTo(7 * SECOND, replay);
    expect(told).toEqual([]);
    expect(past.takeUnproved(past.times[0] ?? 0)).toBeUndefined();
  });

  it('that has another trace where it was marked is told of', async () => {
    const { replay, past, told } = await played();
    const mark = past.marks.after(10 * SECOND);
    await replayTo(mark?.at ?? 0, other(replay)); // no checkpoint lies between the put and the mark
    expect(told).toEqual([expect.stringContaining(`up to ${mark?.at} µs`)]);
  });

  it('that leads to other members than the next checkpoint has is told of', async () => {
    const { replay, past, told } = await played();
    const gap = past.takeUnproved(past.times.findLast((time) => time < 10 * SECOND) ?? 0);
    if (gap !== undefined) await proveGap(gap, other(replay));
    expect(told.filter((detail) => detail.endsWith('is not what was recorded of it'))).toHaveLength(3);
  });
});

describe('marks of a trace', () => {
  it('lie an interval apart, are forked with their branch, and are bounded: the older half grows sparse', () => {
    const marks = new TraceMarks();
    for (let at = 0; at < 20_000 * SECOND; at += SECOND / 10) marks.note(at, () => `${at}`);
    const all: number[] = [];
    for (let mark = marks.after(-1); mark !== undefined; mark = marks.after(mark.at)) all.push(mark.at);
    expect(all.length).toBeLessThanOrEqual(4096);
    expect(all[0]).toBe(0);
    expect((all.at(-1) ?? 0) - (all.at(-2) ?? 0)).toBe(300_000);
    expect(marks.fork(SECOND).after(SECOND)).toBeUndefined();
    marks.note(5, () => 'earlier than the last');
    expect(marks.after(4)?.hash).not.toBe('earlier than the last');
  });

  it('are missed by a run that is another there, or that has no such instant', () => {
    const marks = new TraceMarks([{ at: SECOND, hash: 'a' }]);
    expect(marks.missed(-1, SECOND - 1, () => 'b')).toBeUndefined();
    expect(marks.missed(5, SECOND, () => 'a')).toBeUndefined();
    expect(marks.missed(5, SECOND, () => 'b')?.at).toBe(SECOND);
    expect(marks.missed(5, SECOND + 1, () => 'a')?.at).toBe(SECOND);
    expect(marks.missed(SECOND, SECOND + 1, () => 'b')).toBeUndefined();
  });
});
