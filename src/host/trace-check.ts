/** Whether a run that was given away still has the trace that it had: it is replayed without anybody looking, and hashed. */

import { ChunkPool } from '#host/chunk-pool.ts';
import { HeadlessRun, type HeadlessSetup } from '#host/headless-run.ts';
import { Past } from '#host/past.ts';
import type { RunSpec } from '#sim/run-spec.ts';

/** Hash of the trace of all instants up to and with `at` (virtual µs), in hex; undefined if it got stale on the way. */
export async function traceHashAt(
  at: number,
  spec: RunSpec,
  how: Pick<HeadlessSetup, 'environment' | 'isStale'>,
): Promise<string | undefined> {
  const run = new HeadlessRun(at, { ...how, spec, past: Past.begin(new ChunkPool()) });
  return (await run.playTo(at)) ? run.world.traceHash().hash : undefined;
}
