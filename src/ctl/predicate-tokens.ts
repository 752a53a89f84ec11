/** Words, quoted texts and signs of a condition. */

export interface PredicateProblem {
  readonly type: 'error';
  readonly message: string;
  /** From 1, in the text of the condition. */
  readonly column: number;
}

export interface PredicateToken {
  readonly type: 'word' | 'text' | 'sign';
  /** Without quotes. */
  readonly text: string;
  /** As it stands in the condition. */
  readonly shown: string;
  readonly column: number;
}

const PATTERN = /\s*(?:([A-Za-z0-9_./:][A-Za-z0-9_./:-]*)|"((?:[^"\\]|\\.)*)"|'([^']*)'|(==|!=|<=|>=|[=<>()]))/suy;

export function tokenize(text: string): { readonly type: 'ok'; readonly tokens: readonly PredicateToken[] } | PredicateProblem {
  const tokens: PredicateToken[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    const start = at + (text.slice(at).length - text.slice(at).trimStart().length);
    if (match === null) {
      const ch = text[start] ?? '';
      return { type: 'error', message: ch === '"' || ch === "'" ? `missing closing ${ch}` : `unexpected ${ch}`, column: start + 1 };
    }
    const [, word, double, single, sign] = match;
    const shown = match[0].trim();
    if (word !== undefined) tokens.push({ type: 'word', text: word, shown, column: start + 1 });
    else if (sign !== undefined) tokens.push({ type: 'sign', text: sign, shown, column: start + 1 });
    else tokens.push({ type: 'text', text: single ?? (double ?? '').replace(/\\(.)/gs, '$1'), shown, column: start + 1 });
    at = PATTERN.lastIndex;
  }
  return { type: 'ok', tokens };
}
