/** Whether a run that was given away still has the trace that it had: it is replayed without anybody looking, and hashed. */

import { ChunkPool } from '#host/chunk-pool.ts';
import { HeadlessRun, type HeadlessSetup } from '#host/headless-run.ts';
import { Past } from '#host/past.ts';
import type { GivenRun } from '#host/share.ts';
import { ENGINE_VERSION, type RunSpec } from '#sim/run-spec.ts';
import type { Notice } from '#view/conductor.ts';

/** Hash of the trace of all instants up to and with `at` (virtual µs), in hex; undefined if it got stale on the way. */
export async function traceHashAt(
  at: number,
  spec: RunSpec,
  how: Pick<HeadlessSetup, 'environment' | 'isStale'>,
): Promise<string | undefined> {
  const run = new HeadlessRun(at, { ...how, spec, past: Past.begin(new ChunkPool()) });
  return (await run.playTo(at)) ? run.world.traceHash().hash : undefined;
}

/**
 * Replays a run that was given away up to where it was then.
 * @returns what the page is told of it: that its trace is another, or that of a run of another engine it is the same; undefined if there is nothing to tell
 */
export async function compareGiven(
  { head, spec: { engine: made } }: GivenRun,
  spec: RunSpec,
  how: Pick<HeadlessSetup, 'environment' | 'isStale'>,
): Promise<Notice | undefined> {
  if (head === undefined) return undefined;
  const hash = await traceHashAt(head.at, spec, how).catch(() => 'failed');
  if (hash === undefined || how.isStale?.() === true) return undefined;
  const same = hash === head.trace;
  return same && made === ENGINE_VERSION ? undefined : { type: 'trace-compared', same, at: head.at, made };
}
