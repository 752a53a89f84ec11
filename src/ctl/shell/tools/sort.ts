/** The order of `sort`: by bytes, numbers (-n), versions (-V), fields (-k, -t), backwards (-r), each once (-u). */

import { readOptions } from '#ctl/shell/command.ts';
import { compareBytes, utf8 } from '#kernel/bytes.ts';

export function sortLines(lines: readonly string[], args: readonly string[]): readonly string[] {
  const { flags } = readOptions(args, 'nrufk:t:VhbgM', {
    'numeric-sort': 'n',
    reverse: 'r',
    unique: 'u',
    key: 'k',
    'field-separator': 't',
  });
  const key = /^(\d+)(?:\.\d+)?([nrVf]*)(?:,(\d+)(?:\.\d+)?([nrVf]*))?$/.exec(flags.get('k') ?? '');
  const letters = `${key?.[2] ?? ''}${key?.[4] ?? ''}`;
  const has = (letter: string): boolean => flags.has(letter) || letters.includes(letter);
  const keyOf = (line: string): string => {
    if (key === null) return line;
    const separator = flags.get('t');
    const pieces = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    return pieces.slice(Number(key[1]) - 1, key[3] === undefined ? undefined : Number(key[3])).join(separator ?? ' ');
  };
  const compare = (a: string, b: string): number => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (has('n') || has('g') || has('h')) return numberIn(x) - numberIn(y);
    if (has('V')) return byVersion(x, y);
    return has('f') ? byText(x.toLowerCase(), y.toLowerCase()) : byText(x, y);
  };
  const sign = has('r') ? -1 : 1;
  const sorted = lines.toSorted((a, b) => sign * (compare(a, b) || (flags.has('u') ? 0 : byText(a, b))));
  return flags.has('u') ? sorted.filter((line, i) => i === 0 || compare(line, sorted[i - 1] ?? '') !== 0) : sorted;
}

const numberIn = (text: string): number => Number(/^\s*-?\d*\.?\d*/.exec(text)?.[0] ?? '0') || 0;
const byText = (a: string, b: string): number => compareBytes(utf8(a), utf8(b));

function byVersion(a: string, b: string): number {
  const x = a.match(/\d+|\D+/g) ?? [];
  const y = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = '', q = ''] = [x[i], y[i]];
    const order = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : byText(p, q);
    if (order !== 0) return order;
  }
  return 0;
}
