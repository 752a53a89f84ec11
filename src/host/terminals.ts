/**
 * The terminals of the page: each runs one line at a time as a {@link Job} over the world that everybody shares; further lines wait their turn. Nothing
 * here plays the world: whoever does calls {@link Terminals.pump} after each instant.
 */

import { parseCommandLine } from '#ctl/command-line.ts';
import type { RunOptionsInput } from '#ctl/world-command.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { runLine, type Job, type JobSetting, type JobWait } from '#sim/job.ts';
import { evaluateOn, questionKey, type Question } from '#sim/predicate-world.ts';
import { ProcessOutput } from '#sim/process-output.ts';
import type { World } from '#sim/world.ts';
import type { TerminalEvent } from '#view/conductor.ts';

/** Lines that may wait for the one that runs. */
const QUEUE_MAX = 100;
const INTERRUPTED = 130;
/** The client that the terminals' programs belong to. */
export const TERMINAL_CLIENT = 'you';
const COLUMNS = 100;

interface Running {
  readonly job: Job;
  wait: JobWait | undefined;
  /** Instants played when it began to wait. */
  since: number;
  /** The process in the foreground. */
  process: string | undefined;
}

interface Terminal {
  readonly name: string;
  readonly queue: string[];
  running: Running | undefined;
}

export interface TerminalsSetup {
  readonly world: () => World;
  /** Virtual µs up to which time has passed on the page: at or after the world's own. */
  readonly playhead: () => number;
  readonly ask: (question: Question) => Promise<Plain>;
  /** A line asks for a new cluster. */
  readonly onNewRun: (options: RunOptionsInput) => void;
}

/** Mutable; owned by the conductor; lives as long as a run. */
export class Terminals {
  readonly #setup: TerminalsSetup;
  readonly #terminals = new Map<string, Terminal>();
  readonly #outputs: ProcessOutput;
  #events: TerminalEvent[] = [];
  #instants = 0;
  #nextProcess: number;

  constructor(setup: TerminalsSetup, nextProcess = 1) {
    this.#setup = setup;
    this.#nextProcess = nextProcess;
    this.#outputs = new ProcessOutput((process, stderr, data) => this.#say(terminalOf(process), stderr, fromUtf8(data)));
  }

  /** For the world's listener. */
  output(process: string, stderr: boolean, data: Bytes): void {
    this.#outputs.output(process, stderr, data);
  }

