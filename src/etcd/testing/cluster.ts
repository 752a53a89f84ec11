/**
 * A small world for tests of members: fixed latencies, memory disks, clients without a network. Not the playground's world (src/sim), so
 * that members can be tested without it.
 */

import { nodeId, NO_EVENT, simTime, type NodeId } from '#kernel/brand.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import type { Method } from '#api/rpc.ts';
import type { CallId, Halt, InboxItem, MemberConfig, MemberStatus, RemoteCluster, StartInfo, StepOutput } from '#etcd/contract.ts';
import { Member } from '#etcd/member.ts';
import { memberIdOf } from '#etcd/identity.ts';

export const MS = 1000;

export interface ClusterOptions {
  readonly nodes: number;
  readonly config?: Partial<MemberConfig>;
  /** µs. */
  readonly latency?: number;
}

/** What a client has been told on a call. */
export interface CallRecord {
  /** Messages, or pieces of an HTTP body. */
  readonly messages: Bytes[];
  /** Of an HTTP answer. */
  head?: { readonly status: number; readonly headers: readonly (readonly [string, string])[] };
  end: { readonly code: number; readonly message: string } | undefined;
  /** When it ended, µs. */
  endedAt: number;
  /** Bytes of answers that the member has not heard of that they were taken. */
  untaken: number;
}

interface Seat {
  readonly config: MemberConfig;
  readonly id: NodeId;
  disk: MemoryDisk;
  member: Member | undefined;
  wakeAt: number | undefined;
  nextEvent: number;
  incarnation: number;
  /** How it was started last. */
  info: StartInfo | undefined;
  status: MemberStatus | undefined;
  halt: Halt | undefined;
  /** µs of one save. */
  saveMicros: number;
  /** µs of one commit of the backend. */
  backendMicros: number;
}

interface Event {
  readonly at: number;
  readonly seq: number;
  readonly seat: number;
  readonly item: InboxItem;
  readonly incarnation: number;
}

const DEFAULTS = {
  profile: '3.5',
  initialClusterToken: 'etcd-cluster-my',
  initialClusterState: 'new',
  forceNewCluster: false,
  dataDir: 'member.etcd',
  folder: '',
  strictReconfigCheck: true,
  learnersMax: 1,
  heartbeatMicros: 100 * MS,
  electionMicros: 1000 * MS,
  preVote: true,
  checkQuorum: true,
  storage: 'sync',
  snapshotCount: 100_000,
  snapshotCatchUpEntries: 5000,
  maxRequestBytes: 1_572_864,
  maxTxnOps: 128,
  quotaBackendBytes: 0,
  walSegmentBytes: 64 * 1024 * 1024,
  epochMillis: 1_704_067_200_000,
  seed: 7,
  broken: [],
} as const satisfies Partial<MemberConfig>;

/** Mutable; owned by a test. */
export class TestCluster {
  readonly seats: Seat[] = [];
  readonly calls = new Map<string, CallRecord>();
  /** Every trace block, in order, by seat. */
  readonly trace: Bytes[] = [];
  now = 0;
  readonly #latency: number;
  #events: Event[] = [];
  #seq = 0;
  #nextCall = 1;
  /** What members that are started hear from their peers of the cluster. */
  remote: RemoteCluster | undefined = undefined;
  /** Whether a message from one seat to another is lost. */
  isCut: (from: number, to: number) => boolean = () => false;
  /** Whether clients take what streams send them. */
  isReading = true;

  constructor({ nodes, config = {}, latency = 2 * MS }: ClusterOptions) {
    this.#latency = latency;
    const initialCluster = Array.from({ length: nodes }, (_, i) => ({
      name: `etcd-${i + 1}`,
      peerUrls: [`http://127.0.0.1:${2380 + 100 * i}`],
    }));
    const single =
      nodes === 1
        ? { initialClusterToken: 'etcd-cluster', initialCluster: [{ name: 'default', peerUrls: ['http://localhost:2380'] }] }
        : {};
    const shared = { ...DEFAULTS, initialCluster, ...single, ...config };
    for (const [i, { name, peerUrls }] of shared.initialCluster.entries()) {
      const clientUrls = [nodes === 1 ? 'http://localhost:2379' : `http://127.0.0.1:${2379 + 100 * i}`];
      const own = { ...shared, name, peerUrls, listenPeerUrls: peerUrls, clientUrls, listenClientUrls: clientUrls };
      const id = memberIdOf(peerUrls, shared.initialClusterToken);
      this.seats.push({
        config: own,
        id,
        disk: new MemoryDisk(),
        member: undefined,
        wakeAt: undefined,
        nextEvent: 1,
        incarnation: 0,
        info: undefined,
        status: undefined,
        halt: undefined,
        saveMicros: 1 * MS,
        backendMicros: 1 * MS,
      });
    }
    for (let i = 0; i < nodes; i++) this.start(i);
  }

