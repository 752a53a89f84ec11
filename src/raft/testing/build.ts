/** Short ways to say entries, messages and states in tests. */

import { assert } from '#kernel/assert.ts';
import { logIndex, NO_NODE, term } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { NO_LIMIT, type Entry } from '#raft/entry.ts';
import type { RaftEvent, RaftEventType } from '#raft/event.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import type { Message, MessageType, MsgApp, MsgAppResp, MsgHeartbeat, MsgSnap, MsgVote, MsgVoteResp } from '#raft/message.ts';
import { RaftLog } from '#raft/raft-log.ts';
import { RawNode } from '#raft/raw-node.ts';
import type { RaftConfig } from '#raft/start.ts';
import type { ConfState, Snapshot } from '#raft/state.ts';
import { checkNode } from '#raft/testing/invariants.ts';
import { id } from '#raft/testing/network.ts';

/** An entry, written term first as in `term/index`. */
export const entry = (at: number, index: number, data: Bytes | string = EMPTY_BYTES): Entry => ({
  type: 'EntryNormal',
  term: term(at),
  index: logIndex(index),
  data: typeof data === 'string' ? utf8(data) : data,
});

/** Entries of these terms, from index `first` on. */
export const entriesOf = (first: number, terms: readonly number[]): Entry[] => terms.map((at, i) => entry(at, first + i));

export const idOf = (at: number, index: number): Pick<Entry, 'term' | 'index'> => ({ term: term(at), index: logIndex(index) });

/** A log of which these terms are stored, and those come after them; its storage, and what it says. */
export function logOf(
  stable: readonly number[],
  unstable: readonly number[] = [],
): { readonly log: RaftLog; readonly storage: MemoryStorage; readonly events: RaftEvent[] } {
  const storage = new MemoryStorage();
  storage.append(entriesOf(1, stable));
  const events: RaftEvent[] = [];
  const log = new RaftLog(storage, (event) => events.push(event), NO_LIMIT);
  if (unstable.length > 0) log.append(entriesOf(stable.length + 1, unstable));
  return { log, storage, events };
}

export const confState = (voters: readonly number[], learners: readonly number[] = []): ConfState => ({
  voters: voters.map(id),
  votersOutgoing: [],
  learners: learners.map(id),
  learnersNext: [],
  autoLeave: false,
});

export const snapshotAt = (index: number, at: number, voters: readonly number[], learners: readonly number[] = []): Snapshot => ({
  index: logIndex(index),
  term: term(at),
  confState: confState(voters, learners),
  data: EMPTY_BYTES,
});

interface Ends {
  readonly from: number;
  readonly to?: number;
  readonly term: number;
}
const envelope = ({ from, to = 1, term: at }: Ends): Pick<Message, 'from' | 'to' | 'term'> => ({
  from: id(from),
  to: id(to),
  term: term(at),
});

export const msgApp = (ends: Ends, logTerm: number, index: number, entries: readonly Entry[] = [], commit = 0): MsgApp => ({
  type: 'MsgApp',
  ...envelope(ends),
  logTerm: term(logTerm),
  index: logIndex(index),
  entries,
  commit: logIndex(commit),
});
export const msgAppResp = (ends: Ends, index: number): MsgAppResp => ({
  type: 'MsgAppResp',
  ...envelope(ends),
  index: logIndex(index),
  reject: false,
  rejectHint: logIndex(0),
  logTerm: term(0),
});
export const msgReject = (ends: Ends, index: number, hint: number, hintTerm: number): MsgAppResp => ({
  ...msgAppResp(ends, index),
  reject: true,
  rejectHint: logIndex(hint),
  logTerm: term(hintTerm),
});
export const msgVote = (type: MsgVote['type'], ends: Ends, logTerm: number, index: number, transfer = false): MsgVote => ({
  type,
  ...envelope(ends),
  logTerm: term(logTerm),
  index: logIndex(index),
  transfer,
});
export const msgVoteResp = (type: MsgVoteResp['type'], ends: Ends, reject = false): MsgVoteResp => ({ type, ...envelope(ends), reject });
export const msgHeartbeat = (ends: Ends, commit = 0): MsgHeartbeat => ({
  type: 'MsgHeartbeat',
  ...envelope(ends),
  commit: logIndex(commit),
  context: EMPTY_BYTES,
});
export const msgSnap = (ends: Ends, snapshot: Snapshot): MsgSnap => ({ type: 'MsgSnap', ...envelope(ends), snapshot });

