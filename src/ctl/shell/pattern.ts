/** Shell patterns (`*`, `?`, `[a-z]`) as regular expressions, for file names, `case` and `${x%…}`. */

const escapeText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A piece of a pattern: text that means itself, or what was unquoted. */
export interface PatternPiece {
  readonly text: string;
  readonly literal: boolean;
}

/** The source of a regular expression. @param slash what `*` and `?` match: everything but `/` in file names */
export function patternSource(pieces: readonly PatternPiece[], { names }: { readonly names: boolean }): string {
  const one = names ? '[^/]' : '[\\s\\S]';
  let source = '';
  for (const { text, literal } of pieces) {
    if (literal) source += escapeText(text);
    else source += patternText(text, one);
  }
  return source;
}

function patternText(text: string, one: string): string {
  let source = '';
  for (let at = 0; at < text.length; at++) {
    const ch = text[at] ?? '';
    const close = ch === '[' ? text.indexOf(']', at + 2) : -1;
    if (ch === '*') {
      if (text[at - 1] !== '*') source += `${one}*`;
    } else if (ch === '?') source += one;
    else if (close > 0) {
      const inner = text
        .slice(at + 1, close)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&');
      source += `[${inner}]`;
      at = close;
    } else if (ch === '\\' && at + 1 < text.length) source += escapeText(text[++at] ?? '');
    else source += escapeText(ch);
  }
  return source;
}

/** Whether a whole text matches. A pattern that makes no sense (`[z-a]`) matches itself only. */
export function matchesPattern(text: string, pieces: readonly PatternPiece[]): boolean {
  const expression = compile(`^${patternSource(pieces, { names: false })}$`);
  return expression === undefined ? text === pieces.map((p) => p.text).join('') : expression.test(text);
}

/** Undefined for a source that is none. */
export function compile(source: string, flags = 'u'): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
