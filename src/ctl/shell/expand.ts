/** Expansion of words: braces, variables, `$(…)`, `$((…))`, splitting, file names. In the order of POSIX, 2.6. */

import type { ArithmeticExpression, ParameterExpansionPart, Word, WordPart } from 'unbash';
import { HOME, resolvePath } from '#ctl/file-request.ts';
import { expandBraces } from '#ctl/shell/braces.ts';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { evaluated, keyIn, numberIn } from '#ctl/shell/numbers.ts';
import { applyOperation } from '#ctl/shell/parameter.ts';
import { compile, patternSource, type PatternPiece } from '#ctl/shell/pattern.ts';
import { arrayNamed, variable } from '#ctl/shell/state.ts';
import type { Task } from '#ctl/shell/task.ts';

/** Words that one command may grow to. */
const FIELDS_MAX = 100_000;

/** Cuts expanded text into words. */
class Fields {
  readonly done: PatternPiece[][] = [];
  #open: PatternPiece[] | undefined;

  add(text: string, literal = true): void {
    (this.#open ??= []).push({ text, literal });
  }

  close(): void {
    if (this.#open !== undefined) this.done.push(this.#open);
    this.#open = undefined;
    if (this.done.length > FIELDS_MAX) throw new CommandProblem(`a command has at most ${FIELDS_MAX} words`);
  }

  /** Text of an unquoted expansion: blanks separate words. */
  split(text: string): void {
    const pieces = text.split(/[ \t\n]+/);
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) this.close();
      if (piece !== '') this.add(piece);
    }
  }
}

const textOf = (pieces: readonly PatternPiece[]): string => pieces.map((p) => p.text).join('');

/** All words of a command. */
export function* expandWords<W>(frame: Frame<W>, words: readonly Word[]): Task<string[], W> {
  const out: string[] = [];
  for (const word of words) {
    for (const single of expandBraces(word)) {
      const fields = yield* expandFields(frame, single);
      for (const field of fields) out.push(...(yield* matchNames(frame, field)));
    }
  }
  return out;
}

/** One word where no splitting takes place: an assignment, a redirection's target, `case`. */
export function* expandOne<W>(frame: Frame<W>, word: Word): Task<string, W> {
  return textOf(yield* expandPattern(frame, word));
}

/** The same with what of it is a pattern. */
export function* expandPattern<W>(frame: Frame<W>, word: Word): Task<readonly PatternPiece[], W> {
  const fields = new Fields();
  fields.add('');
  yield* addWord(frame, word, fields, true);
  fields.close();
  return fields.done.flat();
}

function* expandFields<W>(frame: Frame<W>, word: Word): Task<PatternPiece[][], W> {
  const fields = new Fields();
  yield* addWord(frame, word, fields, false);
  fields.close();
  return fields.done;
}

function* addWord<W>(frame: Frame<W>, word: Word, fields: Fields, whole: boolean): Task<void, W> {
  const { parts } = word;
  if (parts === undefined) {
    fields.add(withHome(frame, word.value, word.text));
    return;
  }
  for (const [i, part] of parts.entries()) {
    if (i === 0 && part.type === 'Literal') fields.add(withHome(frame, part.value, part.text));
    else yield* addPart(frame, part, fields, whole);
  }
}

/** `~` and `~/…` at the beginning of a word. */
const withHome = <W>(frame: Frame<W>, value: string, text: string): string =>
  text === '~' || text.startsWith('~/') ? (variable(frame.state, 'HOME') ?? HOME) + value.slice(1) : value;

/** @param quoted within double quotes, or where nothing is split */
function* addPart<W>(frame: Frame<W>, part: WordPart, fields: Fields, quoted: boolean): Task<void, W> {
  const put = (text: string): void => (quoted ? fields.add(text) : fields.split(text));
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return fields.add(part.value);
    case 'DoubleQuoted':
    case 'LocaleString': {
      const only = part.parts.length === 1 ? part.parts[0] : undefined;
      if (only !== undefined && isAllArguments(only)) return addArguments(frame, fields);
      if (only?.type === 'ParameterExpansion' && isAllItems(only)) return addItems(yield* itemsOf(frame, only), fields);
      fields.add('');
      for (const inner of part.parts) yield* addPart(frame, inner, fields, true);
      return;
    }
    case 'Glob':
      return fields.add(part.text, false);
    case 'ExtendedGlob':
      throw new CommandProblem(`${part.text}: extended patterns are not supported here`);
    case 'ProcessSubstitution':
      throw new CommandProblem(`${part.text}: process substitution is not supported here; use a file or a pipe`);
    case 'BraceExpansion':
      return fields.add(part.text); // what expandBraces left is no expansion
    case 'SimpleExpansion':
      if (!quoted && isAllArguments(part)) return addArguments(frame, fields);
      return put(specialValue(frame, part.text.slice(1)));
    case 'ParameterExpansion':
      if (isAllArguments(part)) return addArguments(frame, fields);
      if (isAllItems(part)) return addItems(yield* itemsOf(frame, part), fields);
      return put(yield* parameterValue(frame, part));
    case 'CommandExpansion':
      return put(part.script === undefined ? '' : yield* frame.substitute(part.script, frame));
    case 'ArithmeticExpansion':
      return put(String(part.expression === undefined ? 0 : yield* arithmetic(frame, part.expression)));
  }
}