  /** Whether a line runs in any terminal. */
  get busy(): boolean {
    for (const terminal of this.#terminals.values()) if (terminal.running !== undefined) return true;
    return false;
  }

  /** What lines wait for, beyond the next instant. */
  waits(): readonly JobWait[] {
    return [...this.#terminals.values()].flatMap(({ running }) =>
      running?.wait === undefined || running.wait.type === 'applied' ? [] : [running.wait],
    );
  }

  /** The end of the last span of time that a line waits for, if it says so itself. µs. */
  get awaitedUntil(): number | undefined {
    let last: number | undefined;
    for (const { running } of this.#terminals.values()) {
      if (running?.wait?.type === 'time') last = Math.max(last ?? 0, running.wait.at);
    }
    return last;
  }

  /** What was said since the last call. */
  take(): readonly TerminalEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Runs a line, or lets it wait for the one that runs. The world must be between instants. */
  async execute(name: string, line: string): Promise<void> {
    const terminal = this.#terminal(name);
    if (terminal.running !== undefined) {
      if (terminal.queue.length < QUEUE_MAX) terminal.queue.push(line);
      else this.#say(name, true, `too many lines wait: at most ${QUEUE_MAX}\n`);
      return;
    }
    await this.#start(terminal, line);
  }

  /** Ctrl-C: a program gets the signal, a wait is given up, waiting lines are forgotten. */
  interrupt(name: string): void {
    const terminal = this.#terminals.get(name);
    const running = terminal?.running;
    if (terminal === undefined || running === undefined) return;
    terminal.queue.length = 0;
    if (running.wait?.type === 'exit') {
      this.#setup.world().submit({ type: 'signal', process: running.wait.process, signal: 'INT' });
      return;
    }
    running.job.return(INTERRUPTED);
    this.#end(terminal, INTERRUPTED);
  }

  /** Standard input for the program in the foreground. */
  input(name: string, text: string, end: boolean): void {
    const wait = this.#terminals.get(name)?.running?.wait;
    if (wait?.type !== 'exit') return;
    const result = this.#setup.world().submit({ type: 'stdin', process: wait.process, data: text, end });
    if (result.type === 'error') this.#say(name, true, `${result.message}\n`);
  }

  /** An instant was played, or time has passed: resumes the lines whose wait is over. */
  async pump(instants: number): Promise<void> {
    this.#instants += instants;
    for (const terminal of this.#terminals.values()) {
      const { running } = terminal;
      if (running?.wait === undefined) continue;
      const answer = await this.#isOver(running);
      if (answer !== undefined) await this.#resume(terminal, running, answer);
    }
  }

  /** Says of every line that waits that it needs time. */
  sayNeedsTime(): void {
    for (const { name, running } of this.#terminals.values()) {
      if (running?.wait !== undefined && running.wait.type !== 'applied') this.#events.push({ type: 'needs-time', terminal: name });
    }
  }

  /** After a reload: a program that still runs has its terminal again. */
  adopt(process: string): void {
    const terminal = this.#terminal(terminalOf(process));
    if (terminal.running !== undefined) return;
    const job = waitFor(process, this.#setup.world);
    const first = job.next();
    if (first.done !== true) terminal.running = { job, wait: first.value, since: this.#instants, process };
  }

  /** The run ends: whatever waits is over. */
  endAll(): void {
    for (const terminal of this.#terminals.values()) {
      terminal.queue.length = 0;
      if (terminal.running !== undefined) this.#end(terminal, INTERRUPTED);
    }
  }

  #terminal(name: string): Terminal {
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const terminal: Terminal = { name, queue: [], running: undefined };
    this.#terminals.set(name, terminal);
    return terminal;
  }

  async #start(terminal: Terminal, line: string): Promise<void> {
    const parsed = parseCommandLine(line);
    if (parsed.type === 'blank') {
      this.#events.push({ type: 'exit', terminal: terminal.name, code: 0 });
      return;
    }
    const job = runLine(parsed, this.#setting(terminal));
    const running: Running = { job, wait: undefined, since: this.#instants, process: undefined };
    terminal.running = running;
    await this.#resume(terminal, running, true);
  }

  /** Runs on until the job waits for something that is not there yet, or ends. */
  async #resume(terminal: Terminal, running: Running, answer: boolean): Promise<void> {
    for (let value: boolean | undefined = answer; value !== undefined;) {
      const next = running.job.next(value);
      if (next.done === true) {
        this.#end(terminal, next.value);
        const line = terminal.queue.shift();
        if (line !== undefined) await this.#start(terminal, line);
        return;
      }
      running.wait = next.value;
      running.since = this.#instants;
      if (next.value.type === 'new') {
        this.#end(terminal, 0);
        this.#setup.onNewRun(next.value.options);
        return;
      }
      value = await this.#isOver(running);
    }
  }

  /** What the job is resumed with, or undefined while it has to wait. */
  async #isOver(running: Running): Promise<boolean | undefined> {
    const { wait, since } = running;
    const world = this.#setup.world();
    switch (wait?.type) {
      case undefined:
      case 'new':
        return undefined;
      case 'applied':
      case 'step':
        return this.#instants > since ? true : undefined;
      case 'exit':
        return world.core.exits.has(wait.process) ? true : undefined;
      case 'time':
        return this.#hasPassed(wait.at) ? true : undefined;
      case 'condition':
        if (await this.#holds(world, wait)) return true;
        return this.#hasPassed(wait.limit) ? false : undefined;
    }
  }

  #hasPassed(at: number): boolean {
    const next = this.#setup.world().nextInstantAt();
    return this.#setup.playhead() >= at && (next === undefined || next > at);
  }

  async #holds(world: World, wait: Extract<JobWait, { readonly type: 'condition' }>): Promise<boolean> {
    const answers = new Map<string, Plain>();
    for (;;) {
      const evaluation = evaluateOn(world, wait.predicate, answers);
      if (evaluation.type === 'value') return evaluation.holds;
      for (const question of evaluation.questions) answers.set(questionKey(question), await this.#setup.ask(question));
    }
  }

  #end(terminal: Terminal, code: number): void {
    terminal.running = undefined;
    this.#events.push({ type: 'exit', terminal: terminal.name, code });
  }

  #say(terminal: string, stderr: boolean, text: string): void {
    const last = this.#events.at(-1);
    if (last?.type === 'output' && last.terminal === terminal && last.stderr === stderr) {
      this.#events[this.#events.length - 1] = { ...last, text: last.text + text };
    } else this.#events.push({ type: 'output', terminal, stderr, text });
  }

  #setting(terminal: Terminal): JobSetting {
    return {
      world: this.#setup.world,
      outputs: this.#outputs,
      say: (stderr, text) => this.#say(terminal.name, stderr, text),
      client: TERMINAL_CLIENT,
      nextProcess: () => `${terminal.name}/${this.#nextProcess++}`,
      started: (process) => {
        if (terminal.running !== undefined) terminal.running.process = process;
      },
      stdin: undefined,
      columns: COLUMNS,
      env: {},
    };
  }
}

function* waitFor(process: string, world: () => World): Job {
  yield { type: 'exit', process };
  return world().core.exits.get(process)?.code ?? 1;
}

/** Processes of terminals are named `TERMINAL/NUMBER`. */
export const terminalOf = (process: string): string => process.slice(0, Math.max(0, process.lastIndexOf('/')));

/** The number after those of all processes in a run's commands: new ones are named from there. */
export function nextProcessNumber(processes: readonly string[]): number {
  let next = 1;
  for (const process of processes) next = Math.max(next, Number(/\/(\d+)$/.exec(process)?.[1] ?? 0) + 1);
  return next;
}
