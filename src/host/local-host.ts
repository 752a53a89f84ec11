/** Members in this thread behind the face of those that answer later: for a run that is looked at, and touches neither workers nor files. */

import type { Inspection } from '#etcd/contract.ts';
import type { Plain } from '#kernel/plain.ts';
import {
  performWork,
  type MemberCheckpoint,
  type MemberResult,
  type MemberWork,
  type NodeHost,
  type RestoreInfo,
  type SyncNodeHost,
} from '#sim/node-host.ts';

/** Mutable; as long as the run that it carries. */
export class LocalHost implements NodeHost {
  readonly #members: SyncNodeHost;

  constructor(members: SyncNodeHost) {
    this.#members = members;
  }

  perform(work: MemberWork): Promise<MemberResult> {
    return Promise.resolve(performWork(this.#members, work));
  }

  inspect(actor: number, question: Inspection): Promise<Plain> {
    return Promise.resolve(this.#members.inspect(actor, question));
  }

  checkpoint(actor: number): Promise<MemberCheckpoint> {
    return Promise.resolve(this.#members.checkpoint(actor));
  }

  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void> {
    this.#members.restore(checkpoint, how);
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.#members.dispose();
    return Promise.resolve();
  }
}
