/**
 * Plays a scenario file (DESIGN §5) line by line. It is written as a generator of demands, so that the same code runs with members in this
 * thread and with members in workers, and both give the same trace: it demands the work of an instant and gets the results.
 */

import { parseScenarioLine, type ScenarioBody } from '#ctl/scenario-line.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { RunOptionsInput } from '#ctl/world-command.ts';
import { simTime, type SimTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import { runLine, type Job, type JobSetting, type JobWait } from '#sim/job.ts';
import type { MemberResult } from '#sim/node-host.ts';
import { evaluateOn, questionKey, type Question } from '#sim/predicate-world.ts';
import { ProcessOutput, type OutputSink } from '#sim/process-output.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import { World, type Instant } from '#sim/world.ts';

/** What the driver has to do. */
export type Demand =
  /** A new cluster begins: end all members that there are. */
  | { readonly type: 'reset'; readonly world: World }
  /** Do the work of an instant. */
  | { readonly type: 'work'; readonly instant: Instant; readonly world: World }
  /** Ask members. */
  | { readonly type: 'ask'; readonly questions: readonly Question[] };

/** The driver's reply: nothing to a reset, the members' results to work, one answer for each question. */
export type Supply =
  | { readonly type: 'reset' }
  | { readonly type: 'results'; readonly results: readonly MemberResult[] }
  | { readonly type: 'answers'; readonly answers: readonly Plain[] };

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
}

/** Longest virtual time that a command in the foreground may take. */
const COMMAND_MICROS_MAX = 3600 * 1_000_000;
const LINES_MAX = 100_000;
const COLUMNS = 0;

type Steps<T> = Generator<Demand, T, Supply>;

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
  readonly #background = new Set<string>();

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
    const listener = { output: this.#outputs.output.bind(this.#outputs) };
    const sink = this.#setup.trace;
    const world = World.begin({
      spec: newRunSpec(seed, options),
      programs: this.#setup.programs,
      listener,
      ...(sink === undefined ? {} : { sink }),
    });
    this.#world = world;
    yield { type: 'reset', world };
    yield* this.#instant(world);
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
      const late = yield* this.#passTo(simTime(atMicros));
      if (late !== undefined) return late;
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
        yield* this.#instant(yield* this.world());
        return undefined;
      }
      case 'command':
        return yield* this.#command(text, body);
    }
  }

  *#command(text: string, body: Extract<ScenarioBody, { readonly type: 'command' }>): Steps<string | undefined> {
    this.#setup.print(`$ ${text.trim()}\n`);
    const input = this.#takeInput();
    if (this.#world === undefined && !isNew(body)) yield* this.world();
    if (body.name !== undefined && this.#background.has(body.name)) return `there is a background command ${body.name} already`;
    const setting = this.#setting(body.name, input);
    this.#said = '';
    const job = runLine(body.command, setting);
    if (body.name !== undefined) return yield* this.#startInBackground(body.name, job);
    const started: string[] = [];
    const code = yield* this.#drive(job, started);
    if (typeof code === 'string') return code;
    const output = started.map((process) => this.#outputs.textOf(process)).join('') + this.#said;
    this.#last = { output, code };
    return undefined;
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
      stdin: input ?? (name === undefined ? '' : undefined),
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
  *#startInBackground(name: string, job: Job): Steps<string | undefined> {
    const first = job.next();
    if (first.done === true) {
      this.#last = { output: this.#said, code: first.value };
      return undefined;
    }
    if (first.value.type !== 'exit') return 'only programs run in the background';
    this.#background.add(name);
    yield* this.#instant(this.#present());
    return undefined;
  }

  *#wait(name: string): Steps<string | undefined> {
    if (!this.#background.has(name)) return `no background command ${name}`;
    const world = this.#present();
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
        yield* this.#instant(world);
        return true;
      case 'time':
        yield* this.#playTo(world, wait.at);
        return true;
      case 'condition':
        return yield* this.#until(world, wait);
      case 'exit': {
        const limit = world.now + COMMAND_MICROS_MAX;
        while (!world.core.exits.has(wait.process)) {
          const next = world.nextInstantAt();
          if (next === undefined || next > limit) return `it has not ended within ${COMMAND_MICROS_MAX / 1_000_000} s of virtual time`;
          yield* this.#instant(world);
        }
        return true;
      }
    }
  }

  *#until(world: World, wait: Extract<JobWait, { readonly type: 'condition' }>): Steps<boolean> {
    for (;;) {
      if (yield* this.#holds(world, wait)) return true;
      const next = world.nextInstantAt();
      if (next === undefined || next > wait.limit) break;
      yield* this.#instant(world);
    }
    world.advanceTo(wait.limit);
    return false;
  }

  *#holds(world: World, wait: Extract<JobWait, { readonly type: 'condition' }>): Steps<boolean> {
    const answers = new Map<string, Plain>();
    for (;;) {
      const evaluation = evaluateOn(world, wait.predicate, answers);
      if (evaluation.type === 'value') return evaluation.holds;
      const supply = yield { type: 'ask', questions: evaluation.questions };
      if (supply.type !== 'answers') throw new TypeError(`answers were asked for, not ${supply.type}`);
      for (const [i, question] of evaluation.questions.entries()) answers.set(questionKey(question), supply.answers[i]);
    }
  }

  /** Plays what lies before `at`, so that a command comes first at that time. */
  *#passTo(at: SimTime): Steps<string | undefined> {
    const world = yield* this.world();
    if (at < world.now) return `${at / 1000} ms has passed: it is ${world.now / 1000} ms`;
    for (let next = world.nextInstantAt(); next !== undefined && next < at; next = world.nextInstantAt()) yield* this.#instant(world);
    world.advanceTo(at);
    return undefined;
  }

  *#playTo(world: World, at: SimTime): Steps<void> {
    for (let next = world.nextInstantAt(); next !== undefined && next <= at; next = world.nextInstantAt()) yield* this.#instant(world);
    world.advanceTo(at);
  }

  *#instant(world: World): Steps<void> {
    if (world.nextInstantAt() === undefined) return;
    const instant = world.collect();
    const supply = yield { type: 'work', instant, world };
    if (supply.type !== 'results') throw new TypeError(`results were asked for, not ${supply.type}`);
    world.complete(supply.results);
  }
}

const isNew = (body: Extract<ScenarioBody, { readonly type: 'command' }>): boolean =>
  body.command.type === 'play' && body.command.words[0]?.text === 'new';
