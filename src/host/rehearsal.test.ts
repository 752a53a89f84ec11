import { describe, expect, it } from 'vitest';
import { ChunkPool } from '#host/chunk-pool.ts';
import { Past } from '#host/past.ts';
import { Rehearsal } from '#host/rehearsal.ts';
import type { StoredCheckpoint } from '#host/run-store.ts';

const SECOND = 1_000_000;
const EMPTY = new Uint8Array(0);

/** Only its time counts here. */
const checkpoint = (at: number): StoredCheckpoint => ({
  at,
  checkpoint: { world: EMPTY, members: [] },
  view: { bytes: EMPTY, blocks: [] },
});

/** Plays a run with a checkpoint every three virtual seconds. @param bytesOf of trace that a second makes @returns where ways were rehearsed from, in virtual seconds */
function rehearsed(rehearsal: Rehearsal, seconds: number, bytesOf: (second: number) => number): readonly number[] {
  const past = Past.begin(new ChunkPool());
  const froms: number[] = [];
  let traceBytes = 0;
  for (let second = 1; second <= seconds; second++) {
    traceBytes += bytesOf(second);
    if (second % 3 === 0) past.add(checkpoint(second * SECOND));
    const from = rehearsal.next({ played: second * SECOND, world: { traceBytes } }, past);
    if (from !== undefined) froms.push(from < 0 ? from : from / SECOND);
  }
  return froms;
}

describe('rehearsals', () => {
  it('are the first three ways of a calm run, once in a thread', () => {
    const rehearsal = new Rehearsal();
    expect(rehearsed(rehearsal, 3600, () => 5000)).toEqual([-1, 3, 6]);
    expect(rehearsed(rehearsal, 3600, () => 5000)).toEqual([]);
  });

  it('are ways of busy time too, whenever the trace has doubled', () => {
    const froms = rehearsed(new Rehearsal(), 600, (second) => (second < 100 ? 5000 : 36_000));
    expect(froms.slice(0, 3)).toEqual([-1, 3, 6]);
    // Busy from 99 s on: from there, and from where the trace has twice the bytes that it had at the end of the last one.
    expect(froms.slice(3)).toEqual([99, 117, 153, 225, 369]);
  });

  it('end, however long a run is busy', () => {
    expect(rehearsed(new Rehearsal(), 20_000, (second) => 20_000 * second).length).toBeLessThanOrEqual(13);
  });
});
