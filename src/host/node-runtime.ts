/**
 * One member inside its worker: takes requests one at a time, in order, and answers each. The member and its disk are a {@link MemberKind}'s, so that
 * the same code runs over OPFS in a worker and over memory in a test.
 */

import { assert, present, unreachable } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { digestOutputs } from '#host/output-digest.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import type { MemberOp } from '#sim/node-host.ts';
import type { DiskContent, NodeReply, NodeRequest, NodeStorage, SentBlock, SentCheckpoint } from '#host/node-message.ts';
import { performWork, type MemberCheckpoint, type SyncNodeHost } from '#sim/node-host.ts';

/** A host of one member whose disk is open. */
export interface OpenedNode {
  readonly host: SyncNodeHost;
  /** Where its disk lies; undefined: in memory only. */
  readonly files: SlotFiles | undefined;
}

/** Opens the member's disk. Rejects with a text for the user if it cannot be opened. */
export type OpenNode = (actor: number, storage: NodeStorage, content: DiskContent) => Promise<OpenedNode>;

/** Mutable; owned by the worker. */
export class NodeRuntime {
  readonly #openNode: OpenNode;
  #actor = 0;
  #node: OpenedNode | undefined;
  /** Blocks of the checkpoint that was sent last, with their places in it. */
  #sent: ReadonlyMap<Bytes, number> = new Map();

  constructor(openNode: OpenNode) {
    this.#openNode = openNode;
  }

  /** Handles one request; the next must wait for the answer. Never rejects. */
  async handle(request: NodeRequest): Promise<NodeReply> {
    try {
      if (request.type === 'follow') return await this.#follow(request.works);
      const reply = request.type === 'open' ? await this.#open(request) : this.#answer(request);
      if (this.#node?.files?.low === true) await this.#node.files.reserve();
      return reply;
    } catch (error) {
      return { type: 'failed', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }

  async #open(request: Extract<NodeRequest, { readonly type: 'open' }>): Promise<NodeReply> {
    assert(this.#node === undefined, 'a worker is opened once');
    this.#actor = request.actor;
    this.#node = await this.#openNode(request.actor, request.storage, request.content);
    return { type: 'done' };
  }

  /** Does what a twin has done, and writes and flushes its files when all is done. Slots that a step used up are replaced before the next. */
  async #follow(works: readonly (readonly MemberOp[])[]): Promise<NodeReply> {
    const { host, files } = present(this.#node, 'an opened disk');
    let [digest, halt] = [0, ''];
    files?.gather();
    try {
      for (const ops of works) {
        const { outputs } = performWork(host, { actor: this.#actor, ops });
        digest = digestOutputs(outputs, digest);
        halt = outputs.at(-1)?.halt?.message ?? halt;
        if (files?.low === true) await files.reserve();
      }
    } finally {
      files?.release();
    }
    return { type: 'followed', digest, halt };
  }

  /** Blocks that the conductor has are not sent again. */
  #shorten(checkpoint: MemberCheckpoint): SentCheckpoint {
    const before = this.#sent;
    const { stateBlocks, diskBlocks } = checkpoint;
    this.#sent = new Map([...stateBlocks, ...diskBlocks].map((block, i) => [block, i]));
    const short = (blocks: readonly Bytes[]): readonly SentBlock[] => blocks.map((block) => before.get(block) ?? block);
    return { ...checkpoint, stateBlocks: short(stateBlocks), diskBlocks: short(diskBlocks) };
  }

  #answer(request: Exclude<NodeRequest, { readonly type: 'open' | 'follow' }>): NodeReply {
    const node = present(this.#node, 'an opened disk');
    switch (request.type) {
      case 'perform':
        return { type: 'performed', outputs: performWork(node.host, { actor: this.#actor, ops: request.ops }).outputs };
      case 'inspect':
        return { type: 'answer', answer: node.host.inspect(this.#actor, request.question) };
      case 'checkpoint':
        return { type: 'checkpoint', checkpoint: this.#shorten(node.host.checkpoint(this.#actor)) };
      case 'restore':
        node.host.restore(request.checkpoint, request.how);
        return { type: 'done' };
      case 'close': {
        const image: Bytes = node.host.diskImage(this.#actor);
        node.files?.close();
        this.#node = undefined;
        return { type: 'closed', image };
      }
      default:
        return unreachable(request, 'node request');
    }
  }
}
