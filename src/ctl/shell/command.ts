/** A command that is part of the shell. */

import type { Frame } from '#ctl/shell/frame.ts';
import type { Task } from '#ctl/shell/task.ts';

/** Gives the exit code. @param name the word that it was called by */
export type ShellCommand = <W>(frame: Frame<W>, args: readonly string[], name: string) => Task<number, W>;

/** Options of one letter and the rest: `-n 3 -r x` with `n:r`. Letters before `:` take a value, glued or as the next word. */
export interface Options {
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
  /** The first letter or long name that is none of them. */
  readonly unknown: string | undefined;
}

/** @param long long names and the letters that they stand for */
export function readOptions(args: readonly string[], letters: string, long: Readonly<Record<string, string>> = {}): Options {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  let unknown: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      rest.push(arg);
      continue;
    }
    if (arg.startsWith('--')) {
      const [name = '', value] = arg.slice(2).split(/=(.*)/s);
      const letter = long[name];
      if (letter === undefined) unknown ??= name;
      else if (takesValue(letters, letter)) flags.set(letter, value ?? args[++i] ?? '');
      else flags.set(letter, '');
      continue;
    }
    for (let k = 1; k < arg.length; k++) {
      const letter = arg[k] ?? '';
      if (!letters.includes(letter) || letter === ':') unknown ??= letter;
      else if (takesValue(letters, letter)) {
        flags.set(letter, k + 1 < arg.length ? arg.slice(k + 1) : (args[++i] ?? ''));
        break;
      } else flags.set(letter, '');
    }
  }
  return { flags, rest, unknown };
}

const takesValue = (letters: string, letter: string): boolean => letters[letters.indexOf(letter) + 1] === ':';
