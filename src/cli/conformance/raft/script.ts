/** The file format of data-driven scripts: directives with arguments and input, each with the output that is expected of it. */

/** An argument: `key`, `key=value` or `key=(value, value)`. */
export interface Argument {
  readonly key: string;
  /** Empty for an argument without `=`. */
  readonly values: readonly string[];
  readonly hasValue: boolean;
}

export interface Directive {
  /** Number of the line with the command, from 1. */
  readonly line: number;
  readonly command: string;
  readonly args: readonly Argument[];
  readonly input: string;
  /** Each line ended by a line feed. */
  readonly expected: string;
}

/** A script or a directive that cannot be understood. */
export class ScriptError extends Error {
  override readonly name: string = 'ScriptError';
}

/** A directive whose command the language does not have. */
export class UnknownCommandError extends ScriptError {
  override readonly name = 'UnknownCommandError';

  constructor({ line, command }: Directive) {
    super(`line ${line}: unknown command ${command}`);
  }
}

/** Splits at spaces that are outside of parentheses. */
function splitArguments(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  for (const ch of text) {
    if (ch === '(') depth += 1;
    if (ch === ')') depth -= 1;
    if (/\s/.test(ch) && depth === 0) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      word += ch;
    }
  }
  if (depth !== 0) throw new ScriptError(`unbalanced parentheses in: ${text}`);
  if (word !== '') words.push(word);
  return words;
}

/** Splits a list at commas that are outside of inner parentheses. */
function splitValues(text: string): string[] {
  if (text.trim() === '') return [];
  const values: string[] = [];
  let value = '';
  let depth = 0;
  for (const ch of text) {
    if (ch === '(') depth += 1;
    if (ch === ')') depth -= 1;
    if (ch === ',' && depth === 0) {
      values.push(value.trim());
      value = '';
    } else {
      value += ch;
    }
  }
  values.push(value.trim());
  return values;
}

function parseArgument(word: string): Argument {
  const at = word.indexOf('=');
  if (at < 0) return { key: word, values: [], hasValue: false };
  const key = word.slice(0, at);
  const value = word.slice(at + 1);
  if (value.startsWith('(') && value.endsWith(')')) return { key, values: splitValues(value.slice(1, -1)), hasValue: true };
  return { key, values: [value], hasValue: true };
}

/** Reads the lines up to the end of the expected output. Returns it and the line after it. */
function readExpected(lines: readonly string[], from: number): { readonly expected: string; readonly next: number } {
  let i = from;
  const expected: string[] = [];
  if (lines[i] === '----') {
    // Two separators: blank lines are allowed until two more.
    i += 1;
    while (i < lines.length && !(lines[i] === '----' && lines[i + 1] === '----')) expected.push(lines[i++] ?? '');
    i += 2;
  } else {
    while (i < lines.length && (lines[i] ?? '').trim() !== '') expected.push(lines[i++] ?? '');
  }
  return { expected: expected.map((line) => `${line}\n`).join(''), next: i };
}

/** Reads a script. @throws ScriptError */
export function parseScript(text: string): Directive[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const directives: Directive[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = i + 1;
    let head = (lines[i++] ?? '').trim();
    if (head === '' || head.startsWith('#')) continue;
    while (head.endsWith('\\') && i < lines.length) head = `${head.slice(0, -1)} ${(lines[i++] ?? '').trim()}`;
    const words = splitArguments(head);
    const input: string[] = [];
    while (i < lines.length && lines[i] !== '----') input.push(lines[i++] ?? '');
    if (i >= lines.length) throw new ScriptError(`line ${line}: no ---- after ${head}`);
    const { expected, next } = readExpected(lines, i + 1);
    i = next;
    directives.push({ line, command: words[0] ?? '', args: words.slice(1).map(parseArgument), input: input.join('\n').trim(), expected });
  }
  return directives;
}

/** The argument of this name, if there is one. */
export const argumentOf = ({ args }: Directive, key: string): Argument | undefined => args.find((arg) => arg.key === key);

/** Refuses `key=value` arguments that the command does not have: a misspelt option must not pass for its default. */
export function checkKeys({ line, command, args }: Directive, known: readonly string[]): void {
  const strange = args.find(({ key, hasValue }) => hasValue && !known.includes(key));
  if (strange !== undefined) throw new ScriptError(`line ${line}: ${command} has no argument ${strange.key}`);
}

/** Arguments without `=`, in order. */
export const positionals = ({ args }: Directive): string[] => args.filter(({ hasValue }) => !hasValue).map(({ key }) => key);

/** The one value of an argument; undefined without the argument. */
export function valueOf(directive: Directive, key: string): string | undefined {
  const found = argumentOf(directive, key);
  if (found === undefined) return undefined;
  const [value] = found.values;
  if (value === undefined || found.values.length !== 1) throw new ScriptError(`${directive.command}: ${key} needs one value`);
  return value;
}

/** A whole number from 0. */
export function parseNumber(text: string | undefined, what: string): number {
  if (text === undefined || !/^\d+$/.test(text))
    throw new ScriptError(`${what}: ${text === undefined ? 'missing' : `"${text}"`} is not a number`);
  return Number(text);
}

/** A flag as Go reads it. */
export function parseBoolean(text: string | undefined, what: string): boolean {
  if (text !== undefined && ['true', 'True', 'TRUE', 't', 'T', '1'].includes(text)) return true;
  if (text !== undefined && ['false', 'False', 'FALSE', 'f', 'F', '0'].includes(text)) return false;
  throw new ScriptError(`${what}: ${text ?? 'nothing'} is neither true nor false`);
}

/** The number given to an argument; undefined without the argument. */
export function numberOf(directive: Directive, key: string): number | undefined {
  const value = valueOf(directive, key);
  return value === undefined ? undefined : parseNumber(value, `${directive.command} ${key}`);
}

/** The flag given to an argument; false without the argument. */
export function flagOf(directive: Directive, key: string): boolean {
  const value = valueOf(directive, key);
  return value !== undefined && parseBoolean(value, `${directive.command} ${key}`);
}
