/**
 * Regular expressions as grep and sed write them, on JavaScript's engine. That engine may take forever over repetitions of repetitions, which no Ctrl-C
 * would reach: those are refused.
 */

import { CommandProblem } from '#ctl/shell/frame.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

const withClasses = (source: string): string => source.replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all);

/** A basic expression (grep, sed without -E) as an extended one: there `\(` groups and `(` is itself. */
export function extendedOf(basic: string): string {
  let out = '';
  for (let at = 0; at < basic.length; at++) {
    const ch = basic[at] ?? '';
    const next = basic[at + 1] ?? '';
    if (ch === '[') {
      const end = basic.indexOf(']', at + 2);
      if (end < 0) return out + basic.slice(at);
      out += basic.slice(at, end + 1);
      at = end;
    } else if (ch === '\\' && '(){}|+?'.includes(next) && next !== '') {
      out += next;
      at++;
    } else if (ch === '\\' && next !== '') {
      out += ch + next;
      at++;
    } else if ('(){}|+?'.includes(ch)) out += `\\${ch}`;
    else if (ch === '*' && (out === '' || out.endsWith('\\(') || out === '^')) out += '\\*';
    else out += ch;
  }
  return out;
}

/** @throws CommandProblem for an expression that is none, or that could take forever */
export function safeExpression(extended: string, flags = ''): RegExp {
  const source = withClasses(extended);
  if (repeatsRepetitions(source)) throw new CommandProblem(`${extended}: a repetition of repetitions could take forever here`, 2);
  try {
    return new RegExp(source, flags);
  } catch {
    throw new CommandProblem(`${extended}: invalid regular expression`, 2);
  }
}

/** Text with every character as itself. */
export const literalSource = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Whether a group that holds `*`, `+`, `{` or `|` is repeated itself, or three repetitions of the same stand in a row. */
function repeatsRepetitions(source: string): boolean {
  const open: boolean[] = [];
  let repetitions = 0;
  for (let at = 0; at < source.length; at++) {
    const ch = source[at] ?? '';
    if (ch === '\\') at++;
    else if (ch === '[') {
      const end = source.indexOf(']', at + 2);
      if (end > 0) at = end;
    } else if (ch === '(') open.push(false);
    else if (ch === ')') {
      const holds = open.pop() ?? false;
      const follows = /^([*+]|\{\d*,\d*\}|\{\d{2,}\})/.test(source.slice(at + 1));
      if (holds && follows) return true;
      if (holds || follows) mark(open);
    } else if (ch === '*' || ch === '+' || ch === '{' || ch === '|') {
      mark(open);
      if (ch !== '|') repetitions++;
    }
  }
  return repetitions > 12;
}

function mark(open: boolean[]): void {
  if (open.length > 0) open[open.length - 1] = true;
}
