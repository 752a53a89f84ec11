/**
 * Members that run ahead of their workers (at the fastest pace). While it is on, each member is played by a twin in this thread, and its worker gets the work
 * of many instants in one message: a round trip and a write for each instant would take many times what the instant does. A member is a deterministic
 * function of what it is given (DESIGN §3), so its worker comes to the same state; that it did is checked each time by a digest of all that came out.
 *
 * Between {@link AheadHost.goAhead} and {@link AheadHost.bringAlong} the members' disks lag behind the world. Outside of that they do not, and whoever does
 * something with the members there does it in the workers: the twins, then of no use, are let go.
 *
 * A worker that dies, whose disk refuses, or that comes to another end is lost as at any other time (worker-host.ts): the world hears of it as a crash of the
 * member in the next instant. By then it may have heard the member say what never came to that disk; so its next worker finds the disk of the twin.
 */

import type { Inspection } from '#etcd/contract.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { NodeError } from '#host/node-client.ts';
import { digestOutputs } from '#host/output-digest.ts';
import type { WorkerHost } from '#host/worker-host.ts';
import { InProcessHost, type MemberKind, type MemberMachine } from '#sim/in-process-host.ts';
import {
  performWork,
  type MemberCheckpoint,
  type MemberOp,
  type MemberResult,
  type MemberWork,
  type NodeHost,
  type RestoreInfo,
} from '#sim/node-host.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

/** A member that was started, and what it is brought back with. */
export interface StartedMember {
  readonly actor: number;
  readonly how: RestoreInfo;
}

/** Playing ahead, for the one who plays. */
export interface Ahead {
  /** The members' disks lag behind. */
  readonly isAhead: boolean;
  /** There is enough for the workers to begin with it. */
  readonly hasEnough: boolean;
  /** The workers are so far behind, or one of them was lost, that {@link Ahead.bringAlong} is due. */
  readonly isFar: boolean;
  /** Of a member whose worker was lost the world has heard: a checkpoint would have all members. */
  readonly isWhole: boolean;
  /** From now on members run ahead, unless something is in the way. All members that were ever started must be named. */
  goAhead(started: readonly StartedMember[]): Promise<void>;
  /** Gives the workers what there is to do, without waiting. */
  sendOn(): void;
  /** Settles when every worker is where the world stands. Never rejects. */
  bringAlong(): Promise<void>;
  /** It will not go on soon: lets go of the twins. */
  rest(): void;
}

/** Operations of all members that are sent on together, and that workers lag behind at most. */
const ENOUGH_OPS = 512;
const FAR_OPS = 8 * ENOUGH_OPS;
/** The same in bytes of what they were given. */
const ENOUGH_BYTES = 1 << 20;
const FAR_BYTES = 8 * ENOUGH_BYTES;

/** What a worker has not been given yet. */
interface Unsent {
  readonly works: (readonly MemberOp[])[];
  digest: number;
}

/** Mutable; owned by the conductor. */
export class AheadHost implements NodeHost, Ahead {
  readonly #workers: WorkerHost;
  readonly #kind: MemberKind<MemberMachine, MemoryDisk>;
  #twins: InProcessHost<MemberMachine, MemoryDisk> | undefined;
  #isAhead = false;
  readonly #unsent = new Map<number, Unsent>();
  /** What the workers are doing. */
  #following: Promise<void>[] = [];
  #unsentSize: Size = NOTHING;
  #lag: Size = NOTHING;
  /** Members whose workers were lost, of which the world has not heard. */
  readonly #lost = new Map<number, string>();
  /** Members that failed here, of which it has. */
  readonly #failed = new Set<number>();

  constructor(workers: WorkerHost, kind: MemberKind<MemberMachine, MemoryDisk>) {
    this.#workers = workers;
    this.#kind = kind;
  }

  get isAhead(): boolean {
    return this.#isAhead;
  }

  get hasEnough(): boolean {
    return this.#unsentSize.ops >= ENOUGH_OPS || this.#unsentSize.bytes >= ENOUGH_BYTES;
  }

  get isFar(): boolean {
    return this.#lag.ops >= FAR_OPS || this.#lag.bytes >= FAR_BYTES || this.#lost.size > 0 || this.#failed.size > 0;
  }

  get isWhole(): boolean {
    return this.#lost.size === 0;
  }

  async goAhead(started: readonly StartedMember[]): Promise<void> {
    if (!this.isWhole) return;
    this.#twins ??= await this.#twinsOf(started);
    this.#isAhead = this.#twins !== undefined;
  }

