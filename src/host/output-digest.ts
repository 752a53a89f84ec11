/** What a member answered in a number of steps as one word, to be compared with what its twin in another thread answered to the same. */

import type { StepOutput } from '#etcd/contract.ts';
import { writeStepOutput } from '#host/step-codec.ts';
import { Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';

const scratch = new Writer(16 * 1024);

/** @param before the digest of what was answered before; 0 at the start */
export function digestOutputs(outputs: readonly StepOutput[], before: number): number {
  scratch.reset();
  scratch.varint(outputs.length);
  for (const output of outputs) writeStepOutput(scratch, output);
  return crc32c(scratch.view(), before);
}
