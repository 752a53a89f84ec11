/** Members that run in a shell as etcd's process would: their log goes where the command's stderr goes, a signal ends them, their end is the command's. */

import * as v from 'valibot';

import type { ServerCommand } from '#ctl/shell/host.ts';
import type { LaunchFlags } from '#ctl/launch.ts';
import type { ServerProblem } from '#ctl/server/failure.ts';
import type { ServerLine } from '#ctl/server/start.ts';
import type { Sink, Streams } from '#ctl/shell/streams.ts';
import type { Task, TaskGroup } from '#ctl/shell/task.ts';
import type { Plain } from '#kernel/plain.ts';
import { NO_NODE } from '#kernel/brand.ts';
import { concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import { checkCommand } from '#sim/apply-command.ts';
import type { JobWait } from '#sim/job-wait.ts';
import { launchFlagsSchema } from '#sim/launch-schema.ts';
import { dataDirectory } from '#sim/member-files.ts';
import type { Seat } from '#sim/member-seat.ts';
import { logText, serverLine, type LogForm } from '#sim/server-log.ts';
import { isRunning } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

/** Log of one member that waits to be printed, bytes; the oldest of more is lost. */
const LOG_BYTES_MAX = 4 * 1024 * 1024;
const SIGNAL_NAMES = { INT: 'interrupt', TERM: 'terminated', KILL: 'killed' } as const;
const SIGNAL_CODES = { INT: 130, TERM: 143, KILL: 137 } as const;

/** A member that runs for this shell. */
interface Attached {
  readonly incarnation: number;
  /** Blocks of its trace that were not printed yet. */
  blocks: Bytes[];
  bytes: number;
  signal: keyof typeof SIGNAL_CODES | undefined;
}

type Write = (sink: Sink, data: Bytes) => Task<void, JobWait>;

/** Mutable; owned by a shell session. */
export class ServerJobs {
  readonly #world: () => World;
  readonly #write: Write;
  readonly #attached = new Map<number, Attached>();
  /** Launches that were submitted: the first words of whoever starts are kept until it is known who that is. */
  #starting = 0;
  #early: { readonly actor: number; readonly trace: Bytes }[] = [];

  constructor(world: () => World, write: Write) {
    this.#world = world;
    this.#write = write;
  }

  /** A member wrote into the trace. Cheap while nobody here runs it. */
  trace(actor: number, trace: Bytes): void {
    if (trace.length === 0) return;
    const attached = this.#attached.get(actor);
    if (attached !== undefined) keep(attached, trace);
    else if (this.#starting > 0) this.#early.push({ actor, trace });
  }

  /** Starts a member and stays with it until its process ends. @returns its exit code */
  *run({ start, args, streams }: ServerCommand, group: TaskGroup): Task<number, JobWait> {
    for (const line of start.lines) yield* this.#log(streams, line);
    const { outcome } = start;
    if (outcome.type === 'problem') return yield* this.#refuse(streams, outcome.problem.kind, outcome.problem.message);
    const { flags } = outcome;
    const shape = v.safeParse(launchFlagsSchema, flags);
    if (!shape.success) {
      const [issue] = shape.issues;
      yield* this.#say(streams, `etcd: --${flagOf(issue)}: ${issue.message}\n`);
      return 1;
    }
    yield* this.#greet(streams, args);
    const begun = yield* this.#begin(flags);
    if (typeof begun === 'string') return yield* this.#refuseStart(streams, flags, begun);
    return yield* this.#stay(begun, streams, group);
  }

  /** Has the world start it. A text says why it does not. */
  *#begin(flags: LaunchFlags): Task<Seat | string, JobWait> {
    const { core } = this.#world();
    const directory = dataDirectory(flags.dataDir ?? `${flags.name}.etcd`);
    const before = core.starts;
    this.#starting++;
    try {
      const command = { type: 'launch', flags } as const;
      const result = this.#world().submit(command);
      if (result.type === 'error') return result.message;
      yield { type: 'host', wait: { type: 'applied' } };
      const seat = core.seats.find((s) => s.directories.includes(directory) && s.config.name === flags.name);
      if (seat === undefined || seat.startedAs <= before) return checkCommand(core, command) ?? 'it was not started';
      const attached: Attached = { incarnation: seat.incarnation, blocks: [], bytes: 0, signal: undefined };
      for (const { actor, trace } of this.#early) if (actor === seat.actor) keep(attached, trace);
      this.#attached.set(seat.actor, attached);
      return seat;
    } finally {
      this.#starting--;
      if (this.#starting === 0) this.#early = [];
    }
  }

  /** Prints a member's log until its process ends. */
  *#stay(seat: Seat, streams: Streams, group: TaskGroup): Task<number, JobWait> {
    const attached = this.#attached.get(seat.actor);
    if (attached === undefined) return 1;
    const process = `etcd ${seat.name} ${seat.incarnation}`;
    group.processes.set(process, (signal) => {
      attached.signal ??= signal;
      this.#world().submit({ type: 'kill', nodes: [seat.name], powerLoss: false });
    });
    // In a new world it is no more.
    const isHere = (): boolean => this.#world().core.seats[seat.actor - 1] === seat;
    const isOver = (): boolean => !isRunning(seat) || seat.incarnation !== attached.incarnation || !isHere();
    const isReady = (): boolean => attached.blocks.length > 0 || isOver();
    try {
      for (let isDone = false; !isDone;) {
        if (!isReady()) yield { type: 'host', wait: { type: 'process', process, isReady, endless: true } };
        isDone = isOver(); // before what it said last is printed
        yield* this.#say(streams, this.#takeLog(seat, attached));
      }
      return yield* this.#farewell(seat, attached, streams, group);
    } finally {
      group.processes.delete(process);
      if (this.#attached.get(seat.actor) === attached) this.#attached.delete(seat.actor);
    }
  }

  /** The time of day as the member's machine tells it. */
  #formOf({ clock }: Seat): LogForm {
    const { profile, epochMillis } = this.#world().options;
    return { profile, epochMillis: epochMillis + Math.floor(clock.offset / 1000) };
  }

  #takeLog(seat: Seat, attached: Attached): string {
    const block = concatBytes(attached.blocks);
    attached.blocks = [];
    attached.bytes = 0;
    return logText(this.#formOf(seat), block, seat.status?.id ?? NO_NODE);
  }

  /** Its last lines and its exit code. Somebody else's kill is a SIGKILL; a member that was removed ends well, one that cannot go on with 1. */
  *#farewell(seat: Seat, { signal }: Attached, streams: Streams, group: TaskGroup): Task<number, JobWait> {
    if (signal === undefined) {
      if (seat.life === 'dead' && seat.ended === 'removed') return 0;
      return seat.life === 'crashed' ? 1 : SIGNAL_CODES.KILL;
    }
    if (signal !== 'KILL') {
      const fields = whoIs(seat.config);
      yield* this.#log(streams, { level: 'info', message: 'received signal; shutting down', fields: { signal: SIGNAL_NAMES[signal] } });
      yield* this.#log(streams, { level: 'info', message: 'closing etcd server', fields });
      yield* this.#log(streams, { level: 'info', message: 'closed etcd server', fields });
    }
    return group.interrupted ?? SIGNAL_CODES[signal];
  }

  /** What etcd says before its server starts. */
  *#greet(streams: Streams, args: readonly string[]): Task<void, JobWait> {
    yield* this.#log(streams, { level: 'info', message: 'Running: ', fields: { args: ['etcd', ...args] } });
  }

  *#refuseStart(streams: Streams, flags: LaunchFlags, message: string): Task<number, JobWait> {
    const taken = /^(listen tcp .*address already in use) \((.+) listens there\)$/s.exec(message);
    if (taken !== null) {
      const fields = whoIs(flags);
      const urls = { 'listen-peer-urls': flags.listenPeerUrls ?? [] };
      yield* this.#log(streams, { level: 'info', message: 'configuring peer listeners', fields: urls });
      yield* this.#log(streams, { level: 'info', message: 'closing etcd server', fields });
      yield* this.#log(streams, { level: 'info', message: 'closed etcd server', fields });
    }
    const code = yield* this.#refuse(streams, message.startsWith('--') ? 'verify' : 'fatal', taken?.[1] ?? message);
    if (taken !== null)
      yield* this.#say(
        streams,
        `# ${taken[2] ?? ''} has that address here: \`play kill all\` frees the ports of all members, other --listen-… flags give this one its own\n`,
      );
    return code;
  }

  *#refuse(streams: Streams, kind: ServerProblem['kind'], error: string): Task<number, JobWait> {
    const fields = { error };
    const is34 = this.#world().options.profile === '3.4.23';
    if (kind === 'verify')
      yield* this.#log(
        streams,
        is34
          ? { level: 'error', message: `error verifying flags, ${error}. See 'etcd --help'.`, fields: {} }
          : { level: 'warn', message: 'failed to verify flags', fields },
      );
    else if (is34) yield* this.#log(streams, { level: 'fatal', message: error, fields: {} });
    else {
      yield* this.#log(streams, { level: 'warn', message: 'failed to start etcd', fields });
      yield* this.#log(streams, { level: 'fatal', message: 'discovery failed', fields });
    }
    return 1;
  }

  #log(streams: Streams, line: ServerLine): Task<void, JobWait> {
    const world = this.#world();
    return this.#say(streams, serverLine(world.options, world.now, line));
  }

  *#say(streams: Streams, text: string): Task<void, JobWait> {
    if (text !== '') yield* this.#write(streams.stderr, utf8(text));
  }
}

