/**
 * The port between the world and whatever runs the members: in-process for tests, chaos and headless runs, workers in the page. The world
 * never calls a host; it hands out the work of one instant and takes the results, so it does not know whether they came at once or later.
 * One contract suite (node-host-contract.ts) holds for both.
 */

import type { Inspection, MemberConfig, StartInfo, StepInput, StepOutput } from '#etcd/contract.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { DiskDamage } from '#wal/disk-faults.ts';

/**
 * What becomes of a member's disk when its process ends. `keep`: the operating system lives on, every written byte stays.
 * `power-loss`: of what was not flushed only the first `keepBytes` bytes stay (a torn tail). `wipe`: all files are gone.
 */
export type DiskFate = { readonly type: 'keep' } | { readonly type: 'power-loss'; readonly keepBytes: number } | { readonly type: 'wipe' };

/** One thing to do with a member. `kill` holds for a member that does not run too (its disk may be wiped). */
export type MemberOp =
  | { readonly type: 'kill'; readonly disk: DiskFate }
  /** A data directory becomes just these files, durably; the member must not run. */
  | { readonly type: 'files'; readonly folder: string; readonly files: readonly { readonly name: string; readonly bytes: Bytes }[] }
  /** Its disk fails or heals, or is damaged; the member may run. */
  | { readonly type: 'disk'; readonly damage: DiskDamage }
  | { readonly type: 'start'; readonly config: MemberConfig; readonly info: StartInfo }
  | { readonly type: 'step'; readonly input: StepInput };

/** All work of one member in one instant, to be done in order. */
export interface MemberWork {
  /** The member's number, from 1. */
  readonly actor: number;
  readonly ops: readonly MemberOp[];
}

/**
 * One output for each `start` and `step` of the work, in order; fewer if one of them halted the member or `failed`, which says why the host
 * could not do it (a worker died, a disk could not be opened): the world treats that as a crash of the member.
 */
export interface MemberResult {
  readonly actor: number;
  readonly outputs: readonly StepOutput[];
  readonly failed?: string;
}

/** A member in a checkpoint. `state` is undefined for one that does not run. */
export interface MemberCheckpoint {
  readonly actor: number;
  readonly state: Bytes | undefined;
  /** The disk's image, with what is flushed and what is not. */
  readonly disk: Bytes;
  /** What state and disk left to blocks: most of the log, the store and the files. A host gives the same objects again in its later checkpoints. */
  readonly stateBlocks: readonly Bytes[];
  readonly diskBlocks: readonly Bytes[];
}

/** What a member is brought back with: its configuration and how it was started last. */
export interface RestoreInfo {
  readonly config: MemberConfig;
  readonly info: StartInfo;
}

/** Members that answer at once. */
export interface SyncNodeHost {
  /** Starts a member on its disk. The member must not run. */
  start(actor: number, config: MemberConfig, info: StartInfo): StepOutput;
  step(actor: number, input: StepInput): StepOutput;
  /** Ends the member, if it runs, between two steps. */
  kill(actor: number, disk: DiskFate): void;
  /** Makes a data directory hold just these files. The member must not run. */
  putFiles(actor: number, folder: string, files: readonly { readonly name: string; readonly bytes: Bytes }[]): void;
  /** Changes what is wrong with the member's disk. */
  damage(actor: number, damage: DiskDamage): void;
  /** Answers a question without changing anything; undefined if the member does not run. */
  inspect(actor: number, question: Inspection): Plain;
  /** The member as it is, to be restored in this or another host. */
  checkpoint(actor: number): MemberCheckpoint;
  /** Puts a member and its disk where a checkpoint was; without `state` only the disk. */
  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): void;
  /** The whole image of a member's disk. */
  diskImage(actor: number): Bytes;
  /** Ends everything and lets go of all resources. */
  dispose(): void;
}

/** Members that answer later; every call settles, also when the member's worker dies (it then rejects). */
export interface NodeHost {
  /** The work of one instant for one member, in one message. Never rejects: a failure is in the result. */
  perform(work: MemberWork): Promise<MemberResult>;
  inspect(actor: number, question: Inspection): Promise<Plain>;
  checkpoint(actor: number): Promise<MemberCheckpoint>;
  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void>;
  dispose(): Promise<void>;
}

/** Does the work of one instant for one member at once. */
export function performWork(host: SyncNodeHost, work: MemberWork): MemberResult {
  const outputs: StepOutput[] = [];
  for (const op of work.ops) {
    switch (op.type) {
      case 'kill':
        host.kill(work.actor, op.disk);
        break;
      case 'files':
        host.putFiles(work.actor, op.folder, op.files);
        break;
      case 'disk':
        host.damage(work.actor, op.damage);
        break;
      case 'start':
        outputs.push(host.start(work.actor, op.config, op.info));
        break;
      case 'step':
        outputs.push(host.step(work.actor, op.input));
        break;
    }
    if (outputs.at(-1)?.halt !== undefined) break;
  }
  return { actor: work.actor, outputs };
}
