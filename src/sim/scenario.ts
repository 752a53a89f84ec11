/**
 * Plays a scenario file (DESIGN §5) line by line, as a generator of demands (scenario-steps.ts). A `play` command that fails ends the run unless an
 * expectation follows it; programs may fail as they like.
 */

import { parseScenarioLine, type ScenarioBody } from '#ctl/scenario-line.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { RunOptionsInput } from '#ctl/world-command.ts';
import { simTime } from '#kernel/brand.ts';
import { concatBytes, fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { driveSession, type NewRun } from '#sim/drive-session.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec } from '#sim/run-spec.ts';
import { ShellSession, type Run } from '#sim/shell-session.ts';
import { playBefore, playNext, type Steps } from '#sim/scenario-steps.ts';
import { parsePlay } from '#ctl/play-command.ts';
import { parseShell } from '#ctl/shell/parse.ts';
import { playWords } from '#ctl/shell/play-words.ts';
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

/** Hears what commands say; `name` is that of `&NAME`, else the client's. */
export type OutputSink = (name: string, stderr: boolean, data: Bytes) => void;

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
  /** Plays another file for `play load`, or says why it cannot be. */
  readonly load?: (
    file: string,
    text: string,
  ) => { readonly type: 'ok'; readonly spec: RunSpec } | { readonly type: 'error'; readonly message: string };
  /** Hears of clients' calls. */
  readonly listener?: Pick<WorldListener, 'call' | 'member'>;
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

/** Bytes of a command's output that expectations see. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** What a command said. */
class Said {
  readonly #parts: Bytes[] = [];
  #bytes = 0;

  add(data: Bytes): void {
    this.#bytes += data.length;
    if (this.#bytes <= OUTPUT_BYTES_MAX) this.#parts.push(data);
  }

  get text(): string {
    return fromUtf8(concatBytes(this.#parts));
  }
}

interface Background {
  readonly run: Run;
  readonly said: Said;
}

/** Whether a line makes a world and does nothing else. */
function isPlayNew(line: string): boolean {
  if (!/^play\s+new\b[^|&;<>()`$\n]*$/.test(line) || parseShell(line).type === 'incomplete') return false;
  const words = playWords(line);
  const play = words === undefined || 'type' in words ? undefined : parsePlay(words);
  return play?.type === 'ok' && play.command.type === 'new';
}

class Scenario {
  readonly #setup: ScenarioSetup;
  readonly #lines: readonly string[];
  readonly #session: ShellSession;
  #world: World | undefined;
  #at = 0;
  #nextProcess = 1;
  #last: Finished | undefined;
  /** Commands started with `&NAME`. */
  readonly #background = new Map<string, Background>();

  constructor(setup: ScenarioSetup) {
    this.#setup = setup;
    this.#lines = setup.text.split(/\r?\n/);
    this.#session = new ShellSession({
      world: () => this.#present(),
      now: () => this.#world?.now ?? 0,
      client: 'client',
      nextProcess: () => `client#${this.#nextProcess++}`,
      columns: COLUMNS,
      env: {},
      interactive: false,
      programs: Object.keys(setup.programs),
    });
  }

  /** The world, begun with the defaults if no line did. */
  *world(): Steps<World> {
    return this.#world ?? (yield* this.#begin(this.#setup.defaults ?? {}));
  }

  *#begin(input: RunOptionsInput): Steps<World> {
    const { seed, options } = optionsFromInput(input);
    const broken = [...new Set([...options.broken, ...(this.#setup.broken ?? [])])];
    return yield* this.#beginSpec(newRunSpec(seed, { ...options, broken }));
  }

  /** Puts the run of a `play` line in the place of the present one. */
  *#beginWanted(wanted: NewRun): Steps<string | undefined> {
    if (wanted.type === 'new') {
      yield* this.#begin(wanted.options);
      return undefined;
    }
    const loaded = this.#setup.load?.(wanted.file, wanted.text) ?? { type: 'error', message: 'no files can be loaded here' };
    if (loaded.type === 'error') return loaded.message;
    yield* this.#beginSpec(loaded.spec);
    return undefined;
  }

  *#beginSpec(spec: RunSpec): Steps<World> {
    const listener: WorldListener = {
      ...this.#setup.listener,
      output: (process, stderr, data) => {
        if (!this.#session.output(process, stderr, data)) this.#setup.output(process, stderr, data);
      },
      member: (actor, trace) => {
        this.#session.memberTrace(actor, trace);
        this.#setup.listener?.member?.(actor, trace);
      },
    };
    const sink = this.#setup.trace;
    const world = World.begin({
      spec,
      programs: this.#setup.programs,
      listener,
      ...(sink === undefined ? {} : { sink }),
    });
    this.#world = world;
    for (const { run } of this.#background.values()) this.#session.drop(run);
    this.#background.clear();
    yield { type: 'reset', world };
    // What is to be done at time 0 comes before its instant, as at any other time.
    if (this.#nextTime() !== 0) yield* playNext(world);
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
      case 'signal':
        return yield* this.#signal(body);
      case 'more-input':
        return yield* this.#moreInput(body);
      case 'command':
        return atMicros === undefined ? yield* this.#command(text, body) : yield* this.#timed(text, atMicros, body);
    }
  }

  /**
   * A line with a time. What it does to the world is done at that time exactly, together with the lines of the same time that follow; anything else
   * runs as it would without.
   */
  *#timed(text: string, atMicros: number, body: CommandBody): Steps<string | undefined> {
    const words = body.open ? undefined : playWords(body.line);
    const play = words === undefined || 'type' in words ? undefined : parsePlay(words);
    if (play?.type !== 'ok' || play.command.type !== 'world') return yield* this.#command(text, body);
    const world = this.#present();
    this.#setup.print(`$ ${text.trim()}\n`);
    const result = world.submit(play.command.command);
    const output = result.type === 'error' ? `play: ${result.message}` : '';
    this.#last = { output, code: result.type === 'error' ? 1 : 0 };
    if (this.#nextTime() !== atMicros) yield* playNext(world);
    return result.type === 'error' && !this.#isExpected() ? output : undefined;
  }

  /** The time of the next line that is not blank, if it has one. */
  #nextTime(): number | undefined {
    for (let at = this.#at + 1; at < this.#lines.length; at++) {
      const parsed = parseScenarioLine(this.#lines[at] ?? '');
      if (parsed.type === 'error') return undefined;
      if (parsed.body.type !== 'blank') return parsed.atMicros;
    }
    return undefined;
  }

  *#command(text: string, body: CommandBody): Steps<string | undefined> {
    let line = body.line;
    let shown = text.trim();
    for (let open = body.open; open;) {
      const next = this.#lines[++this.#at];
      if (next === undefined) return 'more lines must follow: something is not closed';
      line += `\n${next}`;
      shown += `\n${next}`;
      open = parseShell(line).type === 'incomplete';
    }
    this.#setup.print(`$ ${shown}\n`);
    const input = this.#takeInput();
    // Whatever is not `play new` and nothing else runs in a world.
    if (this.#world === undefined && !isPlayNew(line)) yield* this.world();
    if (body.name !== undefined && this.#background.has(body.name)) return `there is a background command ${body.name} already`;
    const said = new Said();
    const name = body.name ?? 'client';
    const say = (stderr: boolean, data: Bytes): void => {
      said.add(data);
      this.#setup.output(name, stderr, data);
    };
    if (body.name !== undefined) return yield* this.#startInBackground(body.name, line, input, said, say);
    const run = this.#session.run({ text: line, stdin: input ?? '', say });
    const message = yield* this.#finish(run);
    if (message !== undefined) return message;
    this.#last = { output: said.text, code: run.task.code };
    // A failed etcdctl is an answer; a world that did not do what the file says is a failure, unless the file expects it.
    const failed = run.task.code !== 0 && /^play\b/.test(line) && !this.#isExpected();
    return failed ? said.text.trimEnd() : undefined;
  }

  /** Plays until a command ends. A text says why it cannot. */
  #finish(run: Run): Steps<string | undefined> {
    return driveSession(
      this.#session,
      { world: () => this.#present(), now: () => this.#world?.now ?? 0 },
      () => run.task.done,
      (wanted) => this.#beginWanted(wanted),
    );
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

  /** Starts it and plays the instant in which it starts; `wait` sees to the rest. Its input stays open until then. */
  *#startInBackground(
    name: string,
    text: string,
    input: string | undefined,
    said: Said,
    say: (stderr: boolean, data: Bytes) => void,
  ): Steps<string | undefined> {
    const run = this.#session.run({ text, stdin: undefined, say, beside: name });
    this.#background.set(name, { run, said });
    if (!run.task.done) yield* this.#applied();
    if (input === undefined) return undefined;
    this.#session.input(run, input, false);
    yield* this.#applied();
    return undefined;
  }

  /** Plays the instant that applies what was submitted, and says so to who waits for it. */
  *#applied(): Steps<void> {
    yield* playNext(this.#present());
    for (const { ticket, wait } of this.#session.waits()) if (wait.type === 'applied') this.#session.answer(ticket, true);
  }

  *#signal(body: Extract<ScenarioBody, { readonly type: 'signal' }>): Steps<string | undefined> {
    const world = yield* this.world();
    const known = this.#background.get(body.name);
    if (known === undefined || known.run.task.done || known.run.group.processes.size === 0) {
      const refusal = world.submit({ type: 'signal', process: body.name, signal: body.signal });
      if (refusal.type === 'error') return refusal.message;
    } else this.#session.signal(known.run, body.signal);
    yield* this.#applied();
    return undefined;
  }

  *#moreInput({ name, data }: Extract<ScenarioBody, { readonly type: 'more-input' }>): Steps<string | undefined> {
    const known = this.#background.get(name);
    if (known === undefined) return `no background command ${name}`;
    if (known.run.task.done) return `${name} has ended`;
    this.#session.input(known.run, data ?? '', data === undefined);
    yield* this.#applied();
    return undefined;
  }

  *#wait(name: string): Steps<string | undefined> {
    const known = this.#background.get(name);
    if (known === undefined) return `no background command ${name}`;
    if (!known.run.task.done) this.#session.input(known.run, '', true);
    const message = yield* this.#finish(known.run);
    if (message !== undefined) return message;
    this.#last = { output: known.said.text, code: known.run.task.code };
    return undefined;
  }
}

type CommandBody = Extract<ScenarioBody, { readonly type: 'command' }>;
