/**
 * Plays a scenario file (DESIGN §5) line by line, as a generator of demands (scenario-steps.ts). A `play` command that fails ends the run unless an
 * expectation follows it; programs may fail as they like.
 */

import { parseScenarioLine, type ScenarioBody } from '#ctl/scenario-line.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { BrokenRule } from '#etcd/broken-rules.ts';
import type { RunOptionsInput } from '#ctl/world-command.ts';
import { simTime } from '#kernel/brand.ts';
import { runLine, type Job, type JobSetting, type JobWait } from '#sim/job.ts';
import { ProcessOutput, type OutputSink } from '#sim/process-output.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { COMMAND_MICROS_MAX, playBefore, playNext, playTo, playToExit, playWhileNot, type Steps } from '#sim/scenario-steps.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import type { WorldListener } from '#sim/world-core.ts';
import { World } from '#sim/world.ts';

/** Where and why a scenario failed. `line` counts from 1. */
export interface ScenarioFailure {
  readonly line: number;
  readonly text: string;
  readonly message: string;
}

export interface ScenarioEnd {
  readonly world: World;
  readonly failure: ScenarioFailure | undefined;
}

export interface ScenarioSetup {
  readonly text: string;
  readonly programs: ProgramRegistry;
  /** Shows what the terminal would. */
  readonly print: (text: string) => void;
  readonly output: OutputSink;
  readonly trace?: TraceSink;
  /** The cluster that the file means if it does not begin with `play new`. */
  readonly defaults?: RunOptionsInput;
  /** Rules that every cluster of the file breaks on purpose. */
  readonly broken?: readonly BrokenRule[];
  /** Hears of clients' calls. */
  readonly listener?: Pick<WorldListener, 'call'>;
}

const LINES_MAX = 100_000;
const COLUMNS = 0;

/** Plays the whole file. */
export function* playScenario(setup: ScenarioSetup): Steps<ScenarioEnd> {
  const scenario = new Scenario(setup);
  const failure = yield* scenario.play();
  return { world: yield* scenario.world(), failure };
}

interface Finished {
  readonly output: string;
  readonly code: number;
}

class Scenario {
  readonly #setup: ScenarioSetup;
  readonly #outputs: ProcessOutput;
  readonly #lines: readonly string[];
  #world: World | undefined;
  #at = 0;
  #nextProcess = 1;
  #last: Finished | undefined;
  /** What the present command said in its own name. */
  #said = '';
  /** Commands started with `&NAME`; those that could not start have an end. */
  readonly #background = new Map<string, Finished | undefined>();

  /** Background commands whose input is open. */
  readonly #listening = new Set<string>();

  constructor(setup: ScenarioSetup) {
    this.#setup = setup;
    this.#outputs = new ProcessOutput(setup.output);
    this.#lines = setup.text.split(/\r?\n/);
  }

  /** The world, begun with the defaults if no line did. */
  *world(): Steps<World> {
    return this.#world ?? (yield* this.#begin(this.#setup.defaults ?? {}));
  }

  *#begin(input: RunOptionsInput): Steps<World> {
    const { seed, options } = optionsFromInput(input);
    const { broken = options.broken } = this.#setup;
    const listener = { ...this.#setup.listener, output: this.#outputs.output.bind(this.#outputs) };
    const sink = this.#setup.trace;
    const world = World.begin({
      spec: newRunSpec(seed, { ...options, broken }),
      programs: this.#setup.programs,
      listener,
      ...(sink === undefined ? {} : { sink }),
    });
    this.#world = world;
    this.#background.clear();
    this.#listening.clear();
    yield { type: 'reset', world };
    yield* playNext(world);
    return world;
  }

