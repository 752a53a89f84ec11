/**
 * Members that run ahead of their workers (at the fastest pace). While it is on, each member is played by a twin in this thread, and its worker gets the work
 * of many instants in one message: a round trip and a write for each instant would take many times what the instant does. A member is a deterministic
 * function of what it is given (DESIGN §3), so its worker comes to the same state; that it did is checked each time by a digest of all that came out.
 *
 * Between {@link AheadHost.goAhead} and {@link AheadHost.bringAlong} the members' disks lag behind the world. Outside of that they do not, and whoever does
 * something with the members there does it in the workers: the twins, then of no use, are let go.
 *
 * A worker that dies, whose disk refuses, or that comes to another end is lost, at any time. No run can know of that, and each run is to come out the same
 * wherever it is played; so its member becomes an *orphan*: it goes on in this thread from where the worker should have been (the twin's state, or that of a
 * replay of the run), until whoever plays has recorded a command that ends it ({@link Ahead.takeOrphans}). What the orphan leaves is the member's disk.
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

/** A member as a replay of the run has it. */
export interface RecoveredMember {
  /** Undefined before the first instant: it has an empty disk. */
  readonly checkpoint: MemberCheckpoint | undefined;
  /** Undefined for a member that was never started. */
  readonly how: RestoreInfo | undefined;
}

/** Playing ahead, for the one who plays. */
export interface Ahead {
  /** The members' disks lag behind. */
  readonly isAhead: boolean;
  /** There is enough for the workers to begin with it. */
  readonly hasEnough: boolean;
  /** The workers are so far behind, or one of them was lost, that {@link Ahead.bringAlong} is due. */
  readonly isFar: boolean;
  /** Running members whose workers were lost, and why, since the last call: each is to be crashed by a command. */
  takeOrphans(): ReadonlyMap<number, string>;
  /** Says what a member was before the instant that is being played; undefined if nobody can. */
  recover: ((actor: number) => Promise<RecoveredMember | undefined>) | undefined;
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

const NONE: ReadonlyMap<number, string> = new Map();

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
  /** Members whose workers were lost while they ran ahead. */
  readonly #lost = new Map<number, string>();
  /** In this thread: what became of members whose workers were lost. */
  readonly #orphans = new Map<number, InProcessHost<MemberMachine, MemoryDisk>>();
  #untold: ReadonlyMap<number, string> = NONE;
  recover: Ahead['recover'];
  /** Members that failed here, of which it has. */
  readonly #failed = new Set<number>();

  readonly #onUnrecorded: ((actor: number, reason: string) => void) | undefined;

  /** @param onUnrecorded a worker was lost and the member cannot go on: the world has it as crashed, and no command of the run says so */
  constructor(workers: WorkerHost, kind: MemberKind<MemberMachine, MemoryDisk>, onUnrecorded?: (actor: number, reason: string) => void) {
    this.#workers = workers;
    this.#kind = kind;
    this.#onUnrecorded = onUnrecorded;
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

  takeOrphans(): ReadonlyMap<number, string> {
    const untold = this.#untold;
    this.#untold = NONE;
    return untold;
  }

  async goAhead(started: readonly StartedMember[]): Promise<void> {
    if (this.#orphans.size > 0) return;
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
    const orphan = this.#orphans.get(work.actor);
    if (orphan !== undefined) return this.#performOrphan(orphan, work);
    return this.#workers.perform(work).then(async (result) => {
      const adopted = result.failed === undefined ? undefined : await this.#adopt(work.actor, result.failed);
      return adopted === undefined ? result : this.#performOrphan(adopted, work);
    });
  }

  /** A worker was lost while nobody ran ahead: undefined if nothing can be done about it, and the member has crashed as far as the world knows. */
  async #adopt(actor: number, reason: string): Promise<InProcessHost<MemberMachine, MemoryDisk> | undefined> {
    const found = await this.recover?.(actor);
    if (found === undefined) {
      this.#onUnrecorded?.(actor, reason);
      return undefined;
    }
    const orphan = new InProcessHost(this.#kind);
    if (found.checkpoint !== undefined) orphan.restore(found.checkpoint, found.how);
    this.#keepOrphan(actor, orphan, reason);
    return orphan;
  }

