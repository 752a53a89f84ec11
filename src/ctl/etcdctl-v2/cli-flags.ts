/**
 * Flags as the v2 face of etcdctl reads them: Go's `flag` package (`-name` and `--name` are the same, flags end at the first argument),
 * and before it the reordering that its command line library does, oddities included: a boolean flag takes the word after it along.
 */

import { goQuote, parseDuration } from '#ctl/duration.ts';
import { isList, type FlagValue } from '#ctl/etcdctl/flags.ts';

export type V2FlagType = 'bool' | 'string' | 'strings' | 'int' | 'duration';

/** A flag of the v2 face. */
export interface V2Flag {
  /** All names, the long one first. */
  readonly names: readonly string[];
  readonly type: V2FlagType;
  readonly fallback: string;
  readonly usage: string;
  /** Environment variable that sets it. */
  readonly env?: string;
}

export type V2FlagResult =
  | {
      readonly type: 'ok';
      readonly args: readonly string[];
      readonly values: Readonly<Record<string, FlagValue>>;
      readonly help: boolean;
    }
  | { readonly type: 'error'; readonly message: string };

const INT64_MAX = 2n ** 63n - 1n;
const TRUE_TEXTS = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE_TEXTS = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

type ValueResult =
  { readonly type: 'ok'; readonly value: FlagValue } | { readonly type: 'error'; readonly why: 'parse error' | 'value out of range' };

/** An integer in Go's notation: the base comes from the prefix, `010` is octal, `_` may stand between digits. */
function goInteger(text: string): ValueResult {
  const match = /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/.exec(text);
  if (match === null) return { type: 'error', why: 'parse error' };
  const digits = (match[2] ?? '').replaceAll('_', '').toLowerCase();
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = match[1] === '-' ? -magnitude : magnitude;
  return value > INT64_MAX || value < -INT64_MAX - 1n ? { type: 'error', why: 'value out of range' } : { type: 'ok', value };
}

function valueOf(type: V2FlagType, text: string): ValueResult {
  switch (type) {
    case 'bool':
      if (TRUE_TEXTS.includes(text)) return { type: 'ok', value: true };
      return FALSE_TEXTS.includes(text) ? { type: 'ok', value: false } : { type: 'error', why: 'parse error' };
    case 'string':
      return { type: 'ok', value: text };
    case 'strings':
      return { type: 'ok', value: [text] };
    case 'int':
      return goInteger(text);
    case 'duration': {
      const parsed = parseDuration(text);
      return parsed.type === 'ok' ? { type: 'ok', value: parsed.nanos } : { type: 'error', why: 'parse error' };
    }
  }
}

const HELP_NAMES = ['help', 'h'];
const named = (flags: readonly V2Flag[], name: string): V2Flag | undefined => flags.find((f) => f.names.includes(name));
const nameOf = (word: string): string => word.replace(/^--?/, '').split('=', 1).join('');

function isFlag(flags: readonly V2Flag[], word: string): boolean {
  if (!word.startsWith('-') || word === '-' || word === '--') return false;
  const name = nameOf(word);
  return named(flags, name) !== undefined || HELP_NAMES.includes(name);
}

/** Moves a command's flags, each with the word after it, before its arguments. */
export function reorder(words: readonly string[], flags: readonly V2Flag[]): readonly string[] {
  const first: string[] = [];
  const rest: string[] = [];
  let mayBeValue = false;
  for (const [i, word] of words.entries()) {
    if (mayBeValue && !isFlag(flags, word)) {
      mayBeValue = false;
      first.push(word);
    } else if (word === '--') return [...first, '--', ...rest, ...words.slice(i + 1)];
    else if (isFlag(flags, word)) {
      first.push(word);
      mayBeValue = !word.includes('=');
    } else rest.push(word);
  }
  return [...first, ...rest];
}

/** The values before a line is read: defaults, then what the environment says. */
function initialValues(flags: readonly V2Flag[], env: Readonly<Record<string, string>>): Record<string, FlagValue> {
  const values: Record<string, FlagValue> = {};
  for (const flag of flags) {
    const fallback = flag.type === 'strings' ? ({ type: 'ok', value: [] } as const) : valueOf(flag.type, flag.fallback);
    const given = flag.env === undefined ? undefined : env[flag.env];
    const set = given === undefined || given === '' ? fallback : valueOf(flag.type, given);
    const value = set.type === 'ok' ? set : fallback;
    if (value.type === 'ok') values[flag.names[0] ?? ''] = value.value;
  }
  return values;
}

/** Reads flags up to the first argument. Error texts are those of Go's `flag`. */
export function parseV2Flags(words: readonly string[], flags: readonly V2Flag[], env: Readonly<Record<string, string>>): V2FlagResult {
  const values = initialValues(flags, env);
  let help = false;
  let i = 0;
  for (; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    if (word === '--') {
      i++;
      break;
    }
    const match = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word);
    const name = match?.[1] ?? '';
    if (name === '' || name.startsWith('-')) return { type: 'error', message: `bad flag syntax: ${word}` };
    const flag = named(flags, name);
    if (flag === undefined) {
      if (!HELP_NAMES.includes(name)) return { type: 'error', message: `flag provided but not defined: -${name}` };
      help = true;
      continue;
    }
    let text = match?.[2];
    if (text === undefined && flag.type === 'bool') text = 'true';
    if (text === undefined) text = words[++i];
    if (text === undefined) return { type: 'error', message: `flag needs an argument: -${name}` };
    const value = valueOf(flag.type, text);
    if (value.type === 'error') {
      const what = flag.type === 'bool' ? `invalid boolean value ${goQuote(text)} for` : `invalid value ${goQuote(text)} for flag`;
      return { type: 'error', message: `${what} -${name}: ${value.why}` };
    }
    const key = flag.names[0] ?? '';
    const before = values[key];
    values[key] = isList(before) && isList(value.value) ? [...before, ...value.value] : value.value;
  }
  return { type: 'ok', args: words.slice(i), values, help };
}
