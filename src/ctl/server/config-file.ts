/** etcd's configuration file: YAML (or JSON) whose keys are the names of the flags. */

import { parse, YAMLParseError } from 'yaml';

import { parseDuration } from '#ctl/duration.ts';
import { ServerProblem } from '#ctl/server/failure.ts';
import { kindOf, type FlagKind } from '#ctl/server/flag-table.ts';
import { valueProblem, type FlagValues } from '#ctl/server/flag-values.ts';

/** Longest file, characters. */
const FILE_MAX = 64 * 1024;
/** References that a file may hold: a sane one holds none. */
const ALIASES_MAX = 10;
/** Sections about certificates. */
const SECTIONS = new Set(['client-transport-security', 'peer-transport-security']);

export interface ConfigFile {
  readonly values: FlagValues;
  /** Keys that mean nothing to etcd; it passes over them without a word. */
  readonly unknown: readonly string[];
}

/**
 * Reads a file. An empty text or null leaves a flag at its default, as in etcd's sample file.
 * @throws ServerProblem in etcd's words, where the text is no YAML or a value has the wrong type
 */
export function readConfigFile(text: string): ConfigFile {
  if (text.length > FILE_MAX) throw new ServerProblem('verify', `the configuration file is longer than ${FILE_MAX} characters`);
  const content = parsed(text);
  if (content === null || content === undefined) return { values: new Map(), unknown: [] };
  if (typeof content !== 'object' || Array.isArray(content)) throw mismatch(typeOf(content), 'value', 'embed.configYAML');
  const values = new Map<string, string>();
  const unknown: string[] = [];
  const pairs: readonly (readonly [string, unknown])[] = Object.entries(content);
  for (const [key, value] of pairs) {
    const kind = kindOf(key);
    if (SECTIONS.has(key) || key === 'log-outputs') values.set(key, '');
    else if (kind === undefined || key === 'config-file' || key === 'version') unknown.push(key);
    else if (value !== null && value !== '') values.set(key, textOf(key, kind, value));
  }
  return { values, unknown };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: ALIASES_MAX, logLevel: 'error' }) as unknown; // the library says any
  } catch (error) {
    if (error instanceof YAMLParseError) {
      const [first = ''] = error.message.split('\n');
      const line = error.linePos?.[0].line ?? 1;
      throw new ServerProblem('verify', `error converting YAML to JSON: yaml: line ${line}: ${first.replace(/ at line \d+.*$/, '')}`);
    }
    throw new ServerProblem('verify', `error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : 'unreadable'}`);
  }
}

const GO_TYPES: Readonly<Record<FlagKind, string>> = {
  string: 'string',
  urls: 'string',
  'cluster-state': 'string',
  bool: 'bool',
  uint: 'uint',
  int: 'int64',
  duration: 'time.Duration',
};

function textOf(key: string, kind: FlagKind, value: unknown): string {
  const text = plainText(kind, value);
  if (text === undefined) throw mismatch(typeOf(value), `Go struct field configYAML.${key}`, `type ${GO_TYPES[kind]}`);
  const problem = valueProblem(key, text);
  if (problem === undefined) return text;
  if (kind === 'urls') throw new ServerProblem('verify', `unexpected error setting up ${key}: ${problem}`);
  throw kind === 'cluster-state'
    ? new ServerProblem('verify', `unexpected clusterState ${text}`)
    : mismatch(`number ${text}`, `Go struct field configYAML.${key}`, `type ${GO_TYPES[kind]}`);
}

/** A value as a flag would carry it; undefined if it has another type. A span of time may be nanoseconds. */
function plainText(kind: FlagKind, value: unknown): string | undefined {
  switch (kind) {
    case 'bool':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'uint':
    case 'int':
      return typeof value === 'number' ? String(value) : undefined;
    case 'duration':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return `${value}ns`;
      return typeof value === 'string' && parseDuration(value).type === 'ok' ? value : undefined;
    case 'string':
    case 'urls':
    case 'cluster-state':
      return typeof value === 'string' ? value : undefined;
  }
}

const mismatch = (type: string, field: string, wanted: string): ServerProblem =>
  new ServerProblem(
    'verify',
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into ${field === 'value' ? `Go value of type ${wanted}` : `${field} of ${wanted}`}`,
  );

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
