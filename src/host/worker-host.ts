/**
 * Members in workers (DESIGN §3): the asynchronous {@link NodeHost}. All work of one instant travels to a member's worker in one message.
 *
 * A kill ends at a step boundary: the worker finishes what it does, applies what becomes of the disk, lets go of its files and answers; only then is it
 * terminated, because a terminated worker may hold its files for up to two seconds. A worker that dies by itself fails what it was asked, and is not used
 * again (ahead-host.ts says what becomes of its member); its files are opened again when they are free.
 */

import { assert, present } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { Inspection, StepOutput } from '#etcd/contract.ts';
import { NodeClient, NodeError, type After, type WorkerPort } from '#host/node-client.ts';
import type { DiskContent, NodeReply, NodeStorage, SentBlock } from '#host/node-message.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import type { DiskFate, MemberCheckpoint, MemberOp, MemberResult, MemberWork, NodeHost, RestoreInfo } from '#sim/node-host.ts';

export interface WorkerHostSetup {
  /** Makes a member's worker. */
  readonly spawn: () => WorkerPort;
  readonly after: After;
  /** Where a member's files lie. */
  readonly storageOf: (actor: number) => NodeStorage;
  /** Of members up to this number the first disk is what lies there, of all others it is empty. */
  readonly asIsTo: number;
  /** Hears of every worker that died by itself. */
  readonly onWorkerLost?: (actor: number, message: string) => void;
}

/** Work that a member's twin in this thread has done, and what came out of it as one word (output-digest.ts). */
export interface DoneWork {
  readonly works: readonly (readonly MemberOp[])[];
  readonly digest: number;
}

interface Place {
  client: NodeClient | undefined;
  /** What its next worker finds. */
  content: DiskContent;
  /** Why its last worker was lost. */
  lost: string | undefined;
  /** It was killed while it followed, and its worker is still there. */
  isDead: boolean;
}

/** Mutable; owned by the conductor. */
export class WorkerHost implements NodeHost {
  readonly #setup: WorkerHostSetup;
  readonly #places = new Map<number, Place>();
  /** Blocks of the checkpoint that each worker sent last. */
  readonly #blocks = new WeakMap<NodeClient, readonly Bytes[]>();

  constructor(setup: WorkerHostSetup) {
    this.#setup = setup;
  }

  async perform(work: MemberWork): Promise<MemberResult> {
    const outputs: StepOutput[] = [];
    try {
      let rest = work.ops;
      for (let at = rest.findIndex((op) => op.type === 'kill'); at !== -1; at = rest.findIndex((op) => op.type === 'kill')) {
        await this.#run(work.actor, rest.slice(0, at), outputs);
        const kill = rest[at];
        if (kill?.type === 'kill') await this.#kill(work.actor, kill.disk);
        rest = rest.slice(at + 1);
      }
      await this.#run(work.actor, rest, outputs);
      return { actor: work.actor, outputs };
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      this.lose(work.actor, error.message);
      return { actor: work.actor, outputs, failed: error.message };
    }
  }

  /**
   * Has a member's worker do what its twin has done. It may be asked again before it has answered. A member that is killed on the way and started again goes on in
   * the same worker.
   * @returns why the member's worker was lost: it died, or the member did not do the same there; nothing more is done until {@link WorkerHost.leave}
   */
  async follow(actor: number, { works, digest }: DoneWork): Promise<string | undefined> {
    const place = this.#place(actor);
    if (place.lost !== undefined) return place.lost;
    let { client } = place;
    try {
      client ??= await this.#client(actor);
      const reply = expectReply(await client.request({ type: 'follow', works }), 'followed');
      if (reply.digest !== digest)
        throw new NodeError(`its worker did not come to where the world stands${reply.halt && `: ${reply.halt}`}`);
      place.isDead = works.at(-1)?.at(-1)?.type === 'kill';
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      if (place.lost === undefined) this.lose(actor, error.message);
    }
    return place.lost;
  }

