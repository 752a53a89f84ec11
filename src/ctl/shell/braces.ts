/** `{a,b}` and `{1..5}`: one word becomes several, before anything else is expanded. */

import { parse, type Word } from 'unbash';
import { CommandProblem } from '#ctl/shell/frame.ts';

const WORDS_MAX = 100_000;

/** The words that a word with braces stands for; itself if there are none. */
export function expandBraces(word: Word): readonly Word[] {
  if (word.parts?.some((part) => part.type === 'BraceExpansion') !== true) return [word];
  const texts: string[] = [];
  spread(word, texts);
  return texts.map((text) => reread(text) ?? word);
}

function reread(text: string): Word | undefined {
  const [statement] = parse(`x ${text === '' ? "''" : text}`).commands;
  const first = statement?.command.type === 'Command' ? statement.command.suffix[0] : undefined;
  return first?.type === 'Word' ? first : undefined;
}

function spread(word: Word, out: string[]): void {
  const parts = word.parts ?? [];
  const at = parts.findIndex((part) => part.type === 'BraceExpansion' && alternatives(part.text) !== undefined);
  const brace = parts[at];
  if (brace === undefined) {
    if (out.length >= WORDS_MAX) throw new CommandProblem(`braces make at most ${WORDS_MAX} words`);
    out.push(word.text);
    return;
  }
  const before = parts
    .slice(0, at)
    .map((part) => part.text)
    .join('');
  const after = parts
    .slice(at + 1)
    .map((part) => part.text)
    .join('');
  for (const choice of alternatives(brace.text) ?? []) {
    const next = reread(before + choice + after);
    if (next?.parts?.some((part) => part.type === 'BraceExpansion') === true) spread(next, out);
    else {
      if (out.length >= WORDS_MAX) throw new CommandProblem(`braces make at most ${WORDS_MAX} words`);
      out.push(before + choice + after);
    }
  }
}

/** Undefined for `{…}` that is no expansion. */
function alternatives(text: string): readonly string[] | undefined {
  const inner = text.slice(1, -1);
  const range = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(inner);
  if (range !== null) return sequence(range[1] ?? '', range[2] ?? '', Math.abs(Number(range[3] ?? '1')) || 1);
  const choices = splitTop(inner);
  return choices.length > 1 ? choices : undefined;
}

function sequence(from: string, to: string, step: number): readonly string[] | undefined {
  const numbers = /\d/.test(from) && /\d/.test(to);
  if (!numbers && (/\d/.test(from) || /\d/.test(to))) return undefined;
  const [a, b] = numbers ? [Number(from), Number(to)] : [from.charCodeAt(0), to.charCodeAt(0)];
  if (Math.abs(b - a) / step > WORDS_MAX) throw new CommandProblem(`braces make at most ${WORDS_MAX} words`);
  const width = numbers && [from, to].some((n) => /^-?0\d/.test(n)) ? Math.max(from.length, to.length) : 0;
  const out: string[] = [];
  for (let n = a; a <= b ? n <= b : n >= b; n += a <= b ? step : -step)
    out.push(numbers ? (n < 0 ? '-' : '') + String(Math.abs(n)).padStart(width - (n < 0 ? 1 : 0), '0') : String.fromCharCode(n));
  return out;
}

/** At commas that stand in no inner braces or quotes. */
function splitTop(text: string): readonly string[] {
  const out: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const ch = text[at] ?? '';
    if (quote !== '') {
      if (ch === quote) quote = '';
    } else if (ch === '"' || ch === "'") quote = ch;
    else if (ch === '\\') at++;
    else if (ch === '{' || ch === '(') depth++;
    else if (ch === '}' || ch === ')') depth--;
    else if (ch === ',' && depth === 0) {
      out.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...out, text.slice(start)];
}
