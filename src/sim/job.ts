/**
 * A typed line as a job: it submits world commands and says what it waits for; whoever plays the world resumes it when that has come. A
 * scenario plays until then; a terminal of the page shows it running, and offers to let time pass if time stands still.
 */

import type { CommandLine, Pipeline, SimpleCommand } from '#ctl/command-line.ts';
import { parsePlay, PLAY_HELP, type PlayContext } from '#ctl/play-command.ts';
import { parsePredicate, type Predicate } from '#ctl/predicate.ts';
import type { RunOptionsInput, WorldCommand } from '#ctl/world-command.ts';
import { simTime, type SimTime } from '#kernel/brand.ts';
import { resolveTargets } from '#sim/node-refs.ts';
import type { ProcessOutput } from '#sim/process-output.ts';
import { statusText } from '#sim/status-text.ts';
import type { World } from '#sim/world.ts';

export type JobWait =
  /** A command was submitted: until the instant that applies it was played. It takes no virtual time worth speaking of. */
  | { readonly type: 'applied' }
  /** Until the process ends: {@link World.core}.exits has it. */
  | { readonly type: 'exit'; readonly process: string }
  /** Until virtual time is `at`, all instants up to and with it played. */
  | { readonly type: 'time'; readonly at: SimTime }
  /** Until the condition holds, looked at now and after each instant; resumed with whether it does, at `limit` at the latest. */
  | { readonly type: 'condition'; readonly predicate: Predicate; readonly limit: SimTime }
  /** One instant. */
  | { readonly type: 'step' }
  /** A new run takes the place of this one; the job ends with it. */
  | { readonly type: 'new'; readonly options: RunOptionsInput };

/** Resumed with `true` or `false` after a condition; the value does not matter otherwise. The result is the exit code. */
export type Job = Generator<JobWait, number, boolean>;

/** Where a job lives. */
export interface JobSetting {
  /** The world of this moment. */
  readonly world: () => World;
  readonly outputs: ProcessOutput;
  /** Says something in the name of the job itself. */
  readonly say: (stderr: boolean, text: string) => void;
  /** The client that runs its processes. */
  readonly client: string;
  /** A name for its next process, unique in the run. */
  readonly nextProcess: () => string;
  /** Told of each process that starts: the foreground of a terminal. */
  readonly started?: (process: string) => void;
  /** Standard input: undefined is a terminal that may say more later. */
  readonly stdin: string | undefined;
  /** Width of the terminal, 0 if there is none. */
  readonly columns: number;
  /** Variables that every command gets. */
  readonly env: Readonly<Record<string, string>>;
}

const FAILED = 1;
const NOT_FOUND = 127;
const SYNTAX = 2;

/** Runs a parsed line. */
export function* runLine(line: Exclude<CommandLine, { readonly type: 'blank' }>, setting: JobSetting): Job {
  switch (line.type) {
    case 'error':
      setting.say(true, `${line.message} (at ${line.column})\n`);
      return SYNTAX;
    case 'play':
      return yield* runPlay(line, setting);
    case 'shell':
      return yield* runPipelines(line.pipelines, line.node, setting);
  }
}

const contextOf = (world: World): PlayContext => ({
  members: world.core.seats.map((s) => s.name),
  clients: [...world.core.clients.values()].map((c) => c.name),
});

function* runPlay(line: Extract<CommandLine, { readonly type: 'play' }>, setting: JobSetting): Job {
  const parsed = parsePlay(line.words, line.words[0]?.text === 'new' ? undefined : contextOf(setting.world()));
  if (parsed.type === 'error') {
    setting.say(true, `play: ${parsed.message}\n`);
    return SYNTAX;
  }
  const { command } = parsed;
  switch (command.type) {
    case 'world':
      return yield* submit(command.command, setting);
    case 'new':
      yield { type: 'new', options: command.options };
      return 0;
    case 'run':
      yield { type: 'time', at: simTime(setting.world().now + command.micros) };
      return 0;
    case 'until':
      return yield* runUntil(command.condition, command.withinMicros, setting);
    case 'status':
      setting.say(false, statusText(setting.world()));
      return 0;
    case 'step':
      yield { type: 'step' };
      return 0;
    case 'help':
      setting.say(false, PLAY_HELP);
      return 0;
  }
}

