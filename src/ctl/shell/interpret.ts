/** Runs a parsed script: lists, pipelines, loops, functions, jobs. Each construct as POSIX 2.9 has it; what bash adds beyond is added where tutorials use it. */

import type { CommandNode, CompoundCommand, CompoundList, ParsedScript, PipelineNode, Statement } from 'unbash';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import type { ShellHost } from '#ctl/shell/host.ts';
import { playWords } from '#ctl/shell/play-words.ts';
import { jobLine, JOBS_MAX } from '#ctl/shell/jobs.ts';
import { arithmetic, expandOne, expandPattern, expandWords, specialValue } from '#ctl/shell/expand.ts';
import { complain, CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import { BreakLoop, ExitShell, ReturnFunction } from '#ctl/shell/leave.ts';
import { matchesPattern } from '#ctl/shell/pattern.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { loop } from '#ctl/shell/loop.ts';
import { afterProblem, guarded, subshell } from '#ctl/shell/problem.ts';
import { runPiped } from '#ctl/shell/pipeline.ts';
import { openRedirects } from '#ctl/shell/redirect.ts';
import { runSimple } from '#ctl/shell/simple.ts';
import { DEPTH_MAX, fork, setVariable } from '#ctl/shell/state.ts';
import type { Streams } from '#ctl/shell/streams.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';
import { parseShell } from '#ctl/shell/parse.ts';
import { fromUtf8, concatBytes, type Bytes } from '#kernel/bytes.ts';
import { testExpression } from '#ctl/shell/test-expression.ts';

/** Exit code of a script that cannot be read. */
const SYNTAX = 2;
/** What a `$(…)` may print. */
const CAPTURE_BYTES_MAX = 16 * 1024 * 1024;

/** Runs a whole text in a shell; gives its exit code. What leaves the shell (`exit`) ends only the text. */
export function* runText<W>(text: string, state: Frame<W>['state'], streams: Streams, name: string): Task<number, W> {
  const frame: Frame<W> = { state, streams, source: text, substitute, command: runWords, script: runScriptText };
  try {
    return yield* runScriptText(text, frame, name);
  } catch (error) {
    if (error instanceof ExitShell) return error.code;
    if (error instanceof ReturnFunction) return error.code;
    if (error instanceof BreakLoop) return 0;
    throw error;
  }
}

function* runScriptText<W>(text: string, frame: Frame<W>, name: string): Task<number, W> {
  const { play } = frame.state.shared.host;
  const words = play === undefined ? undefined : playWords(text, (variable) => specialValue(frame, variable));
  if (play !== undefined && words !== undefined) return yield* playDirectly(words, play, frame);
  const parsed = parseShell(text);
  if (parsed.type !== 'ok') {
    yield* complain(frame, `${name}: syntax error: ${parsed.message} (at ${parsed.column})\n`);
    frame.state.status = SYNTAX;
    return SYNTAX;
  }
  return yield* runStatements(parsed.script.commands, { ...frame, source: parsed.script.source ?? text });
}

function* playDirectly<W>(
  words: readonly Word[] | SyntaxProblem,
  play: NonNullable<ShellHost<W>['play']>,
  frame: Frame<W>,
): Task<number, W> {
  if ('type' in words) {
    yield* complain(frame, `${words.message} (at ${words.column})\n`);
    return SYNTAX;
  }
  return yield* play(words, frame.streams);
}

/** One level deeper, so that what calls itself ends. */
function* deeper<T, W>(frame: Frame<W>, run: () => Task<T, W>): Task<T, W> {
  const { state } = frame;
  if (state.depth >= DEPTH_MAX) throw new CommandProblem(`more than ${DEPTH_MAX} calls within each other`);
  state.depth++;
  try {
    return yield* run();
  } finally {
    state.depth--;
  }
}

function* substitute<W>(script: ParsedScript, frame: Frame<W>): Task<string, W> {
  const parts: Bytes[] = [];
  let bytes = 0;
  const write = (data: Bytes): void => {
    bytes += data.length;
    if (bytes > CAPTURE_BYTES_MAX) throw new CommandProblem('$(…) printed too much');
    parts.push(data);
  };
  const state = fork(frame.state);
  const streams: Streams = { ...frame.streams, stdout: { type: 'direct', write, terminal: false } };
  const inner: Frame<W> = { ...frame, state, streams, source: script.source ?? frame.source };
  const [error] = script.errors ?? [];
  if (error !== undefined) throw new CommandProblem(`syntax error in $(…): ${error.message}`, SYNTAX);
  frame.state.status = yield* deeper(inner, () => subshell(inner, (f) => runStatements(script.commands, f)));
  return fromUtf8(concatBytes(parts)).replace(/\n+$/, '');
}

function* runStatements<W>(statements: readonly Statement[], frame: Frame<W>): Task<number, W> {
  let code = 0;
  for (const statement of statements) {
    code = statement.background === true ? yield* inBackground(statement, frame) : yield* runNode(statement.command, frame);
    frame.state.status = code;
    const isGuarded =
      statement.command.type === 'AndOr' || (statement.command.type === 'Pipeline' && statement.command.prefixes.length > 0);
    if (code !== 0 && frame.state.options.has('e') && !isGuarded) throw new ExitShell(code);
  }
  return code;
}

const runList = <W>(list: CompoundList, frame: Frame<W>): Task<number, W> => runStatements(list.commands, frame);

function* inBackground<W>(statement: Statement, frame: Frame<W>): Task<number, W> {
  const { shared } = frame.state;
  if (shared.jobs.isFull || shared.scheduler.isFull) throw new CommandProblem(`at most ${JOBS_MAX} jobs run at a time`);
  const group = shared.scheduler.newGroup('job');
  const text = frame.source.slice(statement.pos, statement.end).replace(/\s*&?\s*$/, '');
  const state = fork(frame.state, group);
  const inner: Frame<W> = { ...frame, state, streams: { ...frame.streams, stdin: Pipe.of(new Uint8Array(0)), typed: false } };
  const job = shared.jobs.add(
    text,
    group,
    shared.scheduler.spawn(
      guarded(inner, (f) => runNode(statement.command, f)),
      group,
    ),
  );
  frame.state.lastJob = job.pid;
  if (shared.interactive) yield* complain(frame, `[${job.number}] ${job.pid}\n`);
  return 0;
}

function* runNode<W>(node: Statement['command'], frame: Frame<W>): Task<number, W> {
  if (node.type !== 'AndOr') return yield* runPipeline(node, frame);
  let code = 0;
  for (const [i, part] of node.commands.entries()) {
    const operator = i === 0 ? undefined : node.operators[i - 1];
    if ((operator === '&&' && code !== 0) || (operator === '||' && code === 0)) continue;
    code = yield* runPipeline(part, frame);
    frame.state.status = code;
  }
  return code;
}

function* runPipeline<W>(node: PipelineNode, frame: Frame<W>): Task<number, W> {
  if (node.type !== 'Pipeline') return yield* runCommand(node, frame);
  const { host } = frame.state.shared;
  const begun = host.now();
  const [first, ...rest] = node.commands;
  const code =
    first === undefined
      ? 0
      : rest.length === 0
        ? yield* runCommand(first, frame)
        : yield* runPiped(node.commands, node.operators, frame, (command, stage) => guarded(stage, (f) => runCommand(command, f)));
  if (node.prefixes.some((p) => p.type === 'Time')) yield* complain(frame, timeReport(host.now() - begun));
  return node.prefixes.filter((p) => p.type === 'Negation').length % 2 === 1 ? (code === 0 ? 1 : 0) : code;
}

function timeReport(micros: number): string {
  const seconds = (micros % 60_000_000) / 1_000_000;
  const real = `${Math.floor(micros / 60_000_000)}m${seconds.toFixed(3)}s`;
  return `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}

function* runCommand<W>(node: CommandNode, frame: Frame<W>): Task<number, W> {
  if (frame.state.group.interrupted !== undefined) throw new Interrupted(frame.state.group.interrupted);
  try {
    return yield* runUnguarded(node, frame);
  } catch (error) {
    return yield* afterProblem(error, frame);
  }
}

function* runUnguarded<W>(node: CommandNode, frame: Frame<W>): Task<number, W> {
  switch (node.type) {
    case 'Command':
      return yield* runSimple(node, frame, callFunction);
    case 'Function': {
      frame.state.functions.set(node.name.text, { node, source: frame.source });
      return 0;
    }
    case 'Redirected': {
      const opened = yield* openRedirects(node.redirects, frame);
      try {
        return yield* runCompound(node.command, { ...frame, streams: opened.streams });
      } finally {
        yield* opened.close();
      }
    }
    case 'Coproc':
      throw new CommandProblem('coproc is not supported here');
    default:
      return yield* runCompound(node, frame);
  }
}

function* callFunction<W>(name: string, args: readonly string[], frame: Frame<W>): Task<number, W> {
  const found = frame.state.functions.get(name);
  if (found === undefined) return 127;
  const { state } = frame;
  const before = state.args;
  state.args = args;
  try {
    return yield* deeper(frame, () => {
      const inner = { ...frame, source: found.source };
      return found.node.body.type === 'CompoundList' ? runList(found.node.body, inner) : runCommand(found.node.body, inner);
    });
  } catch (error) {
    if (error instanceof ReturnFunction) return error.code;
    throw error;
  } finally {
    state.args = before;
  }
}

function* runWords<W>(argv: readonly string[], frame: Frame<W>, env: Readonly<Record<string, string>> = {}): Task<number, W> {
  return yield* deeper(frame, () => runSimple({ argv, env }, frame, callFunction));
}

function* runCompound<W>(node: CompoundCommand, frame: Frame<W>): Task<number, W> {
  switch (node.type) {
    case 'If':
      if ((yield* runCondition(node.clause, frame)) === 0) return yield* runList(node.then, frame);
      for (const other of node.elif) if ((yield* runCondition(other.clause, frame)) === 0) return yield* runList(other.then, frame);
      return node.else === undefined ? 0 : yield* runList(node.else, frame);
    case 'For': {
      const words = node.wordlist === undefined ? frame.state.args : yield* expandWords(frame, node.wordlist);
      let at = 0;
      return yield* loop(
        frame,
        () => runList(node.body, frame),
        function* () {
          const word = words[at++];
          if (word !== undefined) setVariable(frame.state, node.name.text, word);
          return word !== undefined;
        },
      );
    }
    case 'ArithmeticFor': {
      if (node.initialize !== undefined) yield* arithmetic(frame, node.initialize);
      let isFirst = true;
      return yield* loop(
        frame,
        () => runList(node.body, frame),
        function* () {
          if (!isFirst && node.update !== undefined) yield* arithmetic(frame, node.update);
          isFirst = false;
          return node.test === undefined || (yield* arithmetic(frame, node.test)) !== 0;
        },
      );
    }
    case 'While':
      return yield* loop(
        frame,
        () => runList(node.body, frame),
        function* () {
          return ((yield* runCondition(node.clause, frame)) === 0) === (node.kind === 'while');
        },
      );
    case 'Case':
      return yield* runCase(node, frame);
    case 'Subshell': {
      const inner = { ...frame, state: fork(frame.state) };
      return yield* subshell(inner, (f) => runList(node.body, f));
    }
    case 'BraceGroup':
      return yield* runList(node.body, frame);
    case 'ArithmeticCommand':
      return node.expression !== undefined && (yield* arithmetic(frame, node.expression)) !== 0 ? 0 : 1;
    case 'TestCommand':
      return (yield* testExpression(frame, node.expression)) ? 0 : 1;
    case 'Select':
      throw new CommandProblem('select is not supported here; use for and read');
  }
}

/** A condition may fail: `set -e` has nothing against it. */
function* runCondition<W>(list: CompoundList, frame: Frame<W>): Task<number, W> {
  const stops = frame.state.options.delete('e');
  try {
    return yield* runList(list, frame);
  } finally {
    if (stops) frame.state.options.add('e');
  }
}

function* runCase<W>(node: Extract<CompoundCommand, { readonly type: 'Case' }>, frame: Frame<W>): Task<number, W> {
  const word = yield* expandOne(frame, node.word);
  let code = 0;
  let falls = false;
  for (const item of node.items) {
    let isHit = falls;
    for (const pattern of item.pattern) isHit ||= matchesPattern(word, yield* expandPattern(frame, pattern));
    if (!isHit) continue;
    code = yield* runList(item.body, frame);
    if (item.terminator === undefined || item.terminator === ';;') return code;
    falls = item.terminator === ';&';
  }
  return code;
}

/** Says which jobs ended since it was said last. */
export function* announceJobs<W>(frame: Pick<Frame<W>, 'state' | 'streams'>): Task<void, W> {
  const full: Frame<W> = { ...frame, source: '', substitute, command: runWords, script: runScriptText };
  for (const job of frame.state.shared.jobs.takeEnded()) yield* print(full, jobLine(job, true));
}
