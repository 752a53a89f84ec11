/** Runs a jq filter over a value: every result in its order. */

import { called, recurse, type Run } from '#ctl/shell/tools/jq-functions.ts';
import type { JqNode } from '#ctl/shell/tools/jq-parse.ts';
import {
  combined,
  described,
  first,
  formatted,
  indexed,
  isList,
  isObject,
  isTrue,
  JqProblem,
  kindOf,
  numberOf,
  type Json,
  type Results,
} from '#ctl/shell/tools/jq-values.ts';

type Variables = ReadonlyMap<string, Json>;
const DEPTH_MAX = 500;

export function* evaluateJq(node: JqNode, input: Json, variables: Variables, depth = 0): Results {
  if (depth > DEPTH_MAX) throw new JqProblem('nested too deeply');
  const run = (inner: JqNode, value: Json = input): Results => evaluateJq(inner, value, variables, depth + 1);
  switch (node.type) {
    case 'identity':
      yield input;
      return;
    case 'recurse':
      yield* recurse(input, 0);
      return;
    case 'literal':
      yield node.value;
      return;
    case 'text': {
      let out = '';
      for (const part of node.parts) out += typeof part === 'string' ? part : formatted(node.format, first(run(part)));
      yield out;
      return;
    }
    case 'index':
      for (const from of run(node.from)) for (const at of run(node.at)) yield indexed(from, at, node.quiet);
      return;
    case 'slice':
      for (const from of run(node.from)) {
        const bound = (b: JqNode | undefined): number | undefined => (b === undefined ? undefined : Number(first(run(b))));
        if (typeof from !== 'string' && !isList(from)) throw new JqProblem(`Cannot index ${kindOf(from)} with object`);
        yield from.slice(bound(node.start), bound(node.end));
      }
      return;
    case 'iterate':
      for (const from of run(node.from)) {
        if (isList(from)) yield* from;
        else if (isObject(from)) yield* from.values();
        else if (!node.quiet) throw new JqProblem(`Cannot iterate over ${described(from)}`);
      }
      return;
    case 'pipe':
      for (const value of run(node.left)) yield* run(node.right, value);
      return;
    case 'comma':
      yield* run(node.left);
      yield* run(node.right);
      return;
    case 'or':
    case 'and':
      for (const left of run(node.left)) {
        if (isTrue(left) === (node.type === 'or')) yield node.type === 'or';
        else for (const right of run(node.right)) yield isTrue(right);
      }
      return;
    case 'alternative': {
      const values = [...run(node.left)].filter(isTrue);
      yield* values.length > 0 ? values : run(node.right);
      return;
    }
    case 'binary':
      for (const right of run(node.right)) for (const left of run(node.left)) yield combined(node.operator, left, right);
      return;
    case 'negate':
      for (const value of run(node.of)) yield -numberOf(value);
      return;
    case 'array':
      yield node.of === undefined ? [] : [...run(node.of)];
      return;
    case 'object':
      yield* objects(node.entries, run, new Map(), 0);
      return;
    case 'variable': {
      const value = variables.get(node.name);
      if (value === undefined) throw new JqProblem(`$${node.name} is not defined`);
      yield value;
      return;
    }
    case 'bind':
      for (const value of run(node.from)) yield* evaluateJq(node.body, input, new Map([...variables, [node.name, value]]), depth + 1);
      return;
    case 'if':
      for (const test of run(node.test)) yield* run(isTrue(test) ? node.yes : node.no);
      return;
    case 'call':
      yield* called(node.name, node.args, input, run);
  }
}

function* objects(entries: readonly (readonly [JqNode, JqNode])[], run: Run, made: ReadonlyMap<string, Json>, at: number): Results {
  const entry = entries[at];
  if (entry === undefined) {
    yield made;
    return;
  }
  for (const key of run(entry[0])) {
    if (typeof key !== 'string') throw new JqProblem(`Object keys must be strings`);
    for (const value of run(entry[1])) yield* objects(entries, run, new Map([...made, [key, value]]), at + 1);
  }
}