function* submit(command: WorldCommand, setting: JobSetting): Job {
  const result = setting.world().submit(command);
  if (result.type === 'error') {
    setting.say(true, `play: ${result.message}\n`);
    return FAILED;
  }
  yield { type: 'applied' };
  return 0;
}

function* runUntil(condition: string, withinMicros: number, setting: JobSetting): Job {
  const world = setting.world();
  const parsed = parsePredicate(
    condition,
    world.core.seats.map((s) => s.name),
  );
  if (parsed.type === 'error') {
    setting.say(true, `play: ${parsed.message}\n`);
    return SYNTAX;
  }
  const holds = yield { type: 'condition', predicate: parsed.predicate, limit: simTime(world.now + withinMicros) };
  if (holds) return 0;
  setting.say(true, `play: not within ${withinMicros / 1000} ms of virtual time: ${condition}\n`);
  return FAILED;
}

function* runPipelines(pipelines: readonly Pipeline[], node: string | undefined, setting: JobSetting): Job {
  let code = 0;
  for (const pipeline of pipelines) {
    if (pipeline.after === '&&' && code !== 0) continue;
    if (pipeline.after === '||' && code === 0) continue;
    code = yield* runPipeline(pipeline, node, setting);
  }
  return code;
}

/** Commands of a pipeline run one after another, each with all that the one before it said. */
function* runPipeline(pipeline: Pipeline, node: string | undefined, setting: JobSetting): Job {
  let code = 0;
  let input = setting.stdin;
  for (const [i, command] of pipeline.commands.entries()) {
    const piped = i < pipeline.commands.length - 1;
    const process = setting.nextProcess();
    code = yield* runSimple(command, node, process, input, { piped }, setting);
    input = setting.outputs.stdoutOf(process);
  }
  return code;
}

function* runSimple(
  command: SimpleCommand,
  node: string | undefined,
  process: string,
  stdin: string | undefined,
  { piped }: { readonly piped: boolean },
  setting: JobSetting,
): Job {
  const [program] = command.argv;
  if (program === undefined) {
    setting.say(true, 'variables are set before a command: NAME=value etcdctl …\n');
    return SYNTAX;
  }
  if (command.redirects.length > 0) {
    setting.say(true, 'there are no files here: redirections are not built yet\n');
    return FAILED;
  }
  const world = setting.world();
  if (!Object.hasOwn(world.core.programs, program)) {
    const known = [...Object.keys(world.core.programs), 'play'].sort().join(', ');
    setting.say(true, `${program}: command not found (there are ${known})\n`);
    return NOT_FOUND;
  }
  const argv = withEndpoint(command.argv, node, world);
  if (typeof argv === 'string') {
    setting.say(true, `${argv}\n`);
    return FAILED;
  }
  if (piped) setting.outputs.pipe(process);
  const result = world.submit({
    type: 'start',
    process,
    client: setting.client,
    argv,
    env: { ...setting.env, ...command.env },
    stdin,
    columns: piped ? 0 : setting.columns,
  });
  if (result.type === 'error') {
    setting.say(true, `${result.message}\n`);
    return FAILED;
  }
  setting.started?.(process);
  yield { type: 'exit', process };
  return setting.world().core.exits.get(process)?.code ?? FAILED;
}

/** `at NODE:` puts that member's endpoint first. A text is an error. */
function withEndpoint(argv: readonly string[], node: string | undefined, world: World): readonly string[] | string {
  if (node === undefined) return argv;
  const resolved = resolveTargets(world.core, [node]);
  if (resolved.type === 'error') return resolved.message;
  const [first, ...more] = resolved.targets;
  if (first?.target.type !== 'member' || more.length > 0) return `at ${node}: one member is needed`;
  const [program = '', ...rest] = argv;
  if (program !== 'etcdctl') return '`at NODE:` stands before etcdctl commands';
  const endpoints = first.target.seat.config.clientUrls.map((url) => url.replace(/^https?:\/\//, ''));
  return [program, `--endpoints=${endpoints.join(',')}`, ...rest];
}
