/** jq: paths, iteration, pipes, select, map, objects, arrays, string interpolation, comparisons, arithmetic and the functions that etcd's JSON asks for. */

import { readOptions } from '#ctl/shell/command.ts';
import { complain, print, type Frame } from '#ctl/shell/frame.ts';
import type { Task } from '#ctl/shell/task.ts';
import { openInputs } from '#ctl/shell/tools/inputs.ts';
import { evaluateJq } from '#ctl/shell/tools/jq-eval.ts';
import { JqProblem, type Json } from '#ctl/shell/tools/jq-values.ts';
import { parseJq, type JqNode } from '#ctl/shell/tools/jq-parse.ts';
import { readAll, readLine } from '#ctl/shell/streams.ts';
import { jsonText, JsonProblem, readJsonTexts } from '#ctl/shell/tools/json-text.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

interface Setting {
  readonly filter: JqNode;
  readonly raw: boolean;
  readonly joined: boolean;
  readonly indent: number;
  readonly sorted: boolean;
  readonly variables: ReadonlyMap<string, Json>;
}

const PROBLEM = 5;
const BAD_INPUT = 2;
const BAD_PROGRAM = 3;

export function* jq<W>(frame: Frame<W>, args: readonly string[], _name: string): Task<number, W> {
  const variables = new Map<string, Json>();
  const plain: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--arg' || arg === '--argjson') {
      const [name = '', value = ''] = [args[++i], args[++i]];
      variables.set(name, arg === '--arg' ? value : (readJsonTexts(value)[0] ?? null));
    } else plain.push(arg);
  }
  const { flags, rest, unknown } = readOptions(plain, 'rcnsjSeMCa', {
    'raw-output': 'r',
    'compact-output': 'c',
    'null-input': 'n',
    slurp: 's',
    'join-output': 'j',
    'sort-keys': 'S',
    'exit-status': 'e',
    tab: 'a',
  });
  if (unknown !== undefined) {
    yield* complain(frame, `jq: option -${unknown} is not supported here\n`);
    return BAD_INPUT;
  }
  const [program = '.', ...files] = rest;
  const filter = parseJq(program);
  if (typeof filter === 'string') {
    yield* complain(frame, `jq: error: ${filter}\njq: 1 compile error\n`);
    return BAD_PROGRAM;
  }
  const setting: Setting = {
    filter,
    raw: flags.has('r') || flags.has('j'),
    joined: flags.has('j'),
    indent: flags.has('c') ? 0 : 2,
    sorted: flags.has('S'),
    variables,
  };
  if (flags.has('n')) return yield* one(frame, null, setting);
  const { inputs, missing } = yield* openInputs(frame, 'jq', files);
  let code = missing > 0 ? BAD_INPUT : 0;
  for (const { name, pipe } of inputs) {
    // A stream of lines is filtered as it comes: a watch through the gateway never ends.
    if (name === '-' && !flags.has('s')) {
      let held = '';
      for (let line = yield* readLine(pipe); line !== undefined; line = yield* readLine(pipe)) {
        held += `${line.text}\n`;
        const values = tryRead(held);
        if (values === undefined) continue;
        held = '';
        for (const value of values) code = Math.max(code, yield* one(frame, value, setting));
      }
      if (held.trim() !== '') code = Math.max(code, yield* all(frame, held, setting));
      continue;
    }
    const text = fromUtf8(yield* readAll(pipe));
    if (!flags.has('s')) code = Math.max(code, yield* all(frame, text, setting));
    else {
      const values = tryRead(text);
      code = Math.max(code, values === undefined ? yield* all(frame, text, setting) : yield* one(frame, values, setting));
    }
  }
  return code;
}

function tryRead(text: string): readonly Json[] | undefined {
  try {
    return readJsonTexts(text);
  } catch (error) {
    if (error instanceof JsonProblem) return undefined;
    throw error;
  }
}

function* all<W>(frame: Frame<W>, text: string, setting: Setting): Task<number, W> {
  try {
    let code = 0;
    for (const value of readJsonTexts(text)) code = Math.max(code, yield* one(frame, value, setting));
    return code;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    yield* complain(frame, `jq: parse error: ${error.message}\n`);
    return BAD_INPUT;
  }
}

function* one<W>(frame: Frame<W>, input: Json, setting: Setting): Task<number, W> {
  try {
    for (const value of evaluateJq(setting.filter, input, setting.variables)) {
      const text = setting.raw && typeof value === 'string' ? value : jsonText(value, setting.indent, setting.sorted);
      yield* print(frame, setting.joined ? text : `${text}\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof JqProblem)) throw error;
    yield* complain(frame, `jq: error: ${error.message}\n`);
    return PROBLEM;
  }
}
