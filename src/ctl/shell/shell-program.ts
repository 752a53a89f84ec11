/**
 * The shell as a program of the world: what `lock NAME sh -c '…'`, `watch … -- echo` and `exec-watch` start. Its running state cannot be stored, but
 * everything that it does follows from the events that it got; so its plain state is those events, and after a checkpoint it is run over them again.
 */

import type { FileAnswer } from '#ctl/file-request.ts';
import type { Program, ProgramEffect, ProgramEvent, ProgramStart } from '#ctl/program.ts';
import { TOOLS } from '#ctl/shell/command-table.ts';
import { quoteWords } from '#ctl/lexer.ts';
import type { ExternalCommand, ShellHost } from '#ctl/shell/host.ts';
import { runText } from '#ctl/shell/interpret.ts';
import { Jobs } from '#ctl/shell/jobs.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { createState } from '#ctl/shell/state.ts';
import { writeTo, type Sink, type Streams } from '#ctl/shell/streams.ts';
import { Scheduler, type Task, type TaskGroup, type TaskHandle } from '#ctl/shell/task.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';

/** Events that one shell may get in its life. */
const EVENTS_MAX = 20_000;
const TOO_LONG = 125;

/** Until the program's own side says so; the answer is what was waited for. */
interface ProgramWait {
  readonly isReady: () => boolean;
}

/** What was put together from a start and all events since. Plain. */
interface ShellProgramState {
  readonly start: ProgramStart;
  readonly programs: readonly string[];
  /** `[time, event]`. */
  readonly events: readonly (readonly [number, ProgramEvent])[];
}

interface ChildState {
  readonly chunks: { readonly stderr: boolean; readonly data: Bytes }[];
  code: number | undefined;
  failure: string | undefined;
}

/** A running shell. Mutable. */
class ShellRun {
  readonly #scheduler = new Scheduler<ProgramWait>();
  readonly #group: TaskGroup;
  readonly #task: TaskHandle;
  readonly #stdin = new Pipe();
  readonly #children = new Map<number, ChildState>();
  readonly #files = new Map<number, FileAnswer>();
  readonly #timers = new Set<number>();
  #effects: ProgramEffect[] = [];
  #now: number;
  #next = 1;
  #ended = false;

