/** `${name…}`: defaults, lengths, cuts and replacements. */

import type { ParameterOperation, Word } from 'unbash';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { compile, patternSource, type PatternPiece } from '#ctl/shell/pattern.ts';
import { setVariable } from '#ctl/shell/state.ts';
import type { Task } from '#ctl/shell/task.ts';

type Expand<W> = (word: Word) => Task<readonly PatternPiece[], W>;

const textOf = (pieces: readonly PatternPiece[]): string => pieces.map((p) => p.text).join('');

/** @param value undefined if the variable is not set */
export function* applyOperation<W>(
  frame: Frame<W>,
  name: string,
  value: string | undefined,
  operation: ParameterOperation,
  expand: Expand<W>,
): Task<string, W> {
  const text = value ?? '';
  switch (operation.type) {
    case 'Default':
      return yield* orDefault(frame, name, value, operation, expand);
    case 'Remove':
      return cut(text, operation.operator, yield* expand(operation.operand));
    case 'Replace':
      return replace(text, operation.operator, yield* expand(operation.pattern), textOf(yield* expand(operation.replacement)));
    case 'Slice': {
      const from = Number(textOf(yield* expand(operation.offset)));
      const length = operation.length === undefined ? undefined : Number(textOf(yield* expand(operation.length)));
      const begin = from < 0 ? Math.max(0, text.length + from) : from;
      return length === undefined ? text.slice(begin) : text.slice(begin, length < 0 ? text.length + length : begin + length);
    }
    case 'CaseModification': {
      const { operator } = operation;
      const change = (part: string): string => (operator.startsWith('^') ? part.toUpperCase() : part.toLowerCase());
      return operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
    }
    case 'Transform':
    case 'Names':
    case 'Unknown':
      throw new CommandProblem(`\${${name}${operation.operator}…}: not supported here`);
  }
}

function* orDefault<W>(
  frame: Frame<W>,
  name: string,
  value: string | undefined,
  operation: Extract<ParameterOperation, { readonly type: 'Default' }>,
  expand: Expand<W>,
): Task<string, W> {
  const { operator } = operation;
  const isMissing = operator.startsWith(':') ? (value ?? '') === '' : value === undefined;
  const kind = operator.slice(-1);
  if (kind === '+') return isMissing ? '' : textOf(yield* expand(operation.operand));
  if (!isMissing) return value ?? '';
  const other = textOf(yield* expand(operation.operand));
  if (kind === '?') throw new CommandProblem(`${name}: ${other === '' ? 'parameter null or not set' : other}`);
  if (kind === '=') setVariable(frame.state, name, other);
  return other;
}

function cut(text: string, operator: '#' | '##' | '%' | '%%', pattern: readonly PatternPiece[]): string {
  const whole = compile(`^(?:${patternSource(pattern, { names: false })})$`);
  if (whole === undefined) return text;
  const lengths = Array.from({ length: text.length + 1 }, (_, i) => i);
  const ordered = operator.length === 2 ? lengths.toReversed() : lengths;
  const fromStart = operator.startsWith('#');
  const length = ordered.find((n) => whole.test(fromStart ? text.slice(0, n) : text.slice(text.length - n)));
  if (length === undefined) return text;
  return fromStart ? text.slice(length) : text.slice(0, text.length - length);
}

function replace(text: string, operator: string, pattern: readonly PatternPiece[], by: string): string {
  const source = patternSource(pattern, { names: false });
  if (source === '' && operator !== '/#' && operator !== '/%') return text;
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  const expression = compile(anchored, operator === '//' ? 'gu' : 'u');
  return expression === undefined ? text : text.replace(expression, () => by);
}
