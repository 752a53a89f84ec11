/**
 * Spans of time as Go writes and reads them (`1h2m3.5s`, `300ms`), and ranges of latency (`2ms..8ms`). A number without a unit is
 * refused, except a bare 0, as in Go's time.ParseDuration; error texts are Go's.
 */

import type { LatencyRange } from '#ctl/world-command.ts';

/** Nanoseconds by unit. */
const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
const NANOS_MAX = 2 ** 63;

export type DurationResult = { readonly type: 'ok'; readonly nanos: number } | { readonly type: 'error'; readonly message: string };

/**
 * Reads a Go duration.
 * @returns whole nanoseconds, exact up to 2^53 (104 days); Go's own error text otherwise
 */
export function parseDuration(text: string): DurationResult {
  const invalid: DurationResult = { type: 'error', message: `time: invalid duration ${goQuote(text)}` };
  const negative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return { type: 'ok', nanos: 0 };
  if (rest === '') return invalid;
  let nanos = 0;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const whole = number?.[1] ?? '';
    const fraction = number?.[2] ?? '';
    if (whole === '' && fraction === '') return invalid;
    rest = rest.slice(number?.[0].length ?? 0);
    const unit = /^[^0-9.]*/.exec(rest)?.[0] ?? '';
    if (unit === '') return { type: 'error', message: `time: missing unit in duration ${goQuote(text)}` };
    const scale = UNITS[unit];
    if (scale === undefined) return { type: 'error', message: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}` };
    rest = rest.slice(unit.length);
    const digits = fraction.slice(0, 18);
    nanos += Number(whole) * scale + Number((BigInt(digits) * BigInt(scale)) / 10n ** BigInt(digits.length));
    if (nanos >= NANOS_MAX) return invalid;
  }
  return { type: 'ok', nanos: negative ? -nanos : nanos };
}

export type MicrosResult = { readonly type: 'ok'; readonly micros: number } | { readonly type: 'error'; readonly message: string };

/** A span of virtual time for the world: not negative, in whole microseconds. */
export function parseMicros(text: string): MicrosResult {
  const parsed = parseDuration(text);
  if (parsed.type === 'error') {
    const hint = /^\d+(\.\d+)?$/.test(text) ? `: a time needs a unit, such as ${text}ms or ${text}s` : ': write it as 300ms, 1.5s or 2m';
    return { type: 'error', message: `bad time ${goQuote(text)}${hint}` };
  }
  if (parsed.nanos < 0) return { type: 'error', message: `bad time ${goQuote(text)}: must not be negative` };
  if (parsed.nanos % 1000 !== 0) return { type: 'error', message: `bad time ${goQuote(text)}: the smallest step is 1µs` };
  return { type: 'ok', micros: parsed.nanos / 1000 };
}

export type RangeResult = { readonly type: 'ok'; readonly range: LatencyRange } | { readonly type: 'error'; readonly message: string };

/** A span of time that may go back (`-5s`), in whole microseconds. */
export function parseJump(text: string): MicrosResult {
  const isBack = text.startsWith('-');
  const parsed = parseMicros(isBack ? text.slice(1) : text);
  return parsed.type === 'error' ? parsed : { type: 'ok', micros: isBack ? -parsed.micros : parsed.micros };
}

const SPIKY = 'spiky:';

/** `5ms` (always that), `2ms..8ms` (uniform between both) or `spiky:2ms..800ms` (mostly little, seldom much). */
export function parseLatency(text: string): RangeResult {
  if (!text.startsWith(SPIKY)) return parseRange(text);
  const parsed = parseRange(text.slice(SPIKY.length));
  return parsed.type === 'error' ? parsed : { type: 'ok', range: { ...parsed.range, spiky: true } };
}

function parseRange(text: string): RangeResult {
  const [low = '', high = low, ...more] = text.split('..');
  if (more.length > 0) return { type: 'error', message: `bad range ${goQuote(text)}: write it as 2ms..8ms` };
  const min = parseMicros(low);
  if (min.type === 'error') return min;
  const max = parseMicros(high);
  if (max.type === 'error') return max;
  if (min.micros > max.micros) return { type: 'error', message: `bad range ${goQuote(text)}: ends before it begins` };
  return { type: 'ok', range: { minMicros: min.micros, maxMicros: max.micros } };
}

const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** A string as Go's %q prints it. Printable characters stay, others become escapes. */
export function goQuote(text: string): string {
  let out = '"';
  for (const ch of text) {
    const escape = GO_ESCAPES[ch];
    const code = ch.codePointAt(0) ?? 0;
    if (escape !== undefined) out += escape;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if ((code >= 0x80 && code < 0xa0) || code === 0xad || (code >= 0x2028 && code <= 0x2029))
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += ch;
  }
  return `${out}"`;
}
