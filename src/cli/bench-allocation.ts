/**
 * What a piece of code allocates on the JavaScript heap. Node has no counter of allocations, so the growth of the heap is read over a few
 * calls right after a collection: too few for the young generation (1 MiB at first) to be collected in between.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Growth per sample that should not be exceeded: a quarter of the smallest young generation. */
export const SAMPLE_BYTES_MAX = 256 * 1024;
const SAMPLES = 15;

function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('this Node cannot be asked to collect garbage');
  return gc as () => void; // V8's own function; nothing describes it
}

/** Growth of the heap over `calls` calls, after a collection. */
function growthOf(gc: () => void, calls: number, run: () => void): number {
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < calls; i++) run();
  return process.memoryUsage().heapUsed - before;
}

/**
 * Bytes that a call of `run` allocates, sampled several times. What an empty loop seems to allocate is taken off.
 * @param calls calls in one sample: as many as stay below {@link SAMPLE_BYTES_MAX}
 * @throws Error if every sample was cut by a collection
 */
export function allocatedBytes(calls: number, run: () => void): number[] {
  const gc = exposedGc();
  const idle = Math.min(...Array.from({ length: SAMPLES }, () => growthOf(gc, calls, () => {})).filter((bytes) => bytes >= 0));
  const samples = Array.from({ length: SAMPLES }, () => growthOf(gc, calls, run)).filter((bytes) => bytes >= 0);
  if (samples.length === 0) throw new Error('the heap shrank in every sample: fewer calls are needed');
  return samples.map((bytes) => Math.max(0, bytes - idle) / calls);
}
