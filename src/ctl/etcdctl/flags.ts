/**
 * Flags as pflag reads them: `--name=value`, `--name value`, booleans alone, shorthands (`-w json`, `-wjson`), flags anywhere among the
 * arguments, `--` ends them. Error texts are pflag's.
 */

import { formatDuration } from '#kernel/go-duration.ts';
import { goQuote, parseDuration } from '#ctl/duration.ts';

export type FlagType = 'bool' | 'string' | 'strings' | 'int' | 'int64' | 'duration';

/** A flag that a command knows. */
export interface FlagSpec {
  readonly name: string;
  readonly shorthand?: string;
  readonly type: FlagType;
  /** As one would type it; a list is comma-separated. */
  readonly fallback: string;
  readonly usage: string;
}

/** Values by flag name: bool → boolean, int64 → bigint, int → number, duration → nanoseconds, strings → list. */
export type FlagValue = boolean | string | bigint | number | readonly string[];

/** Whether a value is that of a list flag: Array.isArray alone widens to any. */
export const isList = (value: FlagValue | undefined): value is readonly string[] => Array.isArray(value);

export interface ParsedFlags {
  readonly type: 'ok';
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, FlagValue>>;
  /** Names that stood on the command line. */
  readonly changed: readonly string[];
  readonly help: boolean;
  /** How many arguments stood before `--`; -1 without one. */
  readonly dash: number;
}

export type FlagResult = ParsedFlags | { readonly type: 'error'; readonly message: string };

const INT64_MAX = 2n ** 63n - 1n;

export type NumberResult = { readonly type: 'ok'; readonly value: bigint } | { readonly type: 'error'; readonly message: string };

/**
 * Go's strconv.ParseInt / ParseUint.
 * @param base 10 or 16; 0 takes the base from the prefix (`0x`, `0o`, `0b`, `0`) and allows `_` between digits, as pflag does
 */
export function parseGoInt(text: string, base: 0 | 10 | 16, kind: 'int64' | 'uint64'): NumberResult {
  const name = kind === 'int64' ? 'strconv.ParseInt' : 'strconv.ParseUint';
  const error = (why: string): NumberResult => ({ type: 'error', message: `${name}: parsing ${goQuote(text)}: ${why}` });
  const match = (kind === 'int64' ? /^([+-]?)(.*)$/s : /^()(.*)$/s).exec(text);
  const magnitude = base === 0 ? literal(match?.[2] ?? '') : plainDigits(match?.[2] ?? '', base);
  if (magnitude === undefined) return error('invalid syntax');
  const value = match?.[1] === '-' ? -magnitude : magnitude;
  const low = kind === 'int64' ? -INT64_MAX - 1n : 0n;
  const high = kind === 'int64' ? INT64_MAX : 2n * INT64_MAX + 1n;
  return value < low || value > high ? error('value out of range') : { type: 'ok', value };
}

const plainDigits = (digits: string, base: 10 | 16): bigint | undefined =>
  (base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits) ? BigInt(base === 16 ? `0x${digits}` : digits) : undefined;

/** A number as Go's source writes it. */
function literal(text: string): bigint | undefined {
  const known = /^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/.test(text);
  if (!known) return undefined;
  const digits = text.replaceAll('_', '').toLowerCase();
  return BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
}

type ValueResult = { readonly type: 'ok'; readonly value: FlagValue } | { readonly type: 'error'; readonly message: string };

const TRUE_TEXTS = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE_TEXTS = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Converts a flag's text. */
export function flagValue(type: FlagType, text: string): ValueResult {
  switch (type) {
    case 'bool':
      if (TRUE_TEXTS.includes(text)) return { type: 'ok', value: true };
      if (FALSE_TEXTS.includes(text)) return { type: 'ok', value: false };
      return { type: 'error', message: `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax` };
    case 'string':
      return { type: 'ok', value: text };
    case 'strings':
      return { type: 'ok', value: text === '' ? [] : text.split(',') };
    case 'int64':
      return parseGoInt(text, 0, 'int64');
    case 'int': {
      const parsed = parseGoInt(text, 0, 'int64');
      return parsed.type === 'ok' ? { type: 'ok', value: Number(parsed.value) } : parsed;
    }
    case 'duration': {
      const parsed = parseDuration(text);
      return parsed.type === 'ok' ? { type: 'ok', value: parsed.nanos } : parsed;
    }
  }
}

