/** Words of a `play` command, cut into positional words and flags; values of flags checked and converted. */

import { parseJump, parseLatency, parseMicros } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import type { LatencyRange } from '#ctl/world-command.ts';

/** How the value of a flag reads. `switch` may stand alone (true) or as `--flag=false`, `place` alone (`random`) or as `--flag=OFFSET`. */
export type FlagKind =
  'switch' | 'time' | 'jump' | 'latency' | 'percent' | 'count' | 'count-or-off' | 'place' | 'bandwidth' | 'rate' | 'text';

export type FlagValue = boolean | number | string | LatencyRange;

export interface PlayWords {
  readonly type: 'ok';
  readonly words: readonly Word[];
  readonly flags: ReadonlyMap<string, FlagValue>;
}

/**
 * Separates flags from words; flags may stand anywhere before a `--`.
 * @param kinds the flags that the command knows
 */
export function splitFlags(command: string, words: readonly Word[], kinds: Readonly<Record<string, FlagKind>>): PlayWords | SyntaxProblem {
  const positional: Word[] = [];
  const flags = new Map<string, FlagValue>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    if (word.text === '--') {
      positional.push(...words.slice(i + 1));
      break;
    }
    const match = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word.text);
    if (match === null) {
      positional.push(word);
      continue;
    }
    const name = match[1] ?? '';
    const kind = kinds[name];
    if (kind === undefined) return { type: 'error', message: unknownFlag(command, name, Object.keys(kinds)), column: word.column };
    if (flags.has(name)) return { type: 'error', message: `--${name} is given twice`, column: word.column };
    let text = match[2];
    if (text === undefined && kind === 'switch') text = 'true';
    if (text === undefined && kind === 'place') text = 'random';
    if (text === undefined) text = words[++i]?.text;
    if (text === undefined) return { type: 'error', message: `--${name} needs a value`, column: word.column };
    const value = flagValue(kind, text);
    if (value.type === 'error') return { type: 'error', message: `--${name}: ${value.message}`, column: word.column };
    flags.set(name, value.value);
  }
  return { type: 'ok', words: positional, flags };
}

function unknownFlag(command: string, name: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'it takes none' : `it takes ${known.map((k) => `--${k}`).join(', ')}`;
  return `play ${command} has no flag --${name}: ${list}`;
}

type ValueResult = { readonly type: 'ok'; readonly value: FlagValue } | { readonly type: 'error'; readonly message: string };

function flagValue(kind: FlagKind, text: string): ValueResult {
  switch (kind) {
    case 'switch':
      if (text === 'true' || text === 'false') return { type: 'ok', value: text === 'true' };
      return { type: 'error', message: `true or false, not ${JSON.stringify(text)}` };
    case 'time': {
      const time = parseMicros(text);
      return time.type === 'ok' ? { type: 'ok', value: time.micros } : time;
    }
    case 'jump': {
      const jump = parseJump(text);
      return jump.type === 'ok' ? { type: 'ok', value: jump.micros } : jump;
    }
    case 'latency': {
      const latency = parseLatency(text);
      return latency.type === 'ok' ? { type: 'ok', value: latency.range } : latency;
    }
    case 'percent': {
      const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(text);
      const percent = Number(match?.[1] ?? NaN);
      return percent <= 100
        ? { type: 'ok', value: percent / 100 }
        : { type: 'error', message: `a percentage from 0% to 100%, not ${JSON.stringify(text)}` };
    }
    case 'count':
      return /^\d{1,15}$/.test(text)
        ? { type: 'ok', value: Number(text) }
        : { type: 'error', message: `a whole number, not ${JSON.stringify(text)}` };
    case 'count-or-off':
      if (text === 'off' || text === 'false') return { type: 'ok', value: false };
      return /^\d{1,9}$/.test(text)
        ? { type: 'ok', value: Number(text) }
        : { type: 'error', message: `a number of bytes or off, not ${JSON.stringify(text)}` };
    case 'place':
      if (text === 'random') return { type: 'ok', value: text };
      return /^\d{1,10}$/.test(text)
        ? { type: 'ok', value: Number(text) }
        : { type: 'error', message: `a byte of the file or random, not ${JSON.stringify(text)}` };
    case 'bandwidth':
      return readBandwidth(text);
    case 'rate': {
      const rate = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
      return rate >= 0.01 && rate <= 100
        ? { type: 'ok', value: rate }
        : { type: 'error', message: `a rate from 0.01 to 100, not ${JSON.stringify(text)}` };
    }
    case 'text':
      return { type: 'ok', value: text };
  }
}

const BYTE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Bytes a second: `64KiB/s`, `1.5MB`; `off` is 0, no limit. */
function readBandwidth(text: string): ValueResult {
  if (text === 'off') return { type: 'ok', value: 0 };
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([KMG]i?B|B)(?:\/s)?$/.exec(text);
  const bytes = Math.round(Number(match?.[1] ?? NaN) * (BYTE_UNITS[match?.[2] ?? ''] ?? NaN));
  return bytes >= 1
    ? { type: 'ok', value: bytes }
    : { type: 'error', message: `bytes a second such as 64KiB/s or 10MB, or off, not ${JSON.stringify(text)}` };
}

export const flagBoolean = (flags: PlayWords['flags'], name: string): boolean | undefined => {
  const v = flags.get(name);
  return typeof v === 'boolean' ? v : undefined;
};
export const flagNumber = (flags: PlayWords['flags'], name: string): number | undefined => {
  const v = flags.get(name);
  return typeof v === 'number' ? v : undefined;
};
export const flagText = (flags: PlayWords['flags'], name: string): string | undefined => {
  const v = flags.get(name);
  return typeof v === 'string' ? v : undefined;
};
export const flagRange = (flags: PlayWords['flags'], name: string): LatencyRange | undefined => {
  const v = flags.get(name);
  return typeof v === 'object' ? v : undefined;
};

/** Drops keys whose value is undefined, for optional properties that must be absent. */
export function defined<T extends Readonly<Record<string, unknown>>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const out: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  // The keys of fields are keyof T.
  for (const key of Object.keys(fields) as (keyof T)[]) {
    const value = fields[key];
    if (value !== undefined) out[key] = value as Exclude<T[typeof key], undefined>; // checked on this line
  }
  return out;
}
