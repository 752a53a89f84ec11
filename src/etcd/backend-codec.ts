/** What waits for the backend, as bytes of a checkpoint. */

import { eventIdFromNumber, simTime } from '#kernel/brand.ts';
import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';
import { readMessage, writeMessage } from '#raft/message-codec.ts';
import { readEntry, readList, writeEntry, writeList } from '#raft/state-codec.ts';
import type { ApplyJob } from '#etcd/apply-queue.ts';
import { IDLE, type BackendWork } from '#etcd/backend-work.ts';

const TYPES = ['idle', 'committing', 'defragmenting'] as const;

export function writeBackendWork(w: Writer, work: BackendWork): void {
  w.u8(TYPES.indexOf(work.type));
  if (work.type === 'committing') w.varint(work.op).varint(work.since);
  else if (work.type === 'defragmenting') w.varint(work.call.client).varint(work.call.call).varint(work.since).varint(work.doneAt);
}

/** @throws DecodeError */
export function readBackendWork(r: Reader): BackendWork {
  const type = TYPES[r.u8()];
  switch (type) {
    case 'idle':
      return IDLE;
    case 'committing':
      return { type, op: r.varint(), since: simTime(r.varint()) };
    case 'defragmenting':
      return { type, call: { client: r.varint(), call: r.varint() }, since: simTime(r.varint()), doneAt: simTime(r.varint()) };
    default:
      throw new DecodeError('unknown work of the backend');
  }
}

export function writeApplyJob(w: Writer, { entries, responses, cause, since }: ApplyJob): void {
  writeList(w, entries, writeEntry);
  writeList(w, responses, writeMessage);
  w.varint(cause).varint(since);
}

/** @throws DecodeError */
export const readApplyJob = (r: Reader): ApplyJob => ({
  entries: readList(r, readEntry),
  responses: readList(r, readMessage),
  cause: eventIdFromNumber(r.varint()),
  since: simTime(r.varint()),
});