  *play(): Steps<ScenarioFailure | undefined> {
    if (this.#lines.length > LINES_MAX) return { line: LINES_MAX, text: '', message: `a scenario has at most ${LINES_MAX} lines` };
    for (; this.#at < this.#lines.length; this.#at++) {
      const number = this.#at;
      const text = this.#lines[number] ?? '';
      const parsed = parseScenarioLine(text);
      const message =
        parsed.type === 'error' ? `${parsed.message} (at ${parsed.column})` : yield* this.#line(text, parsed.atMicros, parsed.body);
      if (message !== undefined) return { line: number + 1, text: text.trim(), message };
    }
    return undefined;
  }

  /** Plays one line; a text says why it failed. */
  *#line(text: string, atMicros: number | undefined, body: ScenarioBody): Steps<string | undefined> {
    if (body.type === 'blank') return undefined;
    if (atMicros !== undefined) {
      const world = yield* this.world();
      if (atMicros < world.now) return `${atMicros / 1000} ms has passed: it is ${world.now / 1000} ms`;
      yield* playBefore(world, simTime(atMicros));
    }
    switch (body.type) {
      case 'input':
        return 'input must follow a command';
      case 'expect':
        if (this.#last === undefined) return 'no command has finished yet';
        return this.#last.output.includes(body.text)
          ? undefined
          : `expected ${JSON.stringify(body.text)} in the output:\n${this.#last.output}`;
      case 'expect-exit':
        if (this.#last === undefined) return 'no command has finished yet';
        return this.#last.code === body.code ? undefined : `expected exit code ${body.code}, got ${this.#last.code}`;
      case 'wait':
        return yield* this.#wait(body.name);
      case 'signal': {
        const refusal = (yield* this.world()).submit({ type: 'signal', process: body.name, signal: body.signal });
        if (refusal.type === 'error') return refusal.message;
        yield* playNext(yield* this.world());
        return undefined;
      }
      case 'command':
        return yield* this.#command(text, body);
    }
  }

  *#command(text: string, body: CommandBody): Steps<string | undefined> {
    this.#setup.print(`$ ${text.trim()}\n`);
    const input = this.#takeInput();
    if (this.#world === undefined && !isNew(body)) yield* this.world();
    if (body.name !== undefined && this.#background.has(body.name)) return `there is a background command ${body.name} already`;
    const setting = this.#setting(body.name, input);
    this.#said = '';
    const misplaced = body.name === undefined ? misplacedAmpersand(body) : notOneProgram(body);
    if (misplaced !== undefined) return misplaced;
    const job = runLine(body.command, setting);
    if (body.name !== undefined) return yield* this.#startInBackground(body.name, job, input);
    const started: string[] = [];
    const code = yield* this.#drive(job, started);
    if (typeof code === 'string') return code;
    const output = started.map((process) => this.#outputs.textOf(process)).join('') + this.#said;
    this.#last = { output, code };
    // A failed etcdctl is an answer; a world that did not do what the file says is a failure, unless the file expects it.
    const failed = code !== 0 && body.command.type === 'play' && !this.#isExpected();
    return failed ? output.trimEnd() : undefined;
  }

  /** Whether the next line that is not blank is an expectation. */
  #isExpected(): boolean {
    for (let at = this.#at + 1; at < this.#lines.length; at++) {
      const parsed = parseScenarioLine(this.#lines[at] ?? '');
      if (parsed.type === 'error') return false;
      if (parsed.body.type !== 'blank') return parsed.body.type === 'expect' || parsed.body.type === 'expect-exit';
    }
    return false;
  }

  #setting(name: string | undefined, input: string | undefined): JobSetting {
    return {
      world: () => this.#present(),
      outputs: this.#outputs,
      say: (_stderr, text) => {
        this.#said += text;
        this.#setup.print(text);
      },
      client: name ?? 'client',
      nextProcess: () => name ?? `client#${this.#nextProcess++}`,
      // In the background input stays open until `wait`: `watch -i` listens on.
      stdin: name === undefined ? (input ?? '') : undefined,
      columns: COLUMNS,
      env: {},
    };
  }

  #present(): World {
    if (this.#world === undefined) throw new TypeError('a command runs in a world');
    return this.#world;
  }

  /** `< text` lines that follow the present one. */
  #takeInput(): string | undefined {
    let input: string | undefined;
    for (let next = this.#lines[this.#at + 1]; next !== undefined; next = this.#lines[this.#at + 1]) {
      const parsed = parseScenarioLine(next);
      if (parsed.type === 'error' || parsed.body.type !== 'input') break;
      input = (input ?? '') + parsed.body.data;
      this.#at++;
    }
    return input;
  }

  /** Starts it and plays the instant in which it starts; `wait` sees to the rest. */
  *#startInBackground(name: string, job: Job, input: string | undefined): Steps<string | undefined> {
    const first = job.next();
    this.#background.set(name, first.done === true ? { output: this.#said, code: first.value } : undefined);
    if (first.done === true) return undefined;
    yield* playNext(this.#present());
    if (input === undefined) return undefined;
    this.#listening.add(name);
    return yield* this.#give(name, input);
  }

  /** Input for a background command; undefined is its end. */
  *#give(name: string, data: string | undefined): Steps<string | undefined> {
    const world = this.#present();
    if (world.core.exits.has(name)) return undefined;
    const result = world.submit({ type: 'stdin', process: name, data: data ?? '', end: data === undefined });
    if (result.type === 'error') return result.message;
    yield* playNext(world);
    return undefined;
  }

  *#wait(name: string): Steps<string | undefined> {
    if (!this.#background.has(name)) return `no background command ${name}`;
    this.#last = this.#background.get(name);
    if (this.#last !== undefined) return undefined;
    const world = this.#present();
    if (this.#listening.delete(name)) yield* this.#give(name, undefined);
    const message = yield* this.#await({ type: 'exit', process: name });
    if (typeof message === 'string') return message;
    this.#last = { output: this.#outputs.textOf(name), code: world.core.exits.get(name)?.code ?? 1 };
    return undefined;
  }

  /** Runs a job to its end: its exit code, or a text that says why it cannot end. */
  *#drive(job: Job, started: string[]): Steps<number | string> {
    for (let next = job.next(); ;) {
      if (next.done === true) return next.value;
      const wait = next.value;
      if (wait.type === 'exit') started.push(wait.process);
      const answer = yield* this.#await(wait);
      if (typeof answer === 'string') return answer;
      next = job.next(answer);
    }
  }

  *#await(wait: JobWait): Steps<boolean | string> {
    if (wait.type === 'new') {
      yield* this.#begin(wait.options);
      return true;
    }
    const world = this.#present();
    switch (wait.type) {
      case 'applied':
      case 'step':
        yield* playNext(world);
        return true;
      case 'time':
        yield* playTo(world, wait.at);
        return true;
      case 'condition':
        return yield* playWhileNot(world, wait.predicate, wait.limit);
      case 'exit':
        return (yield* playToExit(world, wait.process))
          ? true
          : `it has not ended within ${COMMAND_MICROS_MAX / 1_000_000} s of virtual time`;
    }
  }
}

const isNew = (body: CommandBody): boolean => body.command.type === 'play' && body.command.words[0]?.text === 'new';

type CommandBody = Extract<ScenarioBody, { readonly type: 'command' }>;

function misplacedAmpersand({ command }: CommandBody): string | undefined {
  if (command.type !== 'shell' || (!command.background && command.pipelines.every((p) => p.after !== '&'))) return undefined;
  return 'a command in the background needs a name: &NAME LINE';
}

function notOneProgram({ command }: CommandBody): string | undefined {
  const [first, ...more] = command.type === 'shell' ? command.pipelines : [];
  return first?.commands.length === 1 && more.length === 0 ? undefined : 'only one program runs in the background';
}
