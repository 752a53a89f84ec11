/** grep, line by line as they come. */

import { readOptions } from '#ctl/shell/command.ts';
import { CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import { readLine } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';
import { extendedOf, literalSource, safeExpression } from '#ctl/shell/tools/expression.ts';
import { openInputs, type Input } from '#ctl/shell/tools/inputs.ts';

const LETTERS = 'EFGPivcolnqwxshrRA:B:C:m:e:a';
const LONG: Readonly<Record<string, string>> = {
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'ignore-case': 'i',
  'invert-match': 'v',
  count: 'c',
  'only-matching': 'o',
  'files-with-matches': 'l',
  'line-number': 'n',
  quiet: 'q',
  silent: 'q',
  'word-regexp': 'w',
  'line-regexp': 'x',
  'max-count': 'm',
  'after-context': 'A',
  'before-context': 'B',
  context: 'C',
  color: 'a',
  'line-buffered': 'a',
  text: 'a',
};

interface Search {
  readonly expression: RegExp;
  readonly has: (letter: string) => boolean;
  readonly max: number;
  readonly before: number;
  readonly after: number;
  readonly named: boolean;
}

export function* grep<W>(frame: Frame<W>, args: readonly string[], _name: string): Task<number, W> {
  const { flags, rest, unknown } = readOptions(args, LETTERS, LONG);
  if (unknown !== undefined)
    throw new CommandProblem(`grep: option ${unknown.length === 1 ? '-' : '--'}${unknown} is not supported here`, 2);
  const [first, ...others] = rest;
  const given = flags.get('e');
  const pattern = given ?? first;
  if (pattern === undefined) throw new CommandProblem('grep: usage: grep [OPTION]... PATTERNS [FILE]...', 2);
  const files = given === undefined ? others : rest;
  const has = (letter: string): boolean => flags.has(letter);
  const alternatives = pattern.split('\n').map((p) => (has('F') ? literalSource(p) : has('E') || has('P') ? p : extendedOf(p)));
  const source = alternatives.length === 1 ? (alternatives[0] ?? '') : alternatives.map((p) => `(?:${p})`).join('|');
  const whole = has('x') ? `^(?:${source})$` : has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : source;
  const context = Number(flags.get('C') ?? '0');
  const { inputs, missing } = yield* openInputs(frame, 'grep', files);
  const search: Search = {
    expression: safeExpression(whole, has('i') ? 'gi' : 'g'),
    has,
    max: Number(flags.get('m') ?? Infinity),
    before: Number(flags.get('B') ?? context),
    after: Number(flags.get('A') ?? context),
    named: inputs.length > 1 && !has('h'),
  };
  let found = false;
  for (const input of inputs) {
    const count = yield* searchOne(frame, input, search);
    found ||= count > 0;
    if (found && has('q')) return 0;
  }
  return found ? 0 : missing > 0 ? 2 : 1;
}

function* searchOne<W>(frame: Frame<W>, input: Input, search: Search): Task<number, W> {
  const { has } = search;
  const label = search.named ? `${input.name === '-' ? '(standard input)' : input.name}` : '';
  let count = 0;
  let number = 0;
  let owed = 0;
  let printed = 0;
  const held: { readonly text: string; readonly number: number }[] = [];
  const show = (text: string, at: number, mark: string): Task<void, W> =>
    print(frame, `${label === '' ? '' : label + mark}${has('n') ? at + mark : ''}${text}\n`);
  const quiet = has('c') || has('q') || has('l');
  for (let line = yield* readLine(input.pipe); line !== undefined && count < search.max; line = yield* readLine(input.pipe)) {
    number++;
    search.expression.lastIndex = 0;
    const isHit = search.expression.test(line.text) !== has('v');
    search.expression.lastIndex = 0;
    if (isHit) {
      count++;
      if (has('q')) return count;
      if (!quiet && has('o') && !has('v')) {
        for (const [match] of line.text.matchAll(search.expression)) if (match !== '') yield* show(match, number, ':');
      } else if (!quiet) {
        if (printed > 0 && search.before + search.after > 0 && number - held.length > printed + 1) yield* print(frame, '--\n');
        for (const old of held) yield* show(old.text, old.number, '-');
        yield* show(line.text, number, ':');
        printed = number;
      }
      held.length = 0;
      owed = search.after;
    } else if (owed > 0 && !quiet) {
      owed--;
      yield* show(line.text, number, '-');
      printed = number;
    } else if (search.before > 0) {
      held.push({ text: line.text, number });
      if (held.length > search.before) held.shift();
    }
  }
  if (has('l') && count > 0) yield* print(frame, `${input.name}\n`);
  else if (has('c')) yield* print(frame, `${label === '' ? '' : `${label}:`}${count}\n`);
  return count;
}
