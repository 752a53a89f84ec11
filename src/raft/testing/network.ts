/**
 * A few nodes in one process for tests: whole Readys, messages delivered in order, faults by a filter. Deterministic.
 * After every step the invariants of {@link checkInvariants} can be looked at.
 */

import { assert, present } from '#kernel/assert.ts';
import { logIndex, nodeId, term, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { restoreState, saveState } from '#raft/checkpoint.ts';
import { decodeConfChange } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import { NO_LIMIT } from '#raft/entry.ts';
import type { RaftEvent } from '#raft/event.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { isStorageThread, type Message, type MsgStorageAppend, type MsgStorageApply } from '#raft/message.ts';
import { RawNode } from '#raft/raw-node.ts';
import { InvariantChecker } from '#raft/testing/invariants.ts';
import type { RaftConfig } from '#raft/start.ts';
import type { ConfState, ReadState, Snapshot } from '#raft/state.ts';

/** The id of a number. */
export const id = (n: number): NodeId => nodeId(BigInt(n));

/** What nodes are started with, besides what the network gives. */
export type NetworkOptions = Partial<Omit<RaftConfig, 'id' | 'storage' | 'prng' | 'onEvent'>> & {
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  /** Nodes start behind a snapshot of this index (term 1). By default 1. */
  readonly index?: number;
  readonly seed?: number;
};

export interface Peer {
  readonly id: NodeId;
  node: RawNode;
  storage: MemoryStorage;
  readonly events: RaftEvent[];
  /** Data of applied normal entries, in order, without empty ones. */
  readonly applied: string[];
  appliedEntries: Entry[];
  readonly reads: ReadState[];
  confState: ConfState;
  readonly appendWork: MsgStorageAppend[];
  readonly applyWork: MsgStorageApply[];
  isDown: boolean;
}

/** Readys and deliveries of one {@link Network.settle} before it is taken for endless. */
const STEPS_MAX = 20_000;

export class Network {
  readonly peers = new Map<NodeId, Peer>();
  queue: Message[] = [];
  /** Messages for which this says false are lost. */
  filter: (message: Message) => boolean = () => true;
  /** What single nodes are started with from their next start on, over what all are: a cluster on its way to other settings. */
  readonly ownOptions = new Map<number, Partial<Omit<RaftConfig, 'id' | 'storage' | 'prng' | 'onEvent'>>>();
  /** Breaks the contract on purpose: followers answer before their write. */
  sendsBeforeSaving = false;
  /** Called after every Ready and every delivery; by default looks whether all that must hold does. */
  afterStep: () => void;
  readonly #options: NetworkOptions;

  /** @param ids the numbers of the nodes; without other options all are voters */
  constructor(ids: readonly number[], options: NetworkOptions = {}) {
    this.#options = options;
    const checker = new InvariantChecker(this);
    this.afterStep = () => checker.check();
    for (const n of ids) this.add(n, ids);
  }

  /** Adds a node that starts with the network's snapshot. */
  add(n: number, all: readonly number[]): Peer {
    const storage = new MemoryStorage();
    const { voters = all, learners = [], index = 1 } = this.#options;
    const confState: ConfState = {
      voters: voters.filter((v) => !learners.includes(v)).map(id),
      votersOutgoing: [],
      learners: learners.map(id),
      learnersNext: [],
      autoLeave: false,
    };
    storage.applySnapshot({ index: logIndex(index), term: term(1), confState, data: EMPTY_BYTES });
    storage.setHardState({ term: term(1), vote: id(0), commit: logIndex(index) });
    return this.install(n, storage, confState, index);
  }

  /** Starts a node over a storage. */
  install(n: number, storage: MemoryStorage, confState: ConfState, applied: number): Peer {
    const events: RaftEvent[] = [];
    const node = this.#start(n, storage, applied, events);
    const peer: Peer = {
      id: id(n),
      node,
      storage,
      events,
      applied: [],
      appliedEntries: [],
      reads: [],
      confState,
      appendWork: [],
      applyWork: [],
      isDown: false,
    };
    this.peers.set(peer.id, peer);
    return peer;
  }

  #config(n: number, events: RaftEvent[]): Omit<RaftConfig, 'storage' | 'prng'> {
    const { voters: _voters, learners: _learners, index: _index, seed: _seed, ...config } = this.#options;
    return {
      electionTicks: 10,
      heartbeatTicks: 1,
      ...config,
      ...this.ownOptions.get(n),
      id: id(n),
      onEvent: (event) => events.push(event),
    };
  }

  #start(n: number, storage: MemoryStorage, applied: number, events: RaftEvent[]): RawNode {
    const prng = createPrng(this.#options.seed ?? 1, `election/${n}`);
    return RawNode.start({ ...this.#config(n, events), storage, applied: logIndex(applied), prng });
  }

  /** Replaces a node by one that is restored from its checkpoint. */
  reload(n: number): void {
    const peer = this.peer(n);
    const { node, storage } = restoreState(saveState(peer.node, peer.storage), this.#config(n, peer.events));
    peer.node = node;
    peer.storage = storage;
  }

  peer(n: number): Peer {
    return present(this.peers.get(id(n)), () => `node ${n}`);
  }

  node(n: number): RawNode {
    return this.peer(n).node;
  }

  /** Stops a node and starts it again from its storage; what was not saved is gone, and so are its messages under way. */
  restart(n: number): RawNode {
    const peer = this.peer(n);
    peer.appendWork.length = 0;
    peer.applyWork.length = 0;
    this.queue = this.queue.filter(({ from, to }) => to !== peer.id || (from !== peer.id && !isStorageThread(from)));
    const applied = peer.appliedEntries.at(-1)?.index ?? this.#options.index ?? 1;
    // The configuration of what is applied, as a snapshot would carry it.
    const state = peer.storage.state();
    const storage = MemoryStorage.from({ ...state, snapshot: { ...state.snapshot, confState: peer.confState } });
    peer.node = this.#start(n, storage, applied, peer.events);
    peer.storage = storage;
    return peer.node;
  }

  /** Handles one Ready of a node, in etcd's order. Messages go to the queue. */
  handleReady(peer: Peer): void {
    const ready = peer.node.ready();
    peer.reads.push(...ready.readStates);
    if (peer.node.settings.asyncStorageWrites) {
      for (const message of ready.messages) {
        if (message.type === 'MsgStorageAppend') peer.appendWork.push(message);
        else if (message.type === 'MsgStorageApply') peer.applyWork.push(message);
        else this.send(message);
      }
    } else {
      if (this.sendsBeforeSaving) for (const message of ready.messages) this.send(message);
      save(peer, ready.hardState, ready.snapshot, ready.entries);
      apply(peer, ready.committedEntries);
      if (!this.sendsBeforeSaving) for (const message of ready.messages) this.send(message);
      peer.node.advance();
    }
    this.afterStep();
  }

  /** Does one piece of append work; true if there was any. */
  runAppend(peer: Peer): boolean {
    const work = peer.appendWork.shift();
    if (work === undefined) return false;
    save(peer, work.hardState, work.snapshot, work.entries);
    for (const response of work.responses) this.send(response);
    return true;
  }

  /** Does one piece of apply work; true if there was any. */
  runApply(peer: Peer): boolean {
    const work = peer.applyWork.shift();
    if (work === undefined) return false;
    apply(peer, work.entries);
    for (const response of work.responses) this.send(response);
    return true;
  }

  /** Queues a message unless it is lost. */
  send(message: Message): void {
    const sender = this.peers.get(message.from);
    if (sender !== undefined) checkPromise(sender, message);
    const isOwn = message.from === message.to || isStorageThread(message.from);
    if (isOwn || this.filter(message)) this.queue.push(message);
  }

  /** Delivers one message. */
  deliver(message: Message): void {
    const peer = this.peers.get(message.to);
    if (peer === undefined || peer.isDown) return;
    peer.node.step(message);
    this.afterStep();
  }

  /** Lets everyone work until nothing is left to do. */
  settle(): void {
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      let isBusy = false;
      for (const peer of this.peers.values()) {
        if (peer.isDown) continue;
        if (peer.node.hasReady()) {
          this.handleReady(peer);
          isBusy = true;
        }
        if (this.runAppend(peer)) isBusy = true;
        if (this.runApply(peer)) isBusy = true;
      }
      const next = this.queue.shift();
      if (next !== undefined) {
        this.deliver(next);
        isBusy = true;
      }
      if (!isBusy) return;
    }
    assert(false, `not settled after ${STEPS_MAX} steps`);
  }

  /** Makes node `n` campaign and lets everyone work. */
  elect(n: number): void {
    this.node(n).campaign();
    this.settle();
  }

  /** Proposes text at node `n` and lets everyone work. */
  propose(n: number, text: string): void {
    this.node(n).propose(utf8(text));
    this.settle();
  }

  /** Lets `count` ticks pass on node `n` and lets everyone work. */
  tick(n: number, count: number): void {
    for (let i = 0; i < count; i++) this.node(n).tick();
    this.settle();
  }

  /** Cuts node `n` off from all others. */
  isolate(n: number): void {
    const before = this.filter;
    this.filter = (message) => before(message) && message.from !== id(n) && message.to !== id(n);
  }

  /** Ends all faults. */
  heal(): void {
    this.filter = () => true;
  }

  /** The whole log of a node that is still there, unstable entries included, as `term/index`. */
  log(n: number): string[] {
    const { core } = this.node(n).state();
    const entries = core.log.entriesFrom(core.log.firstIndex(), NO_LIMIT);
    return entries.ok ? entries.value.map((entry) => `${entry.term}/${entry.index}`) : [];
  }
}

/** What a message promises must be durable when it leaves (paper, figure 2: "updated on stable storage before responding to RPCs"). */
export function checkPromise({ id: own, storage }: Peer, message: Message): void {
  const { hardState } = storage.state();
  if (message.type === 'MsgAppResp' && !message.reject) {
    assert(message.index <= storage.lastIndex(), () => `node ${own} acknowledges ${message.index}, durable is ${storage.lastIndex()}`);
  }
  if (message.type === 'MsgVoteResp' && !message.reject) {
    const isSaved = hardState.term > message.term || (hardState.term === message.term && hardState.vote === message.to);
    assert(isSaved, () => `node ${own} votes for ${message.to} in term ${message.term}, durable is ${hardState.vote} in ${hardState.term}`);
  }
}

function save(peer: Peer, hardState: MsgStorageAppend['hardState'], snapshot: Snapshot | undefined, entries: readonly Entry[]): void {
  if (hardState !== undefined) peer.storage.setHardState(hardState);
  if (snapshot !== undefined) {
    peer.storage.applySnapshot(snapshot);
    peer.confState = snapshot.confState;
    // A snapshot stands for all entries up to it; tests that look at data do not send snapshots.
    peer.appliedEntries = [{ type: 'EntryNormal', term: snapshot.term, index: snapshot.index, data: EMPTY_BYTES }];
  }
  peer.storage.append(entries);
}

function apply(peer: Peer, entries: readonly Entry[]): void {
  for (const entry of entries) {
    peer.appliedEntries.push(entry);
    if (entry.type !== 'EntryNormal') peer.confState = peer.node.applyConfChange(decodeConfChange(entry.type, entry.data));
    else if (entry.data.length > 0) peer.applied.push(fromUtf8(entry.data));
  }
}
