/** `$(( … ))`: whole numbers, as far as JavaScript's are exact; bash's own go to 64 bits. */

import type { ArithmeticExpression } from 'unbash';

/** What is wrong with an expression. */
export class ArithmeticProblem extends Error {
  override readonly name = 'ArithmeticProblem';
}

export interface NumberVariables {
  /** @param index of an item of an array */
  readonly get: (name: string, index: string | undefined) => string | undefined;
  readonly set: (name: string, index: string | undefined, value: string) => void;
  /** The text of a word such as `$x` or `$(…)` in the expression, expanded before. */
  readonly word: (node: ArithmeticExpression) => string | undefined;
}

const DEPTH_MAX = 200;

/** @throws ArithmeticProblem */
export function evaluate(node: ArithmeticExpression, variables: NumberVariables, depth = 0): number {
  if (depth > DEPTH_MAX) throw new ArithmeticProblem('expression nested too deeply');
  const of = (inner: ArithmeticExpression): number => evaluate(inner, variables, depth + 1);
  switch (node.type) {
    case 'ArithmeticWord':
    case 'ArithmeticCommandExpansion':
      return numberOf(variables.word(node) ?? (node.type === 'ArithmeticWord' ? node.value : ''), variables, 0);
    case 'ArithmeticGroup':
      return of(node.expression);
    case 'ArithmeticTernary':
      return of(node.test) !== 0 ? of(node.consequent) : of(node.alternate);
    case 'ArithmeticUnary':
      return unary(node, variables, of);
    case 'ArithmeticBinary':
      return binary(node, variables, of);
  }
}

function numberOf(text: string, variables: NumberVariables, hops: number): number {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (/^[+-]?\d+$/.test(trimmed)) return trimmed.length > 1 && /^[+-]?0\d/.test(trimmed) ? Number.parseInt(trimmed, 8) : Number(trimmed);
  if (/^0[xX][0-9a-fA-F]+$/.test(trimmed)) return Number.parseInt(trimmed, 16);
  const [, name, index] = PLACE.exec(trimmed) ?? [];
  if (name === undefined || hops > 10) throw new ArithmeticProblem(`${trimmed}: no number`);
  return numberOf(variables.get(name, index) ?? '', variables, hops + 1);
}

/** A variable, or an item of an array. */
const PLACE = /^([A-Za-z_]\w*)(?:\[(.+)\])?$/s;

function assignTo(node: ArithmeticExpression, value: number, variables: NumberVariables): void {
  const text = node.type === 'ArithmeticWord' ? (variables.word(node) ?? node.value) : '';
  const [, name, index] = PLACE.exec(text.trim()) ?? [];
  if (name === undefined) throw new ArithmeticProblem('only a variable can be assigned to');
  variables.set(name, index, String(value));
}

type Of = (inner: ArithmeticExpression) => number;

function unary(node: Extract<ArithmeticExpression, { readonly type: 'ArithmeticUnary' }>, variables: NumberVariables, of: Of): number {
  switch (node.operator) {
    case '-':
      return -of(node.operand);
    case '+':
      return of(node.operand);
    case '!':
      return of(node.operand) === 0 ? 1 : 0;
    case '~':
      return -of(node.operand) - 1;
    case '++':
    case '--': {
      const before = of(node.operand);
      const after = node.operator === '++' ? before + 1 : before - 1;
      assignTo(node.operand, after, variables);
      return node.prefix ? after : before;
    }
    default:
      throw new ArithmeticProblem(`${node.operator} is not supported`);
  }
}

const truth = (value: boolean): number => (value ? 1 : 0);

function binary(node: Extract<ArithmeticExpression, { readonly type: 'ArithmeticBinary' }>, variables: NumberVariables, of: Of): number {
  const { operator } = node;
  if (operator === '&&') return truth(of(node.left) !== 0 && of(node.right) !== 0);
  if (operator === '||') return truth(of(node.left) !== 0 || of(node.right) !== 0);
  if (operator === '=') {
    const value = of(node.right);
    assignTo(node.left, value, variables);
    return value;
  }
  if (/^([-+*/%&|^]|<<|>>)=$/.test(operator)) {
    const value = combine(operator.slice(0, -1), of(node.left), of(node.right));
    assignTo(node.left, value, variables);
    return value;
  }
  return combine(operator, of(node.left), of(node.right));
}

function combine(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0) throw new ArithmeticProblem('division by 0');
      return operator === '/' ? Math.trunc(a / b) : a % b;
    case '**':
      return a ** b;
    case '<':
      return truth(a < b);
    case '<=':
      return truth(a <= b);
    case '>':
      return truth(a > b);
    case '>=':
      return truth(a >= b);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case ',':
      return b;
    case '&':
      return Number(BigInt(a) & BigInt(b));
    case '|':
      return Number(BigInt(a) | BigInt(b));
    case '^':
      return Number(BigInt(a) ^ BigInt(b));
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    default:
      throw new ArithmeticProblem(`${operator} is not supported`);
  }
}