/** Keeps a block; a member that writes faster than anybody reads loses its oldest lines. */
function keep(attached: Attached, block: Bytes): void {
  attached.blocks.push(block.slice());
  attached.bytes += block.length;
  while (attached.bytes > LOG_BYTES_MAX && attached.blocks.length > 1) attached.bytes -= attached.blocks.shift()?.length ?? 0;
}

const whoIs = (member: Pick<LaunchFlags, 'name' | 'dataDir' | 'peerUrls' | 'clientUrls'>): Readonly<Record<string, Plain>> => ({
  name: member.name,
  'data-dir': member.dataDir ?? '',
  'advertise-peer-urls': member.peerUrls ?? [],
  'advertise-client-urls': member.clientUrls ?? [],
});

/** etcd's name of the flag that a value of the launch came from, as far as names differ. */
function flagOf(issue: v.BaseIssue<unknown>): string {
  const [key = ''] = (issue.path ?? []).filter((step) => step.key !== 'settings').map((step) => String(step.key));
  const names: Readonly<Record<string, string>> = {
    peerUrls: 'initial-advertise-peer-urls',
    clientUrls: 'advertise-client-urls',
    heartbeatMicros: 'heartbeat-interval',
    electionMicros: 'election-timeout',
    quotaBackendBytes: 'quota-backend-bytes',
  };
  return names[key] ?? key.replace(/(?:Micros|Bytes)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