/** Writes a default as etcdctl's help does. */
export function showDefault(spec: FlagSpec): string {
  switch (spec.type) {
    case 'string':
      return goQuote(spec.fallback);
    case 'strings':
      return `[${spec.fallback}]`;
    case 'bool':
      return `[=${spec.fallback}]`;
    case 'duration': {
      const parsed = parseDuration(spec.fallback);
      return parsed.type === 'ok' ? formatDuration(parsed.nanos) : spec.fallback;
    }
    default:
      return spec.fallback;
  }
}

interface Taken {
  readonly spec: FlagSpec;
  readonly text: string | undefined;
  /** How the flag stood there, for messages. */
  readonly shown: string;
}

/**
 * Reads arguments.
 * @param interspersed whether flags may follow positional arguments (pflag's default)
 */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[], interspersed = true): FlagResult {
  const values: Record<string, FlagValue> = {};
  for (const spec of specs) {
    const fallback = flagValue(spec.type, spec.fallback);
    if (fallback.type === 'ok') values[spec.name] = fallback.value;
  }
  const args: string[] = [];
  const changed: string[] = [];
  let help = false;
  let dash = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      dash = args.length;
      args.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (!interspersed) {
        args.push(...words.slice(i));
        break;
      }
      args.push(word);
      continue;
    }
    const taken = word.startsWith('--') ? takeLong(word, specs) : takeShort(word, specs);
    if (taken === 'help') {
      help = true;
      continue;
    }
    if (taken.type === 'error') return taken;
    for (const flag of taken.flags) {
      let { text } = flag;
      if (text === undefined && flag.spec.type === 'bool') text = 'true';
      if (text === undefined) text = words[++i];
      if (text === undefined)
        return {
          type: 'error',
          message: `flag needs an argument: ${flag.shown.startsWith('--') ? flag.shown : `${`'${flag.spec.shorthand ?? ''}'`} in ${word}`}`,
        };
      const value = flagValue(flag.spec.type, text);
      if (value.type === 'error') {
        const name = flag.spec.shorthand === undefined ? `--${flag.spec.name}` : `-${flag.spec.shorthand}, --${flag.spec.name}`;
        return { type: 'error', message: `invalid argument ${goQuote(text)} for ${goQuote(name)} flag: ${value.message}` };
      }
      const before = values[flag.spec.name];
      const append = flag.spec.type === 'strings' && changed.includes(flag.spec.name) && isList(before) && isList(value.value);
      values[flag.spec.name] = append ? [...before, ...value.value] : value.value;
      changed.push(flag.spec.name);
    }
  }
  return { type: 'ok', args, values, changed, help, dash };
}

type TakenResult =
  'help' | { readonly type: 'ok'; readonly flags: readonly Taken[] } | { readonly type: 'error'; readonly message: string };

function takeLong(word: string, specs: readonly FlagSpec[]): TakenResult {
  const match = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word);
  const name = match?.[1] ?? '';
  if (name === '' || name.startsWith('-')) return { type: 'error', message: `bad flag syntax: ${word}` };
  const spec = specs.find((s) => s.name === name);
  if (spec === undefined) return name === 'help' ? 'help' : { type: 'error', message: `unknown flag: --${name}` };
  return { type: 'ok', flags: [{ spec, text: match?.[2], shown: `--${name}` }] };
}

function takeShort(word: string, specs: readonly FlagSpec[]): TakenResult {
  const flags: Taken[] = [];
  let rest = word.slice(1);
  while (rest !== '') {
    const letter = [...rest][0] ?? '';
    const spec = specs.find((s) => s.shorthand === letter);
    if (spec === undefined)
      return letter === 'h' ? 'help' : { type: 'error', message: `unknown shorthand flag: ${`'${letter}'`} in -${rest}` };
    rest = rest.slice(letter.length);
    if (spec.type === 'bool' && !rest.startsWith('=')) {
      flags.push({ spec, text: undefined, shown: `-${letter}` });
      continue;
    }
    const text = rest === '' ? undefined : rest.replace(/^=/, '');
    flags.push({ spec, text, shown: `-${letter}` });
    break;
  }
  return { type: 'ok', flags };
}