  constructor(start: ProgramStart, programs: readonly string[]) {
    this.#now = start.now;
    this.#group = this.#scheduler.newGroup('program');
    const host: ShellHost<ProgramWait> = {
      now: () => this.#now,
      epochMillis: () => start.epochMillis,
      columns: start.columns,
      programs,
      run: (command, group) => this.#runChild(command, group),
      file: (request) => this.#file(request),
      sleep: (micros) => this.#sleep(micros),
      play: undefined,
      serve: undefined,
    };
    const shared = { host, scheduler: this.#scheduler, jobs: new Jobs(), history: [], interactive: false, budget: { at: 0, used: 0 } };
    const sink = (type: 'stdout' | 'stderr'): Sink => ({
      type: 'direct',
      terminal: false,
      write: (data) => void this.#effects.push({ type, data }),
    });
    const streams: Streams = { stdin: this.#stdin, typed: false, stdout: sink('stdout'), stderr: sink('stderr') };
    const [name = 'sh'] = start.argv;
    const state = createState(shared, this.#group, name, start.env, []);
    this.#task = this.#scheduler.spawn(runText(quoteWords(start.argv), state, streams, name), this.#group);
    this.#scheduler.run();
  }

  /** Takes what it did since the last call. */
  take(): readonly ProgramEffect[] {
    if (this.#task.done && !this.#ended) {
      this.#ended = true;
      this.#effects.push({ type: 'exit', code: this.#task.code });
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  handle(event: ProgramEvent, now: number): void {
    this.#now = now;
    switch (event.type) {
      case 'stdin':
        this.#stdin.write(event.data);
        break;
      case 'stdin-end':
        this.#stdin.end();
        break;
      case 'signal':
        this.#scheduler.signal(this.#group, event.signal, event.signal === 'INT' ? 130 : 143);
        break;
      case 'timer':
        this.#timers.delete(event.timer);
        break;
      case 'file':
        this.#files.set(event.file, event.answer);
        break;
      case 'child':
        this.#onChild(event.child, event.event);
        break;
      case 'call':
        break;
    }
    this.#proceed();
  }

  #onChild(number: number, event: Extract<ProgramEvent, { readonly type: 'child' }>['event']): void {
    const child = this.#children.get(number);
    if (child === undefined) return;
    if (event.type === 'output') child.chunks.push({ stderr: event.stderr, data: event.data });
    else if (event.type === 'exit') child.code = event.code;
    else child.failure = event.message;
  }

  #proceed(): void {
    this.#scheduler.run();
    for (let isOver = false; !isOver;) {
      isOver = true;
      for (const { ticket, wait } of this.#scheduler.waits()) {
        if (!wait.isReady()) continue;
        this.#scheduler.answer(ticket, true);
        isOver = false;
      }
      this.#scheduler.run();
    }
  }

  *#sleep(micros: number): Task<void, ProgramWait> {
    const timer = this.#next++;
    this.#timers.add(timer);
    this.#effects.push({ type: 'timer', timer, afterMicros: Math.max(1, micros) });
    yield { type: 'host', wait: { isReady: () => !this.#timers.has(timer) } };
  }

  *#file(request: Parameters<ShellHost<ProgramWait>['file']>[0]): Task<FileAnswer, ProgramWait> {
    const file = this.#next++;
    this.#effects.push({ type: 'file', file, request });
    yield { type: 'host', wait: { isReady: () => this.#files.has(file) } };
    const answer = this.#files.get(file);
    this.#files.delete(file);
    return answer ?? { type: 'done' };
  }

  *#runChild(command: ExternalCommand, group: TaskGroup): Task<number, ProgramWait> {
    const { streams, argv, env } = command;
    yield { type: 'idle' };
    const input = streams.stdin.take();
    const whole = streams.stdin.isAtEnd;
    if (!whole) streams.stdin.unread(input);
    const number = this.#next++;
    const child: ChildState = { chunks: [], code: undefined, failure: undefined };
    this.#children.set(number, child);
    const inherits = streams.stdout.type === 'direct' && streams.stderr.type === 'direct';
    this.#effects.push({
      type: 'spawn',
      child: number,
      argv,
      env,
      output: inherits ? 'inherit' : 'piped',
      input: whole ? input : undefined,
    });
    group.processes.set(`child ${number}`, (signal) => void this.#effects.push({ type: 'child-signal', child: number, signal }));
    const feeder = whole ? undefined : this.#scheduler.spawn(this.#feed(number, streams.stdin), group);
    try {
      return yield* this.#follow(child, argv[0] ?? '', streams);
    } finally {
      group.processes.delete(`child ${number}`);
      this.#children.delete(number);
      if (feeder !== undefined) this.#scheduler.cancel(feeder);
      if (group.interrupted !== undefined) this.#scheduler.signal(group, 'INT', group.interrupted);
    }
  }

  *#follow(child: ChildState, name: string, streams: Streams): Task<number, ProgramWait> {
    const isReady = (): boolean => child.chunks.length > 0 || child.code !== undefined || child.failure !== undefined;
    const write = (sink: Sink, data: Bytes): Task<void, ProgramWait> =>
      writeTo(sink, data, (path, bytes, append) => this.#file({ type: 'write', path, data: bytes, append }));
    for (;;) {
      if (!isReady()) yield { type: 'host', wait: { isReady } };
      for (let chunk = child.chunks.shift(); chunk !== undefined; chunk = child.chunks.shift())
        yield* write(chunk.stderr ? streams.stderr : streams.stdout, chunk.data);
      if (child.failure !== undefined) {
        yield* write(streams.stderr, utf8(`${name}: ${child.failure}\n`));
        return 126;
      }
      if (child.code !== undefined) return child.code;
    }
  }

  *#feed(child: number, pipe: Pipe): Task<number, ProgramWait> {
    for (;;) {
      if (!pipe.isReadable) yield { type: 'readable', pipe };
      const data = pipe.take();
      const end = pipe.isAtEnd;
      this.#effects.push({ type: 'child-input', child, data: data.length === 0 ? EMPTY_BYTES : data, end });
      if (end) return 0;
    }
  }
}

/** Running shells by their plain state: only to save running them again. */
const LIVE = new WeakMap<object, ShellRun>();

const asPlain = (state: ShellProgramState): Plain => state as unknown as Plain; // a start and events are plain data

/** @param programs names of the programs that it can start */
export function shellProgram(programs: readonly string[]): Program {
  return {
    start(start) {
      const state: ShellProgramState = { start, programs, events: [] };
      const run = new ShellRun(start, programs);
      LIVE.set(state, run);
      return { state: asPlain(state), effects: run.take() };
    },
    step(plain, event, now) {
      const old = plain as unknown as ShellProgramState; // what this program returned before
      if (old.events.length >= EVENTS_MAX)
        return {
          state: plain,
          effects: [
            { type: 'stderr', data: utf8('sh: this script has run for too long\n') },
            { type: 'exit', code: TOO_LONG },
          ],
        };
      const run = LIVE.get(old) ?? replay(old);
      LIVE.delete(old);
      run.handle(event, now);
      const state: ShellProgramState = { ...old, events: [...old.events, [now, event]] };
      LIVE.set(state, run);
      return { state: asPlain(state), effects: run.take() };
    },
  };
}

function replay(state: ShellProgramState): ShellRun {
  const run = new ShellRun(state.start, state.programs);
  run.take();
  for (const [at, event] of state.events) {
    run.handle(event, at);
    run.take();
  }
  return run;
}

/** Names under which the shell's own commands can be started as programs. */
export const SHELL_PROGRAM_NAMES: readonly string[] = [...Object.keys(TOOLS), 'true', 'false', 'test', '[', 'pwd'];
