/** What a shell remembers from one command to the next. */

import type { Function as FunctionNode } from 'unbash';
import { HOME } from '#ctl/file-request.ts';
import { ShellArray, VALUE_LENGTH_MAX } from '#ctl/shell/arrays.ts';
import type { ShellHost } from '#ctl/shell/host.ts';
import type { Jobs } from '#ctl/shell/jobs.ts';
import type { Scheduler, TaskGroup } from '#ctl/shell/task.ts';

interface Variable {
  readonly value: string;
  readonly exported: boolean;
}

/** A shell function: its node and the text that the node's places refer to. */
export interface ShellFunction {
  readonly node: FunctionNode;
  readonly source: string;
}

/** What all subshells of one shell share. */
export interface Shared<W> {
  readonly host: ShellHost<W>;
  readonly scheduler: Scheduler<W>;
  readonly jobs: Jobs;
  /** Lines typed so far. */
  readonly history: readonly string[];
  /** Somebody types: jobs are announced. */
  readonly interactive: boolean;
  /** Simple commands run since time moved last. */
  budget: { at: number; used: number };
}

/** Calls of functions, `eval`, `source` and substitutions within each other. */
export const DEPTH_MAX = 60;

/** Mutable; one for each shell and subshell. */
export interface ShellState<W> {
  readonly shared: Shared<W>;
  readonly variables: Map<string, Variable>;
  /** Arrays: a name is that of an array or of a variable. */
  readonly arrays: Map<string, ShellArray>;
  readonly functions: Map<string, ShellFunction>;
  cwd: string;
  /** `$0`, then `$1` … */
  name: string;
  args: readonly string[];
  status: number;
  /** `$!`. */
  lastJob: string;
  group: TaskGroup;
  depth: number;
  /** `set -e`, `-x`, `-u`. */
  readonly options: Set<string>;
  /** Standard input is a terminal of the page. */
  node: string | undefined;
}

const BASE: Readonly<Record<string, string>> = { HOME, PATH: '/usr/local/bin:/usr/bin:/bin', USER: 'you', SHELL: '/bin/sh' };

export function createState<W>(
  shared: Shared<W>,
  group: TaskGroup,
  name: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): ShellState<W> {
  const variables = new Map<string, Variable>();
  for (const [key, value] of Object.entries(BASE)) variables.set(key, { value, exported: false });
  for (const [key, value] of Object.entries(env)) variables.set(key, { value, exported: true });
  return {
    shared,
    variables,
    arrays: new Map(),
    functions: new Map(),
    cwd: env['PWD'] ?? HOME,
    name,
    args,
    status: 0,
    lastJob: '',
    group,
    depth: 0,
    options: new Set(),
    node: undefined,
  };
}

/** A subshell: it sees everything and changes nothing of its parent. */
export function fork<W>(state: ShellState<W>, group: TaskGroup = state.group): ShellState<W> {
  for (const array of state.arrays.values()) array.share();
  return {
    ...state,
    variables: new Map(state.variables),
    arrays: new Map(state.arrays),
    functions: new Map(state.functions),
    options: new Set(state.options),
    group,
  };
}

export const variable = <W>(state: ShellState<W>, name: string): string | undefined =>
  name === 'PWD' ? state.cwd : (state.variables.get(name)?.value ?? state.arrays.get(name)?.items.get('0'));

/** An array; a plain variable is one of one item. */
export function arrayNamed<W>(state: ShellState<W>, name: string): ShellArray | undefined {
  const plain = state.variables.get(name)?.value;
  return state.arrays.get(name) ?? (plain === undefined ? undefined : new ShellArray(false, [['0', plain]]));
}

/** The array of a name, to be changed: what is not there yet is made, and what was a plain variable is its first item. */
export function ownArray<W>(state: ShellState<W>, name: string, named = false): ShellArray {
  const array = arrayNamed(state, name)?.owned() ?? new ShellArray(named);
  putArray(state, name, array);
  return array;
}

/** The name is that of an array from now on. */
export function putArray<W>(state: ShellState<W>, name: string, array: ShellArray): void {
  state.variables.delete(name);
  state.arrays.set(name, array);
}

/** Of an array it is the first item. */
export function setVariable<W>(state: ShellState<W>, name: string, value: string, exported?: boolean): void {
  if (state.arrays.has(name)) return ownArray(state, name).set('0', value);
  const old = state.variables.get(name);
  state.variables.set(name, { value: value.slice(0, VALUE_LENGTH_MAX), exported: exported ?? old?.exported ?? false });
}

/** The environment of a program; `PWD` only where it is not the usual one. */
export function environment<W>(state: ShellState<W>, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, { value, exported }] of state.variables) if (exported) env[name] = value;
  if (state.cwd === HOME) delete env['PWD'];
  else env['PWD'] = state.cwd;
  return { ...env, ...more };
}