  /** Undefined if a worker does not answer: the world hears of that when it has work. */
  async #twinsOf(started: readonly StartedMember[]): Promise<InProcessHost<MemberMachine, MemoryDisk> | undefined> {
    const twins = new InProcessHost(this.#kind);
    try {
      const checkpoints = await Promise.all(started.map(({ actor }) => this.#workers.checkpoint(actor)));
      for (const [i, { how }] of started.entries()) {
        const checkpoint = checkpoints[i];
        if (checkpoint !== undefined) twins.restore(checkpoint, how);
      }
      return twins;
    } catch (error) {
      if (error instanceof NodeError) return undefined;
      throw error;
    }
  }

  perform(work: MemberWork): Promise<MemberResult> {
    if (this.#isAhead && this.#twins !== undefined) return Promise.resolve(this.#performHere(this.#twins, work));
    this.rest();
    const failed = this.#lost.get(work.actor);
    this.#lost.delete(work.actor);
    // One that is killed now has ended anyway.
    if (failed === undefined || work.ops[0]?.type === 'kill') return this.#workers.perform(work);
    return Promise.resolve({ actor: work.actor, outputs: [], failed });
  }

  #performHere(twins: InProcessHost<MemberMachine, MemoryDisk>, work: MemberWork): MemberResult {
    const { actor, ops } = work;
    const unsent = this.#unsent.get(actor) ?? { works: [], digest: 0 };
    this.#unsent.set(actor, unsent);
    unsent.works.push(ops);
    const size = sizeOf(ops);
    this.#unsentSize = sum(this.#unsentSize, size);
    this.#lag = sum(this.#lag, size);
    try {
      const result = performWork(twins, work);
      unsent.digest = digestOutputs(result.outputs, unsent.digest);
      return result;
    } catch (error) {
      // What runs in the worker is the same and comes to the same end.
      this.#failed.add(actor);
      return { actor, outputs: [], failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }

  sendOn(): void {
    this.#unsentSize = NOTHING;
    for (const [actor, done] of this.#unsent) this.#following.push(this.#follow(actor, done));
    this.#unsent.clear();
  }

  async #follow(actor: number, done: Unsent): Promise<void> {
    const lost = await this.#workers.follow(actor, done);
    if (lost !== undefined) this.#lost.set(actor, lost);
  }

  async bringAlong(): Promise<void> {
    this.#isAhead = false;
    this.sendOn();
    await Promise.all(this.#following);
    this.#following = [];
    await this.#workers.endDead();
    this.#lag = NOTHING;
    if (this.isWhole) return;
    // What the world knows of its disk is what the twin has written.
    for (const actor of this.#lost.keys()) if (this.#twins !== undefined) this.#workers.leave(actor, this.#twins.diskImage(actor));
    for (const actor of this.#failed) this.#lost.delete(actor);
    this.#failed.clear();
    this.rest();
  }

  rest(): void {
    if (!this.#isAhead) this.#twins = undefined;
  }

  inspect(actor: number, question: Inspection): Promise<Plain> {
    const twins = this.#twins;
    return twins === undefined ? this.#workers.inspect(actor, question) : Promise.resolve(twins.inspect(actor, question));
  }

  checkpoint(actor: number): Promise<MemberCheckpoint> {
    const twins = this.#twins;
    return twins === undefined ? this.#workers.checkpoint(actor) : Promise.resolve(twins.checkpoint(actor));
  }

  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void> {
    this.rest();
    this.#lost.delete(checkpoint.actor);
    return this.#workers.restore(checkpoint, how);
  }

  async dispose(): Promise<void> {
    this.rest();
    await this.#workers.dispose();
  }

  /** The image of what lies on a member's disk; the member must not run. */
  diskImage(actor: number): Promise<Bytes> {
    return this.#workers.diskImage(actor);
  }
}

interface Size {
  readonly ops: number;
  readonly bytes: number;
}

const NOTHING: Size = { ops: 0, bytes: 0 };
const sum = (a: Size, b: Size): Size => ({ ops: a.ops + b.ops, bytes: a.bytes + b.bytes });

/** About how much it is: what messages and requests carry. */
function sizeOf(ops: readonly MemberOp[]): Size {
  let bytes = 0;
  for (const op of ops) {
    if (op.type === 'files') for (const file of op.files) bytes += file.bytes.length;
    if (op.type !== 'step') continue;
    for (const item of op.input.items) bytes += 'message' in item ? item.message.length : 'body' in item ? item.body.length : 0;
  }
  return { ops: ops.length, bytes };
}