const isAllArguments = (part: WordPart): boolean =>
  (part.type === 'SimpleExpansion' && part.text === '$@') ||
  (part.type === 'ParameterExpansion' && part.parameter === '@' && part.operation === undefined && part.prefix === undefined);

const addArguments = <W>(frame: Frame<W>, fields: Fields): void => addItems(frame.state.args, fields);

function addItems(items: readonly string[], fields: Fields): void {
  for (const [i, item] of items.entries()) {
    if (i > 0) fields.close();
    fields.add(item);
  }
}

/** `${a[@]}` and, for its indexes, `${!a[@]}`. */
const isAllItems = (part: ParameterExpansionPart): boolean => part.index?.text === '@' && part.prefix !== '#';

/** What `${a[@]}`, `${a[@]:1:2}`, `${a[@]%.x}`, `${!a[@]}` stand for; a plain variable is an array of one. */
function* itemsOf<W>(frame: Frame<W>, { parameter, prefix, operation }: ParameterExpansionPart): Task<readonly string[], W> {
  const array = arrayNamed(frame.state, parameter);
  if (prefix === '!') return Array.from(array?.items.keys() ?? []);
  const items = Array.from(array?.items.values() ?? []);
  if (operation === undefined) return items;
  if (operation.type === 'Slice') {
    const from = numberIn(frame, yield* expandOne(frame, operation.offset));
    const length = operation.length === undefined ? Infinity : numberIn(frame, yield* expandOne(frame, operation.length));
    const begin = from < 0 ? Math.max(0, items.length + from) : from;
    return items.slice(begin, begin + length);
  }
  const of = (value: string | undefined): Task<string, W> =>
    applyOperation(frame, parameter, value, operation, (word) => expandPattern(frame, word));
  if (operation.type === 'Default' && items.length === 0) {
    const other = yield* of(undefined);
    return other === '' ? [] : [other];
  }
  const changed: string[] = [];
  for (const item of items) changed.push(yield* of(item));
  return changed;
}

/** Of `$name`, `$1`, `$?` and the like. */
export function specialValue<W>(frame: Frame<W>, name: string): string {
  const { state } = frame;
  if (/^\d+$/.test(name)) return name === '0' ? state.name : (state.args[Number(name) - 1] ?? '');
  switch (name) {
    case '?':
      return String(state.status);
    case '#':
      return String(state.args.length);
    case '@':
    case '*':
      return state.args.join(' ');
    case '$':
      return '1000';
    case '!':
      return state.lastJob;
    case '-':
      return Array.from(state.options).join('');
    case 'RANDOM':
      throw new CommandProblem('$RANDOM: a run repeats itself exactly, so nothing in it is random; take $(date +%N) or a counter');
    case 'SECONDS':
      return String(Math.floor(state.shared.host.now() / 1_000_000));
    case 'LINENO':
      return '1';
    default: {
      const value = variable(state, name);
      if (value === undefined && state.options.has('u')) throw new CommandProblem(`${name}: unbound variable`);
      return value ?? '';
    }
  }
}

function* parameterValue<W>(frame: Frame<W>, part: ParameterExpansionPart): Task<string, W> {
  if (part.index !== undefined) return yield* itemValue(frame, part, part.index);
  const name = part.prefix === '!' ? specialValue(frame, part.parameter) : part.parameter;
  const { operation } = part;
  const unset = operation?.type === 'Default' && /^\w+$/.test(name) && !/^\d/.test(name) && variable(frame.state, name) === undefined;
  const value = unset ? '' : specialValue(frame, name);
  if (part.prefix === '#') return String(Array.from(value).length);
  if (operation === undefined) return value;
  const result = yield* applyOperation(frame, name, unset ? undefined : value, operation, (word) => expandPattern(frame, word));
  return result;
}