  start(i: number): void {
    const seat = this.#seat(i);
    seat.incarnation++;
    seat.halt = undefined;
    const info = {
      actor: i + 1,
      nextEvent: seat.nextEvent,
      incarnation: seat.incarnation,
      now: simTime(this.now),
      cause: NO_EVENT,
      remote: this.remote,
    };
    seat.info = info;
    const { member, output } = Member.start(seat.config, info, seat.disk);
    seat.member = member;
    this.#take(i, output);
  }

  kill(i: number, { powerLoss = false } = {}): void {
    const seat = this.#seat(i);
    seat.member = undefined;
    seat.wakeAt = undefined;
    if (powerLoss) seat.disk.losePower();
    else seat.disk.flush();
  }

  /** Replaces a member by a restored copy of itself. */
  swap(i: number): void {
    const seat = this.#seat(i);
    if (seat.member === undefined || seat.info === undefined) return;
    const bytes = seat.member.save();
    seat.disk = MemoryDisk.restore(seat.disk.save());
    seat.member = Member.restore(seat.config, seat.info, seat.disk, bytes);
  }

  #seat(i: number): Seat {
    const seat = this.seats[i];
    if (seat === undefined) throw new Error(`no seat ${i}`);
    return seat;
  }

  member(i: number): Member {
    const { member, halt } = this.#seat(i);
    if (member === undefined) throw new Error(`member ${i} does not run: ${halt?.message}`);
    return member;
  }

  status(i: number): MemberStatus {
    const { status } = this.#seat(i);
    if (status === undefined) throw new Error(`member ${i} never started`);
    return status;
  }

  get leader(): number {
    const leads = this.seats.flatMap((seat, i) =>
      seat.member !== undefined && seat.status?.role === 'leader' ? [{ i, term: seat.status.term }] : [],
    );
    return leads.sort((a, b) => b.term - a.term)[0]?.i ?? -1;
  }

  #post(seat: number, at: number, item: InboxItem): void {
    this.#events.push({ at, seq: this.#seq++, seat, item, incarnation: this.#seat(seat).incarnation });
  }

  #take(i: number, output: StepOutput): void {
    const seat = this.#seat(i);
    seat.wakeAt = output.wakeAt;
    seat.nextEvent = output.nextEvent;
    seat.status = output.status;
    this.trace.push(output.trace);
    for (const { to, message } of output.messages) {
      const target = this.seats.findIndex((other) => other.id === to);
      if (target < 0 || this.isCut(i, target)) continue;
      if (this.#seat(target).member === undefined)
        this.#post(i, this.now + this.#latency, { type: 'unreachable', peer: nodeId(to), cause: NO_EVENT });
      else this.#post(target, this.now + this.#latency, { type: 'peer', message, cause: NO_EVENT });
    }
    for (const { op, target } of output.saves)
      this.#post(i, this.now + (target === 'backend' ? seat.backendMicros : seat.saveMicros), { type: 'saved', op, cause: NO_EVENT });
    for (const reply of output.replies) {
      const record = this.calls.get(`${reply.id.client}/${reply.id.call}`);
      if (record === undefined) continue;
      if (reply.type === 'message' || reply.type === 'http-body') {
        record.messages.push(reply.body);
        record.untaken += reply.body.length;
      }
      this.#ack(i, reply.id, record);
      if (reply.type === 'http-head') record.head = { status: reply.status, headers: reply.headers };
      if (reply.type === 'http-body' && reply.last) {
        record.end = { code: 0, message: '' };
        record.endedAt = this.now;
      }
      if (reply.type === 'end') {
        record.end = { code: reply.code, message: reply.message };
        record.endedAt = this.now;
      }
    }
    if (output.halt !== undefined) {
      seat.halt = output.halt;
      seat.member = undefined;
      seat.wakeAt = undefined;
    }
  }

  /** Plays one instant. */
  instant(): void {
    const times = [...this.#events.map((e) => e.at), ...this.seats.flatMap((s) => s.wakeAt ?? [])];
    if (times.length === 0) return;
    this.now = Math.max(this.now, Math.min(...times));
    const due = this.#events.filter((e) => e.at <= this.now).sort((a, b) => a.at - b.at || a.seq - b.seq);
    this.#events = this.#events.filter((e) => e.at > this.now);
    for (const [i, seat] of this.seats.entries()) {
      const items = due.filter((e) => e.seat === i && e.incarnation === seat.incarnation).map((e) => e.item);
      if (seat.wakeAt !== undefined && seat.wakeAt <= this.now) items.unshift({ type: 'wake', cause: NO_EVENT });
      if (seat.member === undefined || items.length === 0) continue;
      this.#take(i, seat.member.step({ now: simTime(this.now), items }));
    }
  }

  run(micros: number): void {
    const end = this.now + micros;
    for (;;) {
      const next = Math.min(...this.#events.map((e) => e.at), ...this.seats.flatMap((s) => s.wakeAt ?? []), Infinity);
      if (next > end) break;
      this.instant();
    }
    this.now = end;
  }

  /** Runs until a condition holds. @throws after `within` µs */
  until(holds: () => boolean, within = 20_000 * MS): void {
    const end = this.now + within;
    while (!holds()) {
      if (this.now > end) throw new Error(`not within ${within} µs: ${holds.toString()}`);
      this.instant();
    }
  }

  /** Boots until every member serves. */
  boot(): this {
    const applied = this.seats.length === 1 ? 4 : 2 * this.seats.length + 2;
    this.until(() => this.seats.every((seat) => (seat.status?.applied ?? 0) >= applied));
    this.run(20 * MS);
    return this;
  }

  #ack(i: number, id: CallId, record: CallRecord): void {
    if (!this.isReading || record.untaken < 16_384) return;
    this.#post(i, this.now + this.#latency, { type: 'call-read', id, bytes: record.untaken, cause: NO_EVENT });
    record.untaken = 0;
  }

  /** Clients read on. */
  readOn(i: number): void {
    this.isReading = true;
    for (const [key, record] of this.calls) {
      const [client = 0, call = 0] = key.split('/').map(Number);
      this.#ack(i, { client, call }, record);
    }
  }

  /** Opens a call. */
  open<Request>(
    i: number,
    method: Method<Request, unknown> | { readonly path: string; readonly request: Method<Request>['request'] },
    request: Request,
    { requireLeader = false, token = '' } = {},
  ): CallId {
    const id = { client: 1000, call: this.#nextCall++ };
    this.calls.set(`${id.client}/${id.call}`, { messages: [], end: undefined, endedAt: 0, untaken: 0 });
    this.#post(i, this.now, {
      type: 'call',
      id,
      method: method.path,
      body: method.request.encode(request).finish(),
      token,
      ...(requireLeader ? { requireLeader } : {}),
      cause: NO_EVENT,
    });
    return id;
  }

  /** Sends an HTTP request. */
  http(i: number, method: string, target: string, body = '', headers: readonly (readonly [string, string])[] = []): CallId {
    const id = { client: 1000, call: this.#nextCall++ };
    this.calls.set(`${id.client}/${id.call}`, { messages: [], end: undefined, endedAt: 0, untaken: 0 });
    this.#post(i, this.now, { type: 'http', id, method, target, headers, body: utf8(body), cause: NO_EVENT });
    return id;
  }

  item(i: number, item: InboxItem): void {
    this.#post(i, this.now, item);
  }

  record(id: CallId): CallRecord {
    const record = this.calls.get(`${id.client}/${id.call}`);
    if (record === undefined) throw new Error(`no call ${id.call}`);
    return record;
  }

  /** Makes a unary call and waits for its end. */
  call<Request, Response>(
    i: number,
    method: {
      readonly path: string;
      readonly request: Method<Request>['request'];
      readonly response: Method<unknown, Response>['response'];
    },
    fields: Partial<Request>,
  ): { readonly code: number; readonly message: string; readonly response: Response | undefined } {
    const id = this.open(i, method, method.request.create(fields));
    const record = this.record(id);
    this.until(() => record.end !== undefined);
    const body = record.messages[0];
    return {
      code: record.end?.code ?? -1,
      message: record.end?.message ?? '',
      response: body === undefined ? undefined : method.response.decode(body),
    };
  }
}
