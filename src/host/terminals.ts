/**
 * The terminals of the page: each has a shell of its own over the world that everybody shares, and runs one line at a time in the foreground; further lines
 * wait their turn. Nothing here plays the world: whoever does calls {@link Terminals.pump} after each instant.
 */

import { HOME } from '#ctl/file-request.ts';
import { parseShell } from '#ctl/shell/parse.ts';
import type { BreakAction, RunOptionsInput } from '#ctl/world-command.ts';
import { memberAt } from '#sim/endpoint.ts';
import { loadScenario } from '#sim/load-scenario.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { BreakAnswer, JobWait } from '#sim/job-wait.ts';
import type { Question } from '#sim/predicate-world.ts';
import { ShellSession, type Run } from '#sim/shell-session.ts';
import type { World } from '#sim/world.ts';
import type { TerminalEvent } from '#view/conductor.ts';

/** etcdctl's own. */
const DEFAULT_ENDPOINT = '127.0.0.1:2379';
/** Lines that may wait for the one that runs. */
const QUEUE_MAX = 100;
const INTERRUPTED = 130;
/** The client that the terminals' programs belong to. */
export const TERMINAL_CLIENT = 'you';
const COLUMNS = 100;
/** Characters that one line may print; what comes then is counted, not shown. */
const OUTPUT_MAX = 4 * 1024 * 1024;
/** Terminals at a time. */
const TERMINALS_MAX = 32;

interface Foreground {
  readonly run: Run | undefined;
  /** After a reload: a process that runs on without its shell. */
  readonly adopted: string | undefined;
}

interface Terminal {
  readonly name: string;
  readonly session: ShellSession;
  readonly queue: string[];
  /** Lines of a command that goes on: an open quote, a loop without its end. */
  partial: string;
  /** The prompt that was told last. */
  prompt: string;
  foreground: Foreground | undefined;
  /** Characters printed since the last line began, and whether it was said that there is too much. */
  printed: number;
  isCut: boolean;
  /** Instants played when each wait began. */
  readonly since: Map<number, number>;
}

/** What takes the place of the present run. */
export type NextRun = { readonly type: 'options'; readonly options: RunOptionsInput } | { readonly type: 'spec'; readonly spec: RunSpec };

export interface TerminalsSetup {
  readonly world: () => World;
  /** Virtual µs up to which time has passed on the page: at or after the world's own. */
  readonly playhead: () => number;
  readonly ask: (question: Question) => Promise<Plain>;
  /** A line asks for another run. */
  readonly onNewRun: (next: NextRun) => void;
  /** A line is about breakpoints. */
  readonly onBreak: (action: BreakAction) => Promise<BreakAnswer>;
  /** Properties that checks found violated, for conditions. */
  readonly violations: () => readonly string[];
  /** The run began on disks that were not empty. */
  readonly isFromDisks: () => boolean;
}

/** Mutable; owned by the conductor; lives as long as a run. */
export class Terminals {
  readonly #setup: TerminalsSetup;
  readonly #terminals = new Map<string, Terminal>();
  #events: TerminalEvent[] = [];
  #instants = 0;
  #nextProcess: number;

  constructor(setup: TerminalsSetup, nextProcess = 1) {
    this.#setup = setup;
    this.#nextProcess = nextProcess;
  }

