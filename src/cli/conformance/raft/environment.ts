/** The world of interaction scripts: nodes, one queue of messages between them, and one output with a level. */

import { nodeId } from '#kernel/brand.ts';
import { createPrng } from '#kernel/prng.ts';
import { logLine } from '#raft/log-text.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import type { Message, MsgStorageAppend, MsgStorageApply } from '#raft/message.ts';
import { RawNode } from '#raft/raw-node.ts';
import type { RaftConfig } from '#raft/start.ts';
import { EMPTY_SNAPSHOT, type Snapshot } from '#raft/state.ts';
import type { Storage } from '#raft/storage.ts';
import { ScriptError, type Directive } from '#cli/conformance/raft/script.ts';

export const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const;
export type Level = (typeof LEVELS)[number];

export interface ScriptNode {
  readonly raw: RawNode;
  readonly storage: MemoryStorage;
  readonly appendWork: MsgStorageAppend[];
  readonly applyWork: MsgStorageApply[];
  /** A snapshot for every entry that was applied; the last one is what the node would send. */
  readonly history: Snapshot[];
}

/** What nodes are started with, besides what the environment gives. */
export type NodeOptions = Partial<Omit<RaftConfig, 'id' | 'storage' | 'prng' | 'onEvent'>>;

/** What a command gives back: nothing, or the text of an error that scripts may expect. */
export type Outcome = string | undefined;
/** One command of the language. What it prints goes to the environment. */
export type Command = (env: Environment, directive: Directive) => Outcome;

export class Environment {
  readonly nodes: ScriptNode[] = [];
  messages: Message[] = [];
  level: Level = 'DEBUG';
  #output = '';

  /** Appends text to the output, unless the level forbids all. */
  write(text: string): void {
    if (this.level !== 'NONE') this.#output += text;
  }

  #log(level: Level, text: string): void {
    if (LEVELS.indexOf(this.level) <= LEVELS.indexOf(level)) this.write(`${level} ${text}\n`);
  }

  /** Runs something with its output indented by two spaces. */
  indented(run: () => void): void {
    const outer = this.#output;
    this.#output = '';
    run();
    const inner = this.#output;
    const lines = inner.endsWith('\n') ? inner.slice(0, -1).split('\n') : inner === '' ? [] : inner.split('\n');
    this.#output = outer + lines.map((line) => `  ${line}\n`).join('');
  }

  /** Takes what was written. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  /** The node with this number, from 1. */
  node(id: number): ScriptNode {
    const node = this.nodes[id - 1];
    if (node === undefined) throw new ScriptError(`there is no node ${id}`);
    return node;
  }

  /** All numbers of nodes. */
  ids(): number[] {
    return this.nodes.map((_, i) => i + 1);
  }

  /** Adds a node that begins with a snapshot, or with nothing for the empty one. */
  addNode(options: NodeOptions, snapshot: Snapshot): void {
    const id = nodeId(BigInt(this.nodes.length + 1));
    const storage = new MemoryStorage();
    const history = [snapshot];
    if (snapshot !== EMPTY_SNAPSHOT) storage.applySnapshot(snapshot);
    const raw = RawNode.start({
      electionTicks: 3,
      heartbeatTicks: 1,
      ...options,
      applied: snapshot.index,
      id,
      storage: withHistory(storage, history),
      prng: createPrng(1, `election/${id}`),
      onEvent: (event) => {
        const line = logLine(event, id);
        if (line !== undefined) this.#log(line.level, line.text);
      },
    });
    this.nodes.push({ raw, storage, appendWork: [], applyWork: [], history });
  }
}

/** The storage, but with the snapshot of the last applied entry. */
function withHistory(storage: MemoryStorage, history: readonly Snapshot[]): Storage {
  return {
    initialState: () => storage.initialState(),
    entries: (lo, hi, sizeMax) => storage.entries(lo, hi, sizeMax),
    term: (index) => storage.term(index),
    firstIndex: () => storage.firstIndex(),
    lastIndex: () => storage.lastIndex(),
    snapshot: () => history.at(-1),
  };
}
