/**
 * A shell over the world: lines of a terminal or a scenario run in it side by side. It submits world commands and says what it waits for; whoever plays
 * the world answers. It is no part of the run: what it does to the world is recorded, its lines are not (DESIGN §1).
 */

import { resolvePath, type FileAnswer } from '#ctl/file-request.ts';
import type { ExternalCommand } from '#ctl/shell/host.ts';
import { announceJobs, runText } from '#ctl/shell/interpret.ts';
import { Jobs } from '#ctl/shell/jobs.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { createState, fork, type Shared, type ShellState } from '#ctl/shell/state.ts';
import { BROKEN_PIPE, writeTo, type Sink, type Streams } from '#ctl/shell/streams.ts';
import { Interrupted, Scheduler, type HostWait, type Task, type TaskGroup, type TaskHandle } from '#ctl/shell/task.ts';
import { equalBytes, EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import { endpointFirst } from '#sim/at-node.ts';
import type { JobWait } from '#sim/job-wait.ts';
import { playLine } from '#sim/play-line.ts';
import { ServerJobs } from '#sim/server-jobs.ts';
import { sessionFile } from '#sim/session-files.ts';
import type { World } from '#sim/world.ts';

const NOT_STARTED = 126;
/** Lines that `history` remembers. */
const HISTORY_MAX = 1000;

export interface SessionSetting {
  /** The world of this moment. Asked for by everything but `play new`. */
  readonly world: () => World;
  /** Virtual µs, 0 before the first world. */
  readonly now: () => number;
  /** The client that runs its processes. */
  readonly client: string;
  /** A name for its next process, unique in the run. */
  readonly nextProcess: () => string;
  /** Width of the terminal, 0 if there is none. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string>>;
  /** Somebody types: jobs are announced. */
  readonly interactive: boolean;
  /** Names of the programs that clients can start. */
  readonly programs: readonly string[];
  /** Properties that checks found violated, for conditions. */
  readonly violations?: () => readonly string[];
  /** The run began on disks that were not empty: a script of its commands would not lead to it. */
  readonly isFromDisks?: () => boolean;
}

/** One line that runs. */
export interface Run {
  readonly group: TaskGroup;
  readonly task: TaskHandle;
  readonly stdin: Pipe;
}

/** How a line is run. */
export interface RunInput {
  readonly text: string;
  /** Undefined: a terminal that may say more later, with {@link ShellSession.input}. */
  readonly stdin: string | undefined;
  readonly say: (stderr: boolean, data: Bytes) => void;
  /** Beside others: what it changes of the shell stays its own. The name is that of its first process, and of a client of its own that runs that. */
  readonly beside?: string;
}

/** A process that runs for this shell: what it said and nobody took yet. */
interface Attached {
  readonly chunks: { readonly stderr: boolean; readonly data: Bytes }[];
  /** Output that need not go through the shell. */
  readonly direct: ((stderr: boolean, data: Bytes) => void) | undefined;
}

/** Mutable; owned by whoever plays the world. */
export class ShellSession {
  readonly #setting: SessionSetting;
  readonly #scheduler = new Scheduler<JobWait>();
  readonly #shared: Shared<JobWait>;
  readonly #state: ShellState<JobWait>;
  readonly #attached = new Map<string, Attached>();
  readonly #disks = new Map<string, Plain>();
  readonly #servers: ServerJobs;
  readonly #history: string[] = [];
  /** The name of the first process of a line, and of the client that runs it. */
  readonly #names = new Map<TaskGroup, string>();

  constructor(setting: SessionSetting) {
    this.#setting = setting;
    const { columns, env, interactive } = setting;
    this.#servers = new ServerJobs(setting.world, (sink, data) => this.#write(sink, data));
    this.#shared = {
      host: {
        now: setting.now,
        epochMillis: () => setting.world().options.epochMillis,
        columns,
        programs: setting.programs,
        run: (command, group) => this.#runProcess(command, group),
        file: (request) => sessionFile(setting.world(), request, this.#disks),
        sleep: (micros) => this.#sleep(micros),
        play: (words, streams) => this.#play(words, streams),
        serve: (command, group) => this.#servers.run(command, group),
      },
      scheduler: this.#scheduler,
      jobs: new Jobs(),
      history: this.#history,
      interactive,
      budget: { at: 0, used: 0 },
    };
    this.#state = createState(this.#shared, this.#scheduler.newGroup('shell'), 'sh', env, []);
  }

  /** Begins a line. */
  run(input: RunInput): Run {
    const group = this.#scheduler.newGroup(input.beside ?? 'line');
    const stdin = input.stdin === undefined ? new Pipe() : Pipe.of(utf8(input.stdin));
    const sink = (stderr: boolean): Sink => ({
      type: 'direct',
      write: (data) => input.say(stderr, data),
      terminal: this.#setting.columns > 0,
    });
    const streams: Streams = {
      stdin,
      typed: input.stdin === undefined && this.#setting.interactive,
      stdout: sink(false),
      stderr: sink(true),
    };
    const state = input.beside === undefined ? this.#state : fork(this.#state, group);
    if (input.beside === undefined) {
      this.#state.group = group;
      this.#remember(input.text);
    } else this.#names.set(group, input.beside);
    const task = this.#scheduler.spawn(this.#line(input.text, state, streams), group);
    this.#scheduler.run();
    return { group, task, stdin };
  }

  #remember(text: string): void {
    if (text.trim() === '' || this.#history.at(-1) === text) return;
    this.#history.push(text);
    if (this.#history.length > HISTORY_MAX) this.#history.shift();
  }

  *#line(text: string, state: ShellState<JobWait>, streams: Streams): Task<number, JobWait> {
    const code = yield* runText(text, state, streams, 'sh');
    state.status = code;
    this.#names.delete(state.group);
    if (this.#setting.interactive) yield* announceJobs({ state, streams });
    return code;
  }

  /** What a variable of the shell is now. */
  variable(name: string): string | undefined {
    return this.#state.variables.get(name)?.value;
  }

  /** The folder that it is in. */
  get folder(): string {
    return this.#state.cwd;
  }

  /** What it waits for. */
  waits(): readonly HostWait<JobWait>[] {
    return this.#scheduler.waits();
  }

  /** Answers one of {@link ShellSession.waits}. */
  answer(ticket: number, answer: Plain): void {
    this.#scheduler.answer(ticket, answer);
    this.#scheduler.run();
  }

  /** What somebody typed for a line's standard input. */
  input(run: Run, text: string, end: boolean): void {
    run.stdin.write(utf8(text));
    if (end) run.stdin.end();
    this.#scheduler.run();
  }

  /** A signal for a line; a second Ctrl-C kills what did not heed the first. */
  signal(run: Run, signal: 'INT' | 'TERM' | 'KILL'): void {
    const again = run.group.interrupted !== undefined;
    this.#scheduler.signal(run.group, again ? 'KILL' : signal, signal === 'INT' ? 130 : signal === 'TERM' ? 143 : 137);
    if (again) for (const process of Array.from(run.group.processes.keys())) this.#detach(process, run.group);
    this.#scheduler.run();
  }

  /** A process that will not end (its client is frozen, time stands still) keeps nobody waiting. */
  #detach(process: string, group: TaskGroup): void {
    group.processes.delete(process);
    this.#attached.delete(process);
    this.#scheduler.signal(group, 'KILL', 130);
  }

  /** Forgets a line: its world is no more. */
  drop(run: Run): void {
    for (const process of Array.from(run.group.processes.keys())) this.#attached.delete(process);
    run.group.processes.clear();
    this.#scheduler.signal(run.group, 'KILL', 130);
  }

  /** Ends everything that runs in it. */
  endAll(): void {
    for (const group of this.#scheduler.groups()) {
      for (const process of group.processes.keys()) this.#attached.delete(process);
      group.processes.clear();
      this.#scheduler.signal(group, 'KILL', 130);
    }
  }

  /** Whether a job of it runs in the background. */
  get hasJobs(): boolean {
    return this.#shared.jobs.list().some((job) => !job.task.done);
  }

  /** For the world's listener. @returns whether the process is this shell's */
  output(process: string, stderr: boolean, data: Bytes): boolean {
    const attached = this.#attached.get(process);
    if (attached === undefined) return false;
    if (attached.direct === undefined) attached.chunks.push({ stderr, data });
    else attached.direct(stderr, data);
    return true;
  }

  /** For the world's listener: a member that runs in this shell writes its log. */
  memberTrace(actor: number, trace: Bytes): void {
    this.#servers.trace(actor, trace);
  }

  *#sleep(micros: number): Task<void, JobWait> {
    yield { type: 'host', wait: { type: 'time', at: simTime(this.#setting.world().now + micros) } };
  }

  #play(words: Parameters<NonNullable<Shared<JobWait>['host']['play']>>[0], streams: Streams): Task<number, JobWait> {
    const say = (stderr: boolean, text: string): Task<void, JobWait> => this.#write(stderr ? streams.stderr : streams.stdout, utf8(text));
    const read = (path: string): Task<FileAnswer, JobWait> =>
      sessionFile(this.#setting.world(), { type: 'read', path: resolvePath(path, this.folder) }, this.#disks);
    const { world, violations, isFromDisks } = this.#setting;
    return playLine(words, { world, say, read, violations, isFromDisks });
  }

  #write(sink: Sink, data: Bytes): Task<void, JobWait> {
    return writeTo(sink, data, (path, bytes, append) => this.#shared.host.file({ type: 'write', path, data: bytes, append }));
  }

  *#runProcess(command: ExternalCommand, group: TaskGroup): Task<number, JobWait> {
    const { world, client } = this.#setting;
    const { streams } = command;
    const argv = endpointFirst(world(), command);
    if (typeof argv === 'string') {
      yield* this.#write(streams.stderr, utf8(`${argv}\n`));
      return 1;
    }
    yield { type: 'idle' }; // what stands before it in a pipe says all that it can say at once
    const input = streams.typed ? EMPTY_BYTES : streams.stdin.take();
    const whole = streams.stdin.isAtEnd && isText(input);
    const name = this.#names.get(group);
    const process = name ?? this.#setting.nextProcess();
    this.#names.delete(group);
    const { stdout, stderr } = streams;
    const isDirect = stdout.type === 'direct' && stderr.type === 'direct';
    const direct = (isError: boolean, data: Bytes): void => {
      if (stdout.type === 'direct' && stderr.type === 'direct') (isError ? stderr : stdout).write(data);
    };
    this.#attached.set(process, { chunks: [], direct: isDirect ? direct : undefined });
    const columns = stdout.type === 'direct' && stdout.terminal ? this.#setting.columns : 0;
    const started = world().submit({
      type: 'start',
      process,
      client: name ?? client,
      argv,
      env: command.node === undefined ? command.env : withoutEndpoints(command.env),
      stdin: whole ? fromUtf8(input) : undefined,
      columns,
    });
    if (started.type === 'error') {
      this.#attached.delete(process);
      yield* this.#write(stderr, utf8(`${started.message}\n`));
      return NOT_STARTED;
    }
    group.processes.set(process, (signal) => void world().submit({ type: 'signal', process, signal }));
    if (!whole) streams.stdin.unread(input);
    const feeder = whole ? undefined : this.#scheduler.spawn(this.#feed(process, streams.stdin), group);
    try {
      return yield* this.#follow(process, streams);
    } finally {
      group.processes.delete(process);
      this.#attached.delete(process);
      if (feeder !== undefined) this.#scheduler.cancel(feeder);
      if (group.interrupted !== undefined) this.#scheduler.signal(group, 'INT', group.interrupted);
    }
  }

  /** Passes on what a process says until it ends. */
  *#follow(process: string, streams: Streams): Task<number, JobWait> {
    const { world } = this.#setting;
    const attached = this.#attached.get(process);
    let hasSaid = false;
    /** It would die of its next word: one that goes on for ever is not waited for. */
    const isUnheard = (): boolean => hasSaid && streams.stdout.type === 'pipe' && streams.stdout.pipe.isBroken;
    const isReady = (): boolean => (attached?.chunks.length ?? 0) > 0 || isUnheard() || world().core.exits.has(process);
    for (;;) {
      if (!isReady()) yield { type: 'host', wait: { type: 'process', process, isReady } };
      if (isUnheard() && !world().core.exits.has(process)) {
        world().submit({ type: 'signal', process, signal: 'KILL' });
        throw new Interrupted(BROKEN_PIPE);
      }
      for (let chunk = attached?.chunks.shift(); chunk !== undefined; chunk = attached?.chunks.shift())
        yield* this.#passOn(process, chunk.stderr ? streams.stderr : streams.stdout, chunk.data);
      hasSaid = true;
      const end = world().core.exits.get(process);
      if (end !== undefined && (attached?.chunks.length ?? 0) === 0) return end.code;
    }
  }

  /** A process whose output nobody reads any more dies of it. */
  *#passOn(process: string, sink: Sink, data: Bytes): Task<void, JobWait> {
    try {
      yield* this.#write(sink, data);
    } catch (error) {
      if (error instanceof Interrupted) this.#setting.world().submit({ type: 'signal', process, signal: 'KILL' });
      throw error;
    }
  }

  /** Gives a process what comes down its pipe. */
  *#feed(process: string, pipe: Pipe): Task<number, JobWait> {
    const { world } = this.#setting;
    for (;;) {
      if (!pipe.isReadable) yield { type: 'readable', pipe };
      if (world().core.exits.has(process)) return 0;
      const data = pipe.take();
      const end = pipe.isAtEnd;
      const result = world().submit({ type: 'stdin', process, data: fromUtf8(data), end });
      if (result.type === 'error' || end) return 0;
      yield { type: 'host', wait: { type: 'applied' } };
    }
  }
}

/** `at NODE:` says where to, whatever was exported: etcdctl refuses both at once. */
const withoutEndpoints = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'ETCDCTL_ENDPOINTS' && name !== 'ETCDCTL_ENDPOINT'));

/** A recorded start carries its input as text. */
const isText = (data: Bytes): boolean => equalBytes(utf8(fromUtf8(data)), data);
