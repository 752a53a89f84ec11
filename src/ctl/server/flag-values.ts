/** The values of etcd's flags from a command line, the environment or a configuration file, as texts that were checked one by one. */

import { goQuote, parseDuration } from '#ctl/duration.ts';
import { peerUrlProblem } from '#ctl/etcdctl/peer-urls.ts';
import { ServerProblem } from '#ctl/server/failure.ts';
import { flagNames, kindOf } from '#ctl/server/flag-table.ts';

/** Values by flag name, and the names in the order that they were given. */
export type FlagValues = ReadonlyMap<string, string>;

/** What was asked for. */
export type Asked = { readonly type: 'help' } | { readonly type: 'version' } | { readonly type: 'start'; readonly values: FlagValues };

const TRUTHS = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const LIES = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** A bool as Go reads it; the text was checked. */
export const isTrue = (text: string): boolean => TRUTHS.has(text);

/** What is wrong with a flag's value, in Go's words; undefined if nothing. */
export function valueProblem(name: string, text: string): string | undefined {
  switch (kindOf(name)) {
    case undefined:
    case 'string':
      return undefined;
    case 'bool':
      return TRUTHS.has(text) || LIES.has(text) ? undefined : 'parse error';
    case 'uint':
      return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? undefined : 'parse error';
    case 'int':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? undefined : 'parse error';
    case 'duration':
      return parseDuration(text).type === 'ok' ? undefined : 'parse error';
    case 'cluster-state':
      return text === 'new' || text === 'existing' ? undefined : 'invalid value';
    case 'urls':
      return peerUrlProblem(text.split(','));
  }
}

/**
 * Reads a command line as Go's flag package does: one dash or two, a value glued with `=` or as the next word, a bool only glued.
 * @param args words after `etcd`
 * @throws ServerProblem
 */
export function readCommandLine(args: readonly string[]): Asked {
  const values = new Map<string, string>();
  let i = 0;
  for (let word = args[i]; word?.startsWith('-') === true && word !== '-'; word = args[i]) {
    i++;
    if (word === '--') break;
    const [name = '', glued] = word.replace(/^--?/, '').split(/=(.*)/s);
    if (name === '' || name.startsWith('-')) throw new ServerProblem('usage', `bad flag syntax: ${word}`);
    if (name === 'h' || name === 'help') return { type: 'help' };
    const kind = kindOf(name);
    if (kind === undefined) throw new ServerProblem('usage', `flag provided but not defined: -${name}`);
    const value = glued ?? (kind === 'bool' ? 'true' : args[i++]);
    if (value === undefined) throw new ServerProblem('usage', `flag needs an argument: -${name}`);
    const problem = valueProblem(name, value);
    if (problem !== undefined) {
      const what = kind === 'bool' ? 'invalid boolean value' : 'invalid value';
      throw new ServerProblem('usage', `${what} ${goQuote(value)} for ${kind === 'bool' ? '' : 'flag '}-${name}: ${problem}`);
    }
    values.set(name, value);
  }
  const extra = args[i];
  if (extra !== undefined) throw new ServerProblem('verify', `'${extra}' is not a valid flag`);
  return isTrue(values.get('version') ?? '') ? { type: 'version' } : { type: 'start', values };
}

/** The environment variable of a flag: `ETCD_INITIAL_CLUSTER`. */
const variableOf = (name: string): string => `ETCD_${name.toUpperCase().replaceAll('-', '_')}`;

/** What the environment adds to a command line, and variables that no flag has. */
export interface FromEnvironment {
  readonly values: FlagValues;
  readonly unknown: readonly string[];
  /** Variables that a flag of the command line takes the place of. */
  readonly shadowed: readonly string[];
}

/**
 * Adds `ETCD_…` variables for flags that the command line leaves out; an empty one counts as none.
 * @throws ServerProblem
 */
export function withEnvironment(values: FlagValues, env: Readonly<Record<string, string>>): FromEnvironment {
  const all = new Map(values);
  const names = new Map(flagNames().map((name) => [variableOf(name), name]));
  const unknown: string[] = [];
  const shadowed: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('ETCD_') || text === '') continue;
    const name = names.get(variable);
    if (name === undefined) unknown.push(`${variable}=${text}`);
    else if (values.has(name)) shadowed.push(variable);
    else {
      const problem = valueProblem(name, text);
      if (problem !== undefined) throw new ServerProblem('verify', `invalid value ${goQuote(text)} for ${variable}: ${problem}`);
      all.set(name, text);
    }
  }
  return { values: all, unknown, shadowed };
}
