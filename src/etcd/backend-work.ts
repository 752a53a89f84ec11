/**
 * The backend as something that takes time (mvcc/backend): while a commit is on its way to the disk, or the file is being defragmented, etcd
 * holds the locks of the backend, so that nothing is applied and nothing read. Raft goes on meanwhile: a slow backend makes slow answers,
 * not elections.
 */

import { simTime, type SimTime } from '#kernel/brand.ts';
import type { CallId } from '#etcd/contract.ts';

export type BackendWork =
  | { readonly type: 'idle' }
  /** The disk operation `op` is under way since then. */
  | { readonly type: 'committing'; readonly op: number; readonly since: SimTime }
  | { readonly type: 'defragmenting'; readonly call: CallId; readonly since: SimTime; readonly doneAt: SimTime };

export const IDLE: BackendWork = { type: 'idle' };

/** Rewriting the file takes so long for each MiB in use, µs: about what bolt does on a good disk. */
const DEFRAGMENT_MICROS_PER_MIB = 20_000;
/** Opening, renaming and syncing the new file, µs. */
const DEFRAGMENT_MICROS_MIN = 5000;

/** When a defragmentation that begins now will be over. @param bytes in use */
export const defragmentedAt = (now: SimTime, bytes: number): SimTime =>
  simTime(now + DEFRAGMENT_MICROS_MIN + Math.round((DEFRAGMENT_MICROS_PER_MIB * bytes) / 2 ** 20));
