/** `[[ … ]]`, and the `test` and `[` commands. */

import type { TestExpression } from 'unbash';
import { resolvePath } from '#ctl/file-request.ts';
import { expandOne, expandPattern } from '#ctl/shell/expand.ts';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { matchesPattern } from '#ctl/shell/pattern.ts';
import { safeExpression } from '#ctl/shell/tools/expression.ts';
import { variable } from '#ctl/shell/state.ts';
import type { Task } from '#ctl/shell/task.ts';

/** `[[ … ]]`. @throws CommandProblem */
export function* testExpression<W>(frame: Frame<W>, node: TestExpression): Task<boolean, W> {
  switch (node.type) {
    case 'TestUnary':
      return yield* unary(frame, node.operator, yield* expandOne(frame, node.operand));
    case 'TestBinary': {
      const left = yield* expandOne(frame, node.left);
      if (node.operator === '==' || node.operator === '=' || node.operator === '!=')
        return matchesPattern(left, yield* expandPattern(frame, node.right)) === (node.operator !== '!=');
      return compare(left, node.operator, yield* expandOne(frame, node.right));
    }
    case 'TestLogical': {
      const stopsAt = node.operator === '||';
      for (const operand of node.operands) if ((yield* testExpression(frame, operand)) === stopsAt) return stopsAt;
      return !stopsAt;
    }
    case 'TestNot':
      return (yield* testExpression(frame, node.operand)) === (node.negations.length % 2 === 0);
    case 'TestGroup':
      return yield* testExpression(frame, node.expression);
  }
}

/** `test` and `[` over their words. @throws CommandProblem */
export function* testWords<W>(frame: Frame<W>, words: readonly string[]): Task<boolean, W> {
  const either = words.indexOf('-o');
  if (either > 0 && words.length > 3)
    return (yield* testWords(frame, words.slice(0, either))) || (yield* testWords(frame, words.slice(either + 1)));
  const both = words.indexOf('-a');
  if (both > 0 && words.length > 3)
    return (yield* testWords(frame, words.slice(0, both))) && (yield* testWords(frame, words.slice(both + 1)));
  const [a, b, c] = words;
  if (a === undefined) return false;
  if (a === '!' && b !== undefined) return !(yield* testWords(frame, words.slice(1)));
  if (b === undefined) return a !== '';
  if (c === undefined) return yield* unary(frame, a, b);
  if (words.length > 3) throw new CommandProblem('test: too many arguments', 2);
  return compare(a, b, c);
}

function* unary<W>(frame: Frame<W>, operator: string, value: string): Task<boolean, W> {
  switch (operator) {
    case '-z':
      return value === '';
    case '-n':
      return value !== '';
    case '-v':
      return variable(frame.state, value) !== undefined;
    case '-t':
      return frame.streams.typed;
    case '-e':
    case '-f':
    case '-d':
    case '-s':
    case '-r':
    case '-w':
    case '-x': {
      const answer = yield* frame.state.shared.host.file({ type: 'list', path: resolvePath(value, frame.state.cwd) });
      if (answer.type !== 'names') return false;
      if (operator === '-d') return answer.folder;
      if (operator === '-f') return !answer.folder;
      return operator === '-s' ? answer.folder || (answer.entries[0]?.bytes ?? 0) > 0 : true;
    }
    default:
      throw new CommandProblem(`test: ${operator}: unary operator expected`, 2);
  }
}

function compare(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '=~':
      return safeExpression(right).test(left);
    case '-eq':
      return numberOf(left) === numberOf(right);
    case '-ne':
      return numberOf(left) !== numberOf(right);
    case '-lt':
      return numberOf(left) < numberOf(right);
    case '-le':
      return numberOf(left) <= numberOf(right);
    case '-gt':
      return numberOf(left) > numberOf(right);
    case '-ge':
      return numberOf(left) >= numberOf(right);
    default:
      throw new CommandProblem(`test: ${operator}: binary operator expected`, 2);
  }
}

function numberOf(text: string): number {
  if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
  throw new CommandProblem(`test: ${text}: integer expression expected`, 2);
}
