/** Lines that are one `play` command and nothing else: their words are read by the command language's own lexer, so that `>` and `(` mean themselves. */

import { lex, type SyntaxProblem, type VariableLookup, type Word } from '#ctl/lexer.ts';

const SEPARATORS = new Set([';', '&&', '||', '|', '&']);

/** Words after `play`, or what is wrong with them; undefined for a line that is something else, or more than that. */
export function playWords(line: string, lookup?: VariableLookup): readonly Word[] | SyntaxProblem | undefined {
  if (!/^\s*play(\s|$)/.test(line) || line.includes('\n')) return undefined;
  if (/^\s*play\s+(script|load|status|help)\b/.test(line) && /[<>$`*]/.test(line)) return undefined;
  const lexed = lex(line, lookup);
  if (lexed.type === 'error') return lookup === undefined || line.includes('$(') ? undefined : lexed;
  if (lexed.tokens.some((t) => t.type === 'operator' && SEPARATORS.has(t.text))) return undefined;
  return lexed.tokens.slice(1).map((t) => (t.type === 'word' ? t : { ...t, type: 'word', quoted: false }));
}