  #keepOrphan(actor: number, orphan: InProcessHost<MemberMachine, MemoryDisk>, reason: string): void {
    this.#orphans.set(actor, orphan);
    this.#untold = new Map([...this.#untold, [actor, reason]]);
  }

  async #performOrphan(orphan: InProcessHost<MemberMachine, MemoryDisk>, work: MemberWork): Promise<MemberResult> {
    const result = performHere(orphan, work);
    if (result.failed !== undefined) this.#onUnrecorded?.(work.actor, result.failed); // it does so wherever the run is played
    if (orphan.machine(work.actor) === undefined || result.failed !== undefined) await this.#layDown(work.actor, orphan);
    return result;
  }

  /** An orphan has ended: its disk goes to where the member's disk lies, if that can be written. */
  async #layDown(actor: number, orphan: InProcessHost<MemberMachine, MemoryDisk>): Promise<void> {
    this.#orphans.delete(actor);
    await this.#workers.leave(actor, orphan.diskImage(actor));
  }

  #performHere(twins: InProcessHost<MemberMachine, MemoryDisk>, work: MemberWork): MemberResult {
    const { actor, ops } = work;
    const unsent = this.#unsent.get(actor) ?? { works: [], digest: 0 };
    this.#unsent.set(actor, unsent);
    unsent.works.push(ops);
    const size = sizeOf(ops);
    this.#unsentSize = sum(this.#unsentSize, size);
    this.#lag = sum(this.#lag, size);
    const result = performHere(twins, work);
    if (result.failed === undefined) unsent.digest = digestOutputs(result.outputs, unsent.digest);
    // What runs in the worker is the same and comes to the same end.
    else this.#failed.add(actor);
    return result;
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
    if (this.#lost.size === 0) return;
    const twins = this.#twins;
    for (const [actor, reason] of twins === undefined ? NONE : this.#lost) {
      // What the world knows of it is the twin; of one that has ended only the disk is left.
      if (twins === undefined) continue;
      if (this.#failed.has(actor)) this.#onUnrecorded?.(actor, reason);
      if (twins.machine(actor) === undefined || this.#failed.has(actor)) await this.#layDown(actor, twins);
      else this.#keepOrphan(actor, twins, reason);
    }
    this.#lost.clear();
    this.#failed.clear();
    this.rest();
  }

  rest(): void {
    if (!this.#isAhead) this.#twins = undefined;
  }

  inspect(actor: number, question: Inspection): Promise<Plain> {
    const here = this.#here(actor);
    return here === undefined ? this.#workers.inspect(actor, question) : Promise.resolve(here.inspect(actor, question));
  }

  async checkpoint(actor: number): Promise<MemberCheckpoint> {
    const here = this.#here(actor);
    if (here !== undefined) return here.checkpoint(actor);
    try {
      return await this.#workers.checkpoint(actor);
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      this.#workers.lose(actor, error.message);
      const adopted = await this.#adopt(actor, error.message);
      if (adopted === undefined) throw error;
      return adopted.checkpoint(actor);
    }
  }

  #here(actor: number): InProcessHost<MemberMachine, MemoryDisk> | undefined {
    return this.#orphans.get(actor) ?? this.#twins;
  }

  restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void> {
    this.rest();
    this.#orphans.delete(checkpoint.actor);
    this.#untold = new Map([...this.#untold].filter(([actor]) => actor !== checkpoint.actor));
    return this.#workers.restore(checkpoint, how);
  }

  async dispose(): Promise<void> {
    this.rest();
    this.#orphans.clear();
    await this.#workers.dispose();
  }

  /** The image of what lies on a member's disk; the member must not run. */
  async diskImage(actor: number): Promise<Bytes> {
    return this.#orphans.get(actor)?.diskImage(actor) ?? this.#workers.diskImage(actor);
  }
}

function performHere(host: InProcessHost<MemberMachine, MemoryDisk>, work: MemberWork): MemberResult {
  try {
    return performWork(host, work);
  } catch (error) {
    return { actor: work.actor, outputs: [], failed: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
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
