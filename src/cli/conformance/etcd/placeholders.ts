/** Placeholders of transcripts, `{{type[:lo-hi][ NAME]}}`: what they match, and the names that they bind. */

/** Values by name; numbers as bigint, so that a hexadecimal and a decimal spelling are one. */
export type Bindings = Map<string, bigint | string>;

const PATTERNS: Readonly<Record<string, string>> = {
  hexid: '[0-9a-f]{1,16}',
  decid: '-?[0-9]+',
  int: '-?[0-9]+',
  ts: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)',
  date: '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT',
  dur: '(?:[0-9.]+(?:ns|µs|us|ms|h|m|s))+',
  size: '[0-9.]+ ?[kMG]?B',
  uuid: '[0-9a-f-]{36}',
  float: '[0-9.eE+-]+',
  pad: ' *',
  dashes: '-*',
  any: '[^\\n]*?',
  b64: '[A-Za-z0-9+/=]+',
  token: '[A-Za-z]+\\.[0-9]+',
  rest: '[\\s\\S]*',
  help: '[\\s\\S]*?',
};

const PLACEHOLDER = /\{\{([a-z0-9]+)(?::(-?\d+)-(\d+))?(?: ([A-Za-z][A-Za-z0-9]*))?\}\}/g;

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const show = (type: string, value: bigint | string): string =>
  type === 'hexid' && typeof value === 'bigint' ? value.toString(16) : `${value}`;

function read(type: string, text: string): bigint | string {
  if (type === 'hexid') return BigInt(`0x${text}`);
  return type === 'decid' || type === 'int' ? BigInt(text) : text;
}

/** Puts bound values into a command or an input. @throws Error for a name that is not bound */
export function substitute(text: string, bindings: Bindings): string {
  return text.replace(PLACEHOLDER, (_, type: string, _lo, _hi, name: string | undefined) => {
    const value = bindings.get(name ?? '');
    if (value === undefined) throw new Error(`${name ?? 'a placeholder without a name'} is not bound`);
    return show(type, value);
  });
}

interface Hole {
  readonly type: string;
  readonly low: bigint | undefined;
  readonly high: bigint | undefined;
  readonly name: string | undefined;
}

/** Why an output does not fit; undefined if it does, and its names are bound then. */
export function mismatch(expected: string, actual: string, bindings: Bindings): string | undefined {
  const holes: Hole[] = [];
  let pattern = '';
  let at = 0;
  for (const m of expected.matchAll(PLACEHOLDER)) {
    pattern += quote(expected.slice(at, m.index));
    at = m.index + m[0].length;
    const [, type = '', low, high, name] = m;
    const bound = name === undefined ? undefined : bindings.get(name);
    if (bound !== undefined) {
      pattern += (type === 'hexid' ? '0*' : '') + quote(show(type, bound));
      continue;
    }
    const inner = PATTERNS[type];
    if (inner === undefined) return `unknown placeholder ${m[0]}`;
    pattern += `(${inner})`;
    holes.push({ type, name, low: low === undefined ? undefined : BigInt(low), high: high === undefined ? undefined : BigInt(high) });
  }
  const match = new RegExp(`^${pattern}${quote(expected.slice(at))}$`).exec(actual);
  if (match === null) return 'the text differs';
  const fresh: Bindings = new Map();
  for (const [i, { type, low, high, name }] of holes.entries()) {
    const value = read(type, match[i + 1] ?? '');
    if (typeof value === 'bigint' && ((low !== undefined && value < low) || (high !== undefined && value > high)))
      return `${value} is not in ${low}-${high}`;
    if (name === undefined) continue;
    const before = fresh.get(name);
    if (before !== undefined && before !== value) return `${name} is ${before} and ${value}`;
    fresh.set(name, value);
  }
  for (const [name, value] of fresh) bindings.set(name, value);
  return undefined;
}
