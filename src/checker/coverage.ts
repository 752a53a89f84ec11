/**
 * What a run, or many, brought about: messages sent, roles taken, faults done, errors answered, counted from the trace. What is listed here must not
 * stay at zero over the runs that the checks are trusted for: a fault that never happens proves nothing.
 */

import { Reader } from '#kernel/codec.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { decodePlain } from '#kernel/plain.ts';
import { RAFT_EVENTS } from '#raft/event.ts';
import type { TimedCommand } from '#sim/run-spec.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import { decodeTraceEvent, forEachRecord, TRACE_SCHEMA } from '#trace/event.ts';

type Command = TimedCommand['command'];

/** What must occur, by group. */
export const COVERAGE_LISTED: Readonly<Record<string, readonly string[]>> = {
  message: [
    'MsgProp',
    'MsgApp',
    'MsgAppResp',
    'MsgHeartbeat',
    'MsgHeartbeatResp',
    'MsgSnap',
    'MsgPreVote',
    'MsgPreVoteResp',
    'MsgVote',
    'MsgVoteResp',
    'MsgReadIndex',
    'MsgReadIndexResp',
    'MsgTimeoutNow',
  ],
  role: ['became-follower', 'became-pre-candidate', 'became-candidate', 'became-leader'],
  fault: [
    'kill',
    'kill, power lost',
    'kill of all, power lost',
    'restart',
    'freeze',
    'thaw',
    'partition',
    'one-way cut',
    'lossy link',
    'heal',
    'slow disk',
    'forced timeout',
    'move-leader',
    'member add',
    'member remove',
    'member promote',
    'start-member',
    'wipe',
  ],
  happening: ['tick-lost', 'snapshot-taken', 'snapshot-applied', 'log-compacted', 'recovered', 'watch-cancelled', 'member-stopped'],
  error: [
    'etcdserver: leader changed',
    'etcdserver: mvcc: required revision has been compacted',
    'etcdserver: requested lease not found',
    'etcdserver: unhealthy cluster',
    'etcdserver: no leader',
    'connection refused',
    'connection broken',
  ],
};

const RAFT_BY_ID = new Map<number, string>(Object.entries(RAFT_EVENTS).map(([type, { id }]) => [id, type]));
const HAPPENINGS = new Map<number, string>(
  (COVERAGE_LISTED['happening'] ?? []).flatMap((type) => {
    const entry = Object.entries(TRACE_SCHEMA).find(([name]) => name === type);
    return entry === undefined ? [] : [[entry[1].kind, type] as const];
  }),
);

/** Counts by group and name. Mutable; a sink for one run's trace or for those of many. */
export class Coverage implements TraceSink {
  readonly #counts = new Map<string, number>();

  block(bytes: Bytes): void {
    forEachRecord(bytes, (record) => this.#count(record));
  }

  add(group: string, name: string, times = 1): void {
    const key = `${group}: ${name}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  count(group: string, name: string): number {
    return this.#counts.get(`${group}: ${name}`) ?? 0;
  }

  /** All counts, to be handed to another process or thread. */
  entries(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }

  /** Takes over the counts of another. */
  merge(entries: readonly (readonly [string, number])[]): void {
    for (const [key, times] of entries) this.#counts.set(key, (this.#counts.get(key) ?? 0) + times);
  }

  /** Listed and never seen. */
  missing(): readonly string[] {
    return Object.entries(COVERAGE_LISTED).flatMap(([group, names]) =>
      names.filter((name) => this.count(group, name) === 0).map((name) => `${group}: ${name}`),
    );
  }

  #count(record: Bytes): void {
    const r = new Reader(record);
    r.varint(); // id
    r.varint(); // cause
    r.varint(); // time
    const kind = r.varint();
    const happening = HAPPENINGS.get(kind);
    if (happening !== undefined) this.add('happening', happening);
    switch (kind) {
      case TRACE_SCHEMA['message-sent'].kind:
        r.u64(); // to
        this.add('message', r.text());
        return;
      case TRACE_SCHEMA.raft.kind: {
        r.varint(); // length of the event
        const type = RAFT_BY_ID.get(r.varint()) ?? '';
        if (type.startsWith('became-')) this.add('role', type);
        return;
      }
      case TRACE_SCHEMA.command.kind:
        // The record is the world's own: its plain form is a world command.
        for (const fault of faultsOf(decodePlain(r.bytes()) as unknown as Command)) this.add('fault', fault); // see above
        return;
      case TRACE_SCHEMA['request-answered'].kind:
      case TRACE_SCHEMA['call-failed'].kind:
        this.#countError(record);
    }
  }

  #countError(record: Bytes): void {
    const event = decodeTraceEvent(record);
    if (event.type === 'call-failed') this.add('error', `connection ${event.reason}`);
    else if (event.type === 'request-answered' && event.code !== 0) this.add('error', event.message);
  }
}

function faultsOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'kill':
      return [`kill${command.nodes.length > 1 ? ' of all' : ''}${command.powerLoss ? ', power lost' : ''}`];
    case 'link':
      return [command.settings.cut === true ? 'one-way cut' : 'lossy link'];
    case 'disk':
      return ['slow disk'];
    case 'timeout':
      return ['forced timeout'];
    case 'start': {
      const line = command.argv.join(' ');
      return command.argv[0] === 'etcdctl'
        ? ['move-leader', 'member add', 'member remove', 'member promote'].filter((words) => line.includes(words))
        : [];
    }
    case 'signal':
    case 'stdin':
    case 'file':
      return [];
    default:
      return [command.type];
  }
}