/** `${a[1]}`, `${a[*]}`, `${#a[@]}`. */
function* itemValue<W>(frame: Frame<W>, part: ParameterExpansionPart, index: Word): Task<string, W> {
  const { parameter, prefix, operation } = part;
  const array = arrayNamed(frame.state, parameter);
  if (index.text === '@' || index.text === '*') {
    if (prefix === '#') return String(array?.items.size ?? 0);
    return (yield* itemsOf(frame, part)).join((variable(frame.state, 'IFS') ?? ' ').slice(0, 1));
  }
  if (prefix === '!') throw new CommandProblem(`${part.text}: not supported here`);
  const item = array?.items.get(yield* itemKey(frame, parameter, index));
  if (prefix === '#') return String(Array.from(item ?? '').length);
  if (operation === undefined) {
    if (item === undefined && frame.state.options.has('u')) throw new CommandProblem(`${parameter}[${index.text}]: unbound variable`);
    return item ?? '';
  }
  if (operation.operator.endsWith('=')) throw new CommandProblem(`${part.text}: not supported here`);
  return yield* applyOperation(frame, `${parameter}[${index.text}]`, item, operation, (word) => expandPattern(frame, word));
}

/** What an index means: of a number its value, else a name. */
export function* itemKey<W>(frame: Frame<W>, name: string, index: Word): Task<string, W> {
  return keyIn(frame, name, yield* expandOne(frame, index), arrayNamed(frame.state, name));
}

/** A number of `$((…))` or `((…))`; words in it are expanded first. */
export function* arithmetic<W>(frame: Frame<W>, expression: ArithmeticExpression): Task<number, W> {
  const words = new Map<ArithmeticExpression, string>();
  yield* gatherWords(frame, expression, words);
  return evaluated(frame, expression, words);
}

function* gatherWords<W>(frame: Frame<W>, node: ArithmeticExpression, words: Map<ArithmeticExpression, string>): Task<void, W> {
  switch (node.type) {
    case 'ArithmeticWord': {
      if (node.parts === undefined) return;
      const fields = new Fields();
      fields.add('');
      for (const part of node.parts) yield* addPart(frame, part, fields, true);
      fields.close();
      words.set(node, textOf(fields.done.flat()));
      return;
    }
    case 'ArithmeticCommandExpansion':
      words.set(node, node.script === undefined ? '' : yield* frame.substitute(node.script, frame));
      return;
    case 'ArithmeticGroup':
      return yield* gatherWords(frame, node.expression, words);
    case 'ArithmeticUnary':
      return yield* gatherWords(frame, node.operand, words);
    case 'ArithmeticBinary':
      yield* gatherWords(frame, node.left, words);
      return yield* gatherWords(frame, node.right, words);
    case 'ArithmeticTernary':
      yield* gatherWords(frame, node.test, words);
      yield* gatherWords(frame, node.consequent, words);
      return yield* gatherWords(frame, node.alternate, words);
  }
}

/** The text of a here-document or a here-string's word list. */
export function* expandParts<W>(frame: Frame<W>, parts: readonly WordPart[]): Task<string, W> {
  const fields = new Fields();
  fields.add('');
  for (const part of parts) yield* addPart(frame, part, fields, true);
  fields.close();
  return textOf(fields.done.flat());
}

/** File names that match; the word itself if none does. */
function* matchNames<W>(frame: Frame<W>, field: readonly PatternPiece[]): Task<readonly string[], W> {
  const text = textOf(field);
  if (field.every((p) => p.literal)) return [text];
  const expression = compile(`^${patternSource(field, { names: true })}$`);
  if (expression === undefined) return [text];
  let found = [text.startsWith('/') ? '/' : ''];
  const depth = text.split('/').filter((part) => part !== '').length;
  for (let level = 0; level < depth; level++) {
    const next: string[] = [];
    for (const base of found) {
      const answer = yield* frame.state.shared.host.file({ type: 'list', path: resolvePath(base === '' ? '.' : base, frame.state.cwd) });
      if (answer.type !== 'names' || !answer.folder) continue;
      for (const { name } of answer.entries) next.push(base === '' || base.endsWith('/') ? base + name : `${base}/${name}`);
    }
    found = next;
  }
  const hidden = /(^|\/)\./.test(text);
  const names = found.filter((name) => expression.test(name) && (hidden || !/(^|\/)\./.test(name)));
  return names.length === 0 ? [text] : names.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
