/** The tree of commands and how a command line finds its way in it: prefix matching, suggestions, help, as cobra does it. */

import type { Plain } from '#kernel/plain.ts';
import { parseFlags, type FlagSpec, type FlagValue } from '#ctl/etcdctl/flags.ts';
import type { Script, ScriptContext } from '#ctl/etcdctl/script.ts';

export type Phase = (ctx: ScriptContext, data: Plain) => Script;

/** A command or, with children, a group of commands. */
export interface Command {
  readonly name: string;
  /** Arguments, for the usage line. */
  readonly use: string;
  readonly short: string;
  readonly flags: readonly FlagSpec[];
  /** The first phase of a command. Its further phases stand in `phases`, by full name. */
  readonly run?: Phase;
  readonly phases?: Readonly<Record<string, Phase>>;
  readonly children?: readonly Command[];
  /** Flags end at the first argument (`watch … -- cmd`, `lock name cmd -x`). */
  readonly flagsFirst?: boolean;
  /** Modelled releases that have it; undefined: all. */
  readonly since?: '3.5';
}

/** What a command line comes to. */
export type Invocation =
  | {
      readonly type: 'run';
      readonly path: readonly string[];
      readonly args: readonly string[];
      readonly flags: Readonly<Record<string, FlagValue>>;
      readonly changed: readonly string[];
      readonly dash: number;
    }
  /** Print the help of a command; `stderr` follows it. */
  | { readonly type: 'help'; readonly path: readonly string[]; readonly stderr: string; readonly code: number }
  | { readonly type: 'error'; readonly stderr: string; readonly code: number };

const isBoolean = (name: string, flags: readonly FlagSpec[]): boolean =>
  flags.some((f) => (f.name === name || f.shorthand === name) && f.type === 'bool') || name === 'help' || name === 'h';

/** Index of the first word that is neither a flag nor the value of one; -1 if there is none. */
function firstArgument(words: readonly string[], flags: readonly FlagSpec[]): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return -1;
    if (word.startsWith('--')) {
      if (!word.includes('=') && !isBoolean(word.slice(2), flags)) i++;
    } else if (word.startsWith('-') && word.length > 1) {
      if (!word.includes('=') && word.length === 2 && !isBoolean(word.slice(1), flags)) i++;
    } else return i;
  }
  return -1;
}

/** A child by its name or an unambiguous beginning of it. */
function findChild(command: Command, name: string): Command | undefined {
  const children = command.children ?? [];
  const exact = children.find((c) => c.name === name);
  if (exact !== undefined) return exact;
  const starting = name === '' ? [] : children.filter((c) => c.name.startsWith(name));
  return starting.length === 1 ? starting[0] : undefined;
}

/** Walks down from the root. */
export function resolve(root: Command, words: readonly string[], globals: readonly FlagSpec[]): Invocation {
  let command = root;
  let rest = words;
  const path: string[] = [];
  while (command.children !== undefined) {
    const at = firstArgument(rest, globals);
    const name = at < 0 ? undefined : rest[at];
    // `help` is a command like others: `h` is enough for it, as no other begins so.
    const isHelp = name !== undefined && name !== '' && 'help'.startsWith(name) && findChild(command, name) === undefined;
    if (isHelp && path.length === 0) return helpOn(root, rest.slice(at + 1), globals);
    if (name === '' && rest.length > 1) {
      rest = rest.filter((_, i) => i !== at); // passed over, as cobra does
      continue;
    }
    const child = name === undefined ? undefined : findChild(command, name);
    if (child === undefined) {
      if (name !== undefined && path.length === 0) return unknownCommand(root, name);
      break;
    }
    rest = rest.filter((_, i) => i !== at);
    path.push(child.name);
    command = child;
  }
  const parsed = parseFlags(rest, [...command.flags, ...globals], command.flagsFirst !== true);
  if (parsed.type === 'error') return { type: 'help', path, stderr: `Error: ${parsed.message}\n\nError: ${parsed.message}\n`, code: 1 };
  if (parsed.help || command.run === undefined) return { type: 'help', path, stderr: '', code: 0 };
  return { type: 'run', path, args: parsed.args, flags: parsed.values, changed: parsed.changed, dash: parsed.dash };
}

function helpOn(root: Command, given: readonly string[], globals: readonly FlagSpec[]): Invocation {
  const parsed = parseFlags(given, globals, true);
  if (parsed.type === 'error')
    return { type: 'help', path: ['help'], stderr: `Error: ${parsed.message}\n\nError: ${parsed.message}\n`, code: 1 };
  const words = parsed.args;
  if (parsed.help || (words.length === 1 && words[0] === 'help')) return { type: 'help', path: [], stderr: '', code: 0 };
  let command = root;
  const path: string[] = [];
  for (const word of words) {
    const child = findChild(command, word);
    if (child === undefined) {
      if (path.length > 0) break;
      return { type: 'help', path: [], stderr: `Unknown help topic [${words.map((w) => `\`${w}\``).join(' ')}]\n`, code: 0 };
    }
    path.push(child.name);
    command = child;
  }
  return { type: 'help', path, stderr: '', code: 0 };
}

function unknownCommand(root: Command, name: string): Invocation {
  const near = (root.children ?? []).filter(
    (c) => editDistance(c.name.toLowerCase(), name.toLowerCase()) <= 2 || c.name.toLowerCase().startsWith(name.toLowerCase()),
  );
  const hint = near.length === 0 ? '' : `\n\nDid you mean this?\n${near.map((c) => `\t${c.name}\n`).join('')}`;
  const message = `unknown command "${name}" for "${root.name}"${hint}`;
  return { type: 'error', stderr: `Error: ${message}\nRun '${root.name} --help' for usage.\nError: ${message}\n`, code: 1 };
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The command at a path. */
export function commandAt(root: Command, path: readonly string[]): Command | undefined {
  let command: Command | undefined = root;
  for (const name of path) command = command?.children?.find((c) => c.name === name);
  return command;
}

/** Every phase by its name: a command's first phase has the name of its path. */
export function collectPhases(root: Command, prefix: readonly string[] = []): ReadonlyMap<string, Phase> {
  const out = new Map<string, Phase>();
  for (const child of root.children ?? []) {
    const path = [...prefix, child.name];
    if (child.run !== undefined) out.set(path.join(' '), child.run);
    for (const [name, phase] of Object.entries(child.phases ?? {})) out.set(name, phase);
    for (const [name, phase] of collectPhases(child, path)) out.set(name, phase);
  }
  return out;
}