  /** For the world's listener. */
  output(process: string, stderr: boolean, data: Bytes): void {
    for (const { session } of this.#terminals.values()) if (session.output(process, stderr, data)) return;
    const name = terminalOf(process);
    if (this.#terminals.get(name)?.foreground?.adopted === process) this.#say(name, stderr, fromUtf8(data));
  }

  /** For the world's listener: members that run in a shell write their log there. */
  memberTrace(actor: number, trace: Bytes): void {
    for (const { session } of this.#terminals.values()) session.memberTrace(actor, trace);
  }

  /** Whether anything runs in any terminal, in the background too. */
  get busy(): boolean {
    for (const { foreground, session } of this.#terminals.values())
      if (foreground !== undefined || session.hasJobs || session.waits().length > 0) return true;
    return false;
  }

  /** What lines wait for, beyond the next instant. */
  waits(): readonly JobWait[] {
    return [...this.#terminals.values()].flatMap(({ session, foreground }) =>
      foreground?.adopted === undefined
        ? session.waits().flatMap(({ wait }) => (wait.type === 'applied' ? [] : [wait]))
        : [adoptedWait(foreground.adopted, this.#setup.world)],
    );
  }

  /** The end of the last span of time that a line waits for, if it says so itself. µs. */
  get awaitedUntil(): number | undefined {
    let last: number | undefined;
    for (const wait of this.waits()) if (wait.type === 'time') last = Math.max(last ?? 0, wait.at);
    return last;
  }

  /** The first moment that a line waits for: the end of a sleep, or of its patience. µs. */
  get nextAwaited(): number | undefined {
    let first: number | undefined;
    for (const wait of this.waits()) {
      const at = wait.type === 'time' ? wait.at : wait.type === 'condition' ? wait.limit : undefined;
      if (at !== undefined) first = Math.min(first ?? at, at);
    }
    return first;
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
    if (terminal === undefined) {
      this.#events.push({ type: 'output', terminal: name, stderr: true, text: `at most ${TERMINALS_MAX} terminals\n` });
      this.#events.push({ type: 'exit', terminal: name, code: 1 });
      return;
    }
    if (terminal.foreground !== undefined) {
      if (terminal.queue.length < QUEUE_MAX) terminal.queue.push(line);
      else this.#say(name, true, `too many lines wait: at most ${QUEUE_MAX}\n`);
      return;
    }
    if (!this.#start(terminal, line)) return;
    await this.#advance(terminal);
  }

  /** The folder that a terminal's shell is in. */
  folderOf(name: string): string {
    return this.#terminals.get(name)?.session.folder ?? HOME;
  }

  /** Ctrl-C: programs get the signal, waits are given up, waiting lines are forgotten. What does not heed it is killed by the second. */
  interrupt(name: string): void {
    const terminal = this.#terminals.get(name);
    const { run, adopted } = terminal?.foreground ?? {};
    if (terminal === undefined) return;
    terminal.queue.length = 0;
    if (terminal.partial !== '') {
      terminal.partial = '';
      this.#end(terminal, INTERRUPTED);
    }
    if (adopted !== undefined) this.#setup.world().submit({ type: 'signal', process: adopted, signal: 'INT' });
    if (run === undefined) return;
    terminal.session.signal(run, 'INT');
    this.#settle(terminal);
  }

  /** Standard input for what runs in the foreground. If nothing does any more, it was typed ahead and is a line. */
  async input(name: string, text: string, end: boolean): Promise<void> {
    const terminal = this.#terminals.get(name);
    const { run, adopted } = terminal?.foreground ?? {};
    if (terminal === undefined) return;
    if (terminal.foreground === undefined) {
      if (text !== '') await this.execute(name, text.replace(/\n$/, ''));
      return;
    }
    if (run !== undefined) terminal.session.input(run, text, end);
    else if (adopted !== undefined) {
      const result = this.#setup.world().submit({ type: 'stdin', process: adopted, data: text, end });
      if (result.type === 'error') this.#say(name, true, `${result.message}\n`);
    }
    this.#settle(terminal);
  }

  /** An instant was played, or time has passed: resumes what waited for it. */
  async pump(instants: number): Promise<void> {
    this.#instants += instants;
    for (const terminal of this.#terminals.values()) await this.#advance(terminal);
  }

  /** Says of every line that waits that it needs time. */
  sayNeedsTime(): void {
    for (const { name, session, foreground } of this.#terminals.values()) {
      const needs =
        foreground !== undefined && (foreground.adopted !== undefined || session.waits().some(({ wait }) => wait.type !== 'applied'));
      if (needs) this.#events.push({ type: 'needs-time', terminal: name });
    }
  }

  /** After a reload: a program that still runs has its terminal again. Children belong to their parents. */
  adopt(process: string): void {
    if (!/\/\d+$/.test(process)) return;
    const terminal = this.#terminal(terminalOf(process));
    if (terminal === undefined || terminal.foreground !== undefined) return;
    terminal.foreground = { run: undefined, adopted: process };
  }

  /** The run ends: whatever waits is over. */
  endAll(): void {
    for (const terminal of this.#terminals.values()) {
      terminal.queue.length = 0;
      terminal.session.endAll();
      if (terminal.foreground !== undefined) this.#end(terminal, INTERRUPTED);
    }
  }

  #terminal(name: string): Terminal | undefined {
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    if (this.#terminals.size >= TERMINALS_MAX) return undefined;
    const session = new ShellSession({
      world: this.#setup.world,
      now: () => this.#setup.world().now,
      client: TERMINAL_CLIENT,
      nextProcess: () => `${name}/${this.#nextProcess++}`,
      columns: COLUMNS,
      env: {},
      interactive: true,
      violations: this.#setup.violations,
      isFromDisks: this.#setup.isFromDisks,
      programs: Object.keys(this.#setup.world().core.programs),
    });
    const terminal: Terminal = {
      name,
      session,
      queue: [],
      partial: '',
      prompt: '',
      foreground: undefined,
      printed: 0,
      isCut: false,
      since: new Map(),
    };
    this.#terminals.set(name, terminal);
    return terminal;
  }

  /** @returns whether the line runs; one that is not whole waits for what follows it */
  #start(terminal: Terminal, line: string): boolean {
    const text = terminal.partial === '' ? line : `${terminal.partial}\n${line}`;
    if (parseShell(text).type === 'incomplete') {
      terminal.partial = text;
      this.#events.push({ type: 'more', terminal: terminal.name });
      return false;
    }
    terminal.partial = '';
    terminal.printed = 0;
    terminal.isCut = false;
    const say = (stderr: boolean, data: Bytes): void => this.#print(terminal, stderr, data);
    const run = terminal.session.run({ text, stdin: undefined, say });
    terminal.foreground = { run, adopted: undefined };
    this.#settle(terminal);
    return true;
  }

  /** Shows the prompt again when the line has ended, and begins the next that waits. */
  #settle(terminal: Terminal): void {
    const { run, adopted } = terminal.foreground ?? {};
    const adoptedEnd = adopted === undefined ? undefined : this.#setup.world().core.exits.get(adopted);
    const code = run?.task.done === true ? run.task.code : adoptedEnd?.code;
    if (code === undefined) return;
    this.#end(terminal, code);
    // What was typed ahead and nobody read is for the shell.
    if (run !== undefined && run.group.interrupted === undefined) {
      const ahead = fromUtf8(run.stdin.take()).split('\n');
      terminal.queue.unshift(...ahead.filter((text, i) => text !== '' || i < ahead.length - 1));
    }
    const line = terminal.queue.shift();
    if (line !== undefined) this.#start(terminal, line);
  }

  /** Answers all waits that are over, until none is. */
  async #advance(terminal: Terminal): Promise<void> {
    for (let isOver = false; !isOver;) {
      isOver = true;
      const { session, since } = terminal;
      const waits = session.waits();
      const known = new Set(waits.map((w) => w.ticket));
      for (const ticket of Array.from(since.keys())) if (!known.has(ticket)) since.delete(ticket);
      for (const { ticket, wait } of waits) {
        if (!since.has(ticket)) since.set(ticket, this.#instants);
        if (wait.type === 'new' || wait.type === 'load') {
          const next = wait.type === 'new' ? ({ type: 'options', options: wait.options } as const) : this.#load(terminal, wait);
          session.answer(ticket, typeof next === 'string' ? next : true);
          this.#settle(terminal);
          if (typeof next !== 'string') {
            this.#setup.onNewRun(next);
            return;
          }
          isOver = false;
          continue;
        }
        const verdict = await this.#judge(wait, since.get(ticket) ?? this.#instants);
        if (verdict === undefined) continue;
        session.answer(ticket, verdict.answer);
        isOver = false;
      }
      this.#settle(terminal);
    }
  }

  /** Plays a scenario file beside the present run. A text says why it cannot be played. */
  #load(terminal: Terminal, { file, text }: Extract<JobWait, { readonly type: 'load' }>): NextRun | string {
    const loaded = loadScenario(file, text, this.#setup.world().core.programs);
    if (loaded.type === 'error') return loaded.message;
    this.#say(terminal.name, false, loaded.printed);
    return { type: 'spec', spec: loaded.spec };
  }

  /** What a wait is answered with, or undefined while it has to wait. */
  async #judge(wait: Exclude<JobWait, { readonly type: 'new' | 'load' }>, since: number): Promise<{ readonly answer: Plain } | undefined> {
    const over = { answer: true };
    switch (wait.type) {
      case 'applied':
      case 'step':
        return this.#instants > since ? over : undefined;
      case 'process':
        return wait.isReady() ? over : undefined;
      case 'time':
        return this.#hasPassed(wait.at) ? over : undefined;
      case 'ask':
        return { answer: await this.#setup.ask(wait.question) };
      case 'break':
        return { answer: { ...(await this.#setup.onBreak(wait.action)) } };
      case 'condition':
        if (await this.#holds(this.#setup.world(), wait)) return over;
        return this.#hasPassed(wait.limit) ? { answer: false } : undefined;
    }
  }

  #hasPassed(at: number): boolean {
    const next = this.#setup.world().nextInstantAt();
    return this.#setup.playhead() >= at && (next === undefined || next > at);
  }

  async #holds(world: World, wait: Extract<JobWait, { readonly type: 'condition' }>): Promise<boolean> {
    wait.condition.played(undefined);
    for (;;) {
      const look = wait.condition.look(world);
      if (look.type === 'value') return look.holds;
      for (const question of look.questions) wait.condition.answer(question, await this.#setup.ask(question));
    }
  }

  #end(terminal: Terminal, code: number): void {
    terminal.foreground = undefined;
    this.#events.push({ type: 'exit', terminal: terminal.name, code });
    const prompt = promptOf(terminal.session, this.#setup.world());
    if (prompt === terminal.prompt) return;
    terminal.prompt = prompt;
    this.#events.push({ type: 'prompt', terminal: terminal.name, text: prompt });
  }

  /** A line's output, up to its limit. */
  #print(terminal: Terminal, stderr: boolean, data: Bytes): void {
    if (terminal.isCut) return;
    terminal.printed += data.length;
    this.#say(terminal.name, stderr, fromUtf8(data));
    if (terminal.printed <= OUTPUT_MAX) return;
    terminal.isCut = true;
    this.#say(
      terminal.name,
      true,
      `\n… more output of this line is not shown (over ${OUTPUT_MAX / 1024 / 1024} MiB); it runs on, Ctrl-C ends it\n`,
    );
  }

  #say(terminal: string, stderr: boolean, text: string): void {
    const last = this.#events.at(-1);
    if (last?.type === 'output' && last.terminal === terminal && last.stderr === stderr) {
      this.#events[this.#events.length - 1] = { ...last, text: last.text + text };
    } else this.#events.push({ type: 'output', terminal, stderr, text });
  }
}

/** Says where etcdctl talks to, and the folder when it is not the first. */
function promptOf(session: ShellSession, world: World): string {
  const endpoints = (session.variable('ETCDCTL_ENDPOINTS') ?? session.variable('ETCDCTL_ENDPOINT') ?? DEFAULT_ENDPOINT).split(',');
  const [first = ''] = endpoints;
  const actor = memberAt(
    world.core.seats.map(({ actor: number, config, startedAs }) => ({ actor: number, config, startedAs })),
    first,
  );
  const where = endpoints.length > 1 ? `${endpoints.length} endpoints` : (world.core.seats[actor - 1]?.name ?? first);
  return session.folder === HOME ? `${where} $` : `${where} ${session.folder} $`;
}

function adoptedWait(process: string, world: () => World): JobWait {
  return { type: 'process', process, isReady: () => world().core.exits.has(process) };
}

/** Processes of terminals are named `TERMINAL/NUMBER`. */
export const terminalOf = (process: string): string => process.slice(0, Math.max(0, process.lastIndexOf('/')));

/** The number after those of all processes in a run's commands: new ones are named from there. */
export function nextProcessNumber(processes: readonly string[]): number {
  let next = 1;
  for (const process of processes) next = Math.max(next, Number(/\/(\d+)$/.exec(process)?.[1] ?? 0) + 1);
  return next;
}