  /** Ends the workers of members that were killed while they followed. */
  async endDead(): Promise<void> {
    const dead = [...this.#places].filter(([, place]) => place.isDead && place.client !== undefined);
    await Promise.all(dead.map(([actor]) => this.#end(actor)));
  }

  async inspect(actor: number, question: Inspection): Promise<Plain> {
    const client = this.#places.get(actor)?.client;
    if (client === undefined) return undefined;
    return expectReply(await client.request({ type: 'inspect', question }), 'answer').answer;
  }

  async checkpoint(actor: number): Promise<MemberCheckpoint> {
    const { client: running, content } = this.#place(actor);
    if (running === undefined && content.type === 'write') {
      const diskBlocks: Bytes[] = [];
      return { actor, state: undefined, disk: MemoryDisk.restore(content.image).save(diskBlocks), stateBlocks: [], diskBlocks };
    }
    const client = await this.#client(actor);
    const { checkpoint } = expectReply(await client.request({ type: 'checkpoint' }), 'checkpoint');
    const before = this.#blocks.get(client) ?? [];
    const whole = (blocks: readonly SentBlock[]): readonly Bytes[] =>
      blocks.map((block) => (typeof block === 'number' ? present(before[block], () => `block ${block} of the checkpoint before`) : block));
    const full = { ...checkpoint, stateBlocks: whole(checkpoint.stateBlocks), diskBlocks: whole(checkpoint.diskBlocks) };
    this.#blocks.set(client, [...full.stateBlocks, ...full.diskBlocks]);
    return full;
  }

  async restore(checkpoint: MemberCheckpoint, how: RestoreInfo): Promise<void> {
    const client = await this.#client(checkpoint.actor);
    await client.request({ type: 'restore', checkpoint, how }); // its files are written now: a reload may come at any moment
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#places.keys()].map((actor) => this.#end(actor)));
    this.#places.clear();
  }

  /** The image of what lies on a member's disk; the member must not run. */
  async diskImage(actor: number): Promise<Bytes> {
    const { disk, diskBlocks } = await this.checkpoint(actor);
    return MemoryDisk.restore(disk, diskBlocks).save();
  }

  async #run(actor: number, ops: readonly MemberOp[], outputs: StepOutput[]): Promise<void> {
    if (ops.length === 0) return;
    const client = this.#places.get(actor)?.client ?? (await this.#client(actor)); // no needless await on the hot path
    outputs.push(...expectReply(await client.request({ type: 'perform', ops }), 'performed').outputs);
  }

  async #kill(actor: number, fate: DiskFate): Promise<void> {
    const place = this.#place(actor);
    if (place.client === undefined && fate.type === 'keep') return;
    await (await this.#client(actor)).request({ type: 'perform', ops: [{ type: 'kill', disk: fate }] });
    await this.#end(actor);
  }

  /** A member that was lost leaves this disk, whatever lies there: it is written now if that is possible, otherwise when its next worker begins. */
  async leave(actor: number, image: Bytes): Promise<void> {
    const place = this.#place(actor);
    assert(place.client === undefined, () => `member ${actor} is left a disk while it has a worker`);
    place.content = { type: 'write', image };
    place.lost = undefined;
    if (this.#setup.storageOf(actor).type === 'memory') return;
    try {
      await this.#client(actor);
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      return;
    }
    await this.#end(actor);
  }

  /** Lets a member's worker go, after it has let go of its files. */
  async #end(actor: number): Promise<void> {
    const place = this.#place(actor);
    const { client } = place;
    if (client === undefined) return;
    place.client = undefined;
    try {
      const { image } = expectReply(await client.request({ type: 'close' }), 'closed');
      place.content = this.#setup.storageOf(actor).type === 'opfs' ? { type: 'as-is' } : { type: 'write', image };
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
    }
    client.terminate();
  }

  /** A worker that failed is not used again; what lies in its files is the member's disk. */
  lose(actor: number, message: string): void {
    const place = this.#place(actor);
    place.client?.terminate();
    place.client = undefined;
    place.lost = message;
    this.#setup.onWorkerLost?.(actor, message);
  }

  /** The member's worker, made and opened when it is needed. */
  async #client(actor: number): Promise<NodeClient> {
    const place = this.#place(actor);
    if (place.client !== undefined) return place.client;
    const client = new NodeClient(this.#setup.spawn(), this.#setup.after);
    place.client = client;
    place.lost = undefined;
    place.isDead = false;
    try {
      await client.request({ type: 'open', actor, storage: this.#setup.storageOf(actor), content: place.content });
    } catch (error) {
      place.client = undefined;
      client.terminate();
      throw error;
    }
    place.content = { type: 'as-is' };
    return client;
  }

  #place(actor: number): Place {
    const known = this.#places.get(actor);
    if (known !== undefined) return known;
    const place: Place = {
      client: undefined,
      content: { type: actor <= this.#setup.asIsTo ? 'as-is' : 'empty' },
      lost: undefined,
      isDead: false,
    };
    this.#places.set(actor, place);
    return place;
  }
}

function expectReply<T extends NodeReply['type']>(reply: NodeReply, type: T): Extract<NodeReply, { readonly type: T }> {
  assert(reply.type === type, () => `a worker answered ${reply.type} instead of ${type}`);
  return reply as Extract<NodeReply, { readonly type: T }>; // asserted just above
}
