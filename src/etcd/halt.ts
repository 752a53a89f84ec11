/** Why a member stops by itself, and what its log says last, in etcd's words. */

import { AssertionError } from '#kernel/assert.ts';
import { DecodeError } from '#kernel/codec.ts';
import { DiskError } from '#wal/disk.ts';
import type { Halt } from '#etcd/contract.ts';
import { CrashPointReached } from '#etcd/crash-points.ts';
import type { LogLineName } from '#etcd/log-lines.ts';
import type { Outbox } from '#etcd/outbox.ts';
import { StartError } from '#etcd/start-checks.ts';

/** How the text of an assertion begins that was made to fail (`play crash`): no defect. */
export const FORCED_FAILURE = 'forced by play crash';

/** @throws the error itself if it is no reason for a member to stop but a defect of the host */
export function haltOf(error: unknown, out: Outbox): Halt {
  const cause = out.lastRaft ?? out.cause;
  // A process that is killed says nothing more.
  if (error instanceof CrashPointReached) return { type: 'crash-point', message: error.message, event: cause };
  if (error instanceof AssertionError)
    return { type: 'assertion', message: error.message, event: out.log('panic', {}, cause, error.message) };
  if (error instanceof DiskError)
    return { type: 'disk', message: error.message, event: out.log(lineOf(error), { error: error.message }, cause) };
  if (!(error instanceof StartError) && !(error instanceof DecodeError)) throw error;
  const { message } = error;
  // The words of etcd's command for any failure of the server.
  out.log('failed-to-start', { error: message }, cause);
  return { type: 'start', message, event: out.log('start-failed', { error: message }, cause) };
}

/** Which of etcd's fatal lines a failed operation of the disk ends in. */
function lineOf({ file }: DiskError): LogLineName {
  if (file === '') return 'commit-failed';
  return file.includes('snap/') ? 'save-snapshot-failed' : 'save-failed';
}
