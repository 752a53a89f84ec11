/**
 * A member that is no etcd: it counts what it hears, writes each count to its disk and answers calls once that is flushed. Small enough to
 * see at a glance what the world does to it.
 */

import type {
  InboxItem,
  MemberConfig,
  MemberStatus,
  OutMessage,
  Reply,
  SaveRequest,
  StartInfo,
  StepInput,
  StepOutput,
} from '#etcd/contract.ts';
import { NO_NODE, nodeId, simTime, type SimTime } from '#kernel/brand.ts';
import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { TraceWriter } from '#trace/event.ts';
import type { MemberKind, MemberMachine } from '#sim/in-process-host.ts';

/** What was written, and how much of it a power loss leaves. */
export interface ToyDisk {
  counts: number[];
  flushed: number;
}

interface ToyState {
  count: number;
  nextOp: number;
  now: number;
  pending: { op: number; client: number; call: number }[];
  nextEvent: number;
  heard: string[];
}

const idOf = (actor: number) => nodeId(BigInt(actor * 11));

export class ToyMember implements MemberMachine {
  readonly #config: MemberConfig;
  readonly #actor: number;
  readonly #disk: ToyDisk;
  readonly #state: ToyState;
  readonly #events: TraceWriter;

  constructor(config: MemberConfig, actor: number, disk: ToyDisk, state: ToyState) {
    this.#config = config;
    this.#actor = actor;
    this.#disk = disk;
    this.#state = state;
    this.#events = new TraceWriter(actor, state.nextEvent);
  }

  begin(now: SimTime): StepOutput {
    this.#state.now = now;
    return this.#output([], [], []);
  }

  step(input: StepInput): StepOutput {
    const s = this.#state;
    s.now = input.now;
    const messages: OutMessage[] = [];
    const replies: Reply[] = [];
    const saves: SaveRequest[] = [];
    for (const item of input.items) this.#handle(item, messages, replies, saves);
    return this.#output(messages, replies, saves);
  }

  #handle(item: InboxItem, messages: OutMessage[], replies: Reply[], saves: SaveRequest[]): void {
    const s = this.#state;
    s.heard = [...s.heard.slice(-20), item.type];
    const at = simTime(s.now);
    if (item.type === 'wake') {
      for (let peer = 1; peer <= this.#config.initialCluster.length; peer++) {
        if (peer === this.#actor) continue;
        const event = this.#events.emit('message-sent', at, item.cause, {
          to: idOf(peer),
          message: 'MsgToy',
          term: s.count,
          logTerm: 0,
          index: 0,
          entries: 0,
          commit: 0,
          reject: false,
          bytes: 1,
        });
        messages.push({ to: idOf(peer), message: utf8(`${s.count}`), kind: 'MsgToy', event });
      }
    } else if (item.type === 'peer') {
      s.count = Math.max(s.count, Number(fromUtf8(item.message))) + 1;
    } else if (item.type === 'call') {
      s.count++;
      this.#disk.counts.push(s.count);
      const op = s.nextOp++;
      s.pending.push({ op, client: item.id.client, call: item.id.call });
      saves.push({ op, target: 'wal', bytes: 8, event: item.cause });
    } else if (item.type === 'saved') {
      this.#disk.flushed = this.#disk.counts.length;
      const event = this.#events.emit('save-completed', at, item.cause, { op: item.op });
      for (const { client, call } of s.pending.filter((p) => p.op === item.op)) {
        replies.push({ type: 'message', id: { client, call }, body: utf8(`${this.#config.name} ${s.count}`), event });
        replies.push({ type: 'end', id: { client, call }, code: 0, message: '', event });
      }
      s.pending = s.pending.filter((p) => p.op !== item.op);
    }
  }

  #output(messages: OutMessage[], replies: Reply[], saves: SaveRequest[]): StepOutput {
    const s = this.#state;
    const trace = this.#events.take();
    s.nextEvent = this.#events.next;
    return {
      wakeAt: simTime(Math.floor(s.now / 100_000 + 1) * 100_000),
      messages,
      replies,
      saves,
      trace,
      nextEvent: s.nextEvent,
      status: this.#status(),
    };
  }

  #status(): MemberStatus {
    const s = this.#state;
    return {
      id: idOf(this.#actor),
      role: 'follower',
      learner: false,
      term: 1,
      vote: NO_NODE,
      lead: NO_NODE,
      commit: s.count,
      applied: s.count,
      firstIndex: 1,
      lastIndex: s.count,
      lastTerm: 1,
      revision: 1,
      compactRevision: -1,
      electionElapsed: 0,
      electionTimeout: 10,
      nextTickAt: simTime(s.now),
      saving: 0,
      voters: this.#config.initialCluster.map((_, i) => idOf(i + 1)),
    };
  }

  inspect(): Plain {
    return { count: this.#state.count, heard: this.#state.heard };
  }

  save(): Bytes {
    return encodePlain({ ...this.#state, pending: this.#state.pending.map((p) => ({ ...p })) });
  }
}

/** Toys with their disks. */
export const TOY_KIND: MemberKind<ToyMember, ToyDisk> = {
  newDisk: () => ({ counts: [], flushed: 0 }),
  saveDisk: (disk) => encodePlain({ counts: disk.counts, flushed: disk.flushed }),
  restoreDisk: (bytes) => decodePlain(bytes) as unknown as ToyDisk, // written by saveDisk
  losePower: (disk) => {
    disk.counts.length = disk.flushed;
  },
  closeProcess: (disk) => {
    disk.flushed = disk.counts.length;
  },
  damage: () => undefined,
  putFiles: (disk) => {
    disk.counts = [];
    disk.flushed = 0;
  },
  start: (config: MemberConfig, info: StartInfo, disk) => {
    const machine = new ToyMember(config, info.actor, disk, {
      count: disk.counts.at(-1) ?? 0,
      nextOp: 1,
      now: info.now,
      pending: [],
      nextEvent: info.nextEvent,
      heard: [],
    });
    return { machine, output: machine.begin(info.now) };
  },
  restore: (config, info, disk, state) => new ToyMember(config, info.actor, disk, decodePlain(state) as unknown as ToyState), // written by save
};
