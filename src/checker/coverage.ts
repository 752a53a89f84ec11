/**
 * What a run, or many, brought about: messages sent, roles taken, faults done, errors answered, counted from the trace. What is listed here must not
 * stay at zero over the runs that the checks are trusted for: a fault that never happens proves nothing.
 */

import { CRASH_POINT_NAMES } from '#etcd/crash-points.ts';
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
    'failed assertion',
    'restart',
    'freeze',
    'thaw',
    'partition',
    'one-way cut',
    'lossy link',
    'heal',
    'slow disk',
    'forced timeout',
    'full disk',
    'failing fsync',
    'mended disk',
    'torn write',
    'flipped bit',
    'slow backend',
    'slow link',
    'narrow link',
    'message drop',
    'message duplicate',
    'message delay',
    'clock rate',
    'clock jump',
    'timers align',
    'timers spread',
    'client freeze',
    'client kill',
    'client cut off',
    'defrag',
    'move-leader',
    'member add',
    'member remove',
    'member promote',
    'start-member',
    'wipe',
  ],
  'crash point': CRASH_POINT_NAMES,
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
      case TRACE_SCHEMA['crash-point-reached'].kind:
        r.varint(); // member
        this.add('crash point', r.text());
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
      if (command.at !== undefined) return [];
      if (command.nodes.every(isClientName)) return ['client kill'];
      return [`kill${command.nodes.length > 1 ? ' of all' : ''}${command.powerLoss ? ', power lost' : ''}`];
    case 'freeze':
    case 'thaw':
      return [command.nodes.every(isClientName) ? `client ${command.type}` : command.type];
    case 'link':
      return linkFaults(command);
    case 'disk':
      return diskFaults(command.settings);
    case 'clock':
      return [command.jumpMicros === undefined ? 'clock rate' : 'clock jump'];
    case 'timers':
      return [`timers ${command.mode}`];
    case 'message':
      return [`message ${command.action}`];
    case 'crash':
      return ['failed assertion'];
    case 'timeout':
      return ['forced timeout'];
    case 'start': {
      const line = command.argv.join(' ');
      return command.argv[0] === 'etcdctl'
        ? ['move-leader', 'member add', 'member remove', 'member promote', 'defrag'].filter((words) => line.includes(words))
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

/** Members of chaos runs are `etcd-N`, or `default` alone. */
const isClientName = (name: string): boolean => !/^(?:etcd-\d+|\d+|default|all|leader|followers)$/.test(name);

function linkFaults({ from, settings }: Extract<Command, { readonly type: 'link' }>): readonly string[] {
  if (isClientName(from)) return ['client cut off'];
  if (settings.cut === true) return ['one-way cut'];
  if (settings.bandwidth !== undefined) return ['narrow link'];
  return [settings.latency === undefined ? 'lossy link' : 'slow link'];
}

function diskFaults(settings: Extract<Command, { readonly type: 'disk' }>['settings']): readonly string[] {
  const { full, failFsync, tear, corrupt, walLatency, backendLatency } = settings;
  if (full === false || failFsync === false) return ['mended disk'];
  if (full === true) return ['full disk'];
  if (failFsync === true) return ['failing fsync'];
  if (tear !== undefined) return ['torn write'];
  if (corrupt !== undefined) return ['flipped bit'];
  return [walLatency !== undefined || backendLatency === undefined ? 'slow disk' : 'slow backend'];
}