/** What a lone node is started with. */
export interface NodeStart {
  readonly self?: number;
  readonly voters?: readonly number[];
  readonly learners?: readonly number[];
  /** Terms of the entries from index 1 on; all durable. */
  readonly log?: readonly number[];
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
  readonly applied?: number;
  readonly config?: Partial<Omit<RaftConfig, 'id' | 'storage' | 'prng' | 'onEvent'>>;
  readonly seed?: number;
}

/** Readys of one {@link Lone.flush} before it is taken for endless. */
const READYS_MAX = 1000;

/** A node alone, with its outgoing messages in hand. */
export class Lone {
  readonly storage = new MemoryStorage();
  readonly node: RawNode;
  readonly events: RaftEvent[] = [];

  constructor(start: NodeStart = {}) {
    const { self = 1, voters = [1, 2, 3], learners = [], log = [], vote, commit = 0, applied = 0, config = {}, seed = 1 } = start;
    this.storage.append(entriesOf(1, log));
    const state = this.storage.state();
    const hardState = {
      term: term(start.term ?? log.at(-1) ?? 0),
      vote: vote === undefined ? NO_NODE : id(vote),
      commit: logIndex(commit),
    };
    this.storage = MemoryStorage.from({ ...state, hardState, snapshot: { ...state.snapshot, confState: confState(voters, learners) } });
    this.node = RawNode.start({
      electionTicks: 10,
      heartbeatTicks: 1,
      ...config,
      id: id(self),
      storage: this.storage,
      applied: logIndex(applied),
      prng: createPrng(seed, 'election/lone'),
      onEvent: (event) => this.events.push(event),
    });
  }

  /** Handles Readys until there is none. Returns the messages that left. */
  flush(): Message[] {
    const sent: Message[] = [];
    for (let i = 0; this.node.hasReady(); i++) {
      assert(i < READYS_MAX, () => `node ${this.node.id} has work after ${READYS_MAX} Readys`);
      const ready = this.node.ready();
      if (ready.hardState !== undefined) this.storage.setHardState(ready.hardState);
      if (ready.snapshot !== undefined) this.storage.applySnapshot(ready.snapshot);
      this.storage.append(ready.entries);
      sent.push(...ready.messages);
      this.node.advance();
      checkNode({ node: this.node, id: this.node.id });
    }
    return sent;
  }

  /** Steps messages and returns what left because of them. */
  step(...messages: readonly Message[]): Message[] {
    for (const message of messages) {
      this.node.step(message);
      checkNode({ node: this.node, id: this.node.id });
    }
    return this.flush();
  }

  /** Makes the node leader by the votes of all others. What it sends on the way is dropped. */
  lead(): this {
    this.node.campaign();
    this.flush();
    for (const type of ['MsgPreVoteResp', 'MsgVoteResp'] as const) {
      const { role, term: at } = this.status;
      if ((type === 'MsgPreVoteResp') !== (role === 'pre-candidate')) continue;
      for (const from of this.node.configuration.voters) {
        if (from !== this.node.id) this.step(msgVoteResp(type, { from: Number(from), term: type === 'MsgPreVoteResp' ? at + 1 : at }));
      }
    }
    return this;
  }

  get status(): ReturnType<RawNode['status']> {
    return this.node.status();
  }

  /** Events of one type, in order. */
  eventsOf<T extends RaftEventType>(type: T): Extract<RaftEvent, { readonly type: T }>[] {
    return this.events.filter((event): event is Extract<RaftEvent, { readonly type: T }> => event.type === type);
  }

  /** Terms of all entries, unstable ones included. */
  get logTerms(): number[] {
    const { log } = this.node.state().core;
    return Array.from({ length: log.lastIndex() }, (_, i) => log.termOrZero(logIndex(i + 1)));
  }
}

/** The message of a type, also where several types share one shape. */
type MessageOf<T extends MessageType, M = Message> = M extends { readonly type: infer U } ? (T extends U ? M : never) : never;

/** Messages to node `to`, of one type. */
export const sentTo = <T extends MessageType>(messages: readonly Message[], to: number, type: T): MessageOf<T>[] =>
  messages.filter((message): message is MessageOf<T> & Message => message.to === id(to) && message.type === type);
