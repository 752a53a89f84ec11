/**
 * The one lexer of the command language: lines of the terminal, of scenarios and of etcdctl's own interactive input. Quoting is a
 * shell's: '..' takes everything as it is, ".." knows the escapes \" \\ \$ \` and expands variables, a backslash elsewhere takes the next
 * character, $'..' knows \n, \t, \xHH, \uHHHH and the like. `#` at the beginning of a word starts a comment. Not there: globs, command
 * substitution, here-documents, splitting of expanded variables.
 */

import { quoteAnsi, readAnsiQuoted } from '#ctl/ansi-quote.ts';

/** A column counts from 1, in UTF-16 units of the line. */
export interface Word {
  readonly type: 'word';
  readonly text: string;
  readonly column: number;
  /** Part of it was quoted or escaped, so that `"at"` is no keyword. */
  readonly quoted: boolean;
}

export interface Operator {
  readonly type: 'operator';
  readonly text: '|' | '||' | '&' | '&&' | ';' | '<' | '>' | '>>' | '<>';
  readonly column: number;
}

export type Token = Word | Operator;

/** What is wrong with a line and where. */
export interface SyntaxProblem {
  readonly type: 'error';
  readonly message: string;
  readonly column: number;
}

export type LexResult = { readonly type: 'ok'; readonly tokens: readonly Token[] } | SyntaxProblem;

/** Value of `$NAME`; undefined expands to nothing. Without a lookup a `$` is an ordinary character. */
export type VariableLookup = (name: string) => string | undefined;

const OPERATORS = ['||', '&&', '>>', '<>', '|', '&', ';', '<', '>'] as const;
/** A recorded command may carry a file of some MiB. */
const LINE_LENGTH_MAX = 1 << 25;

/** Cuts a line into words and operators. @param lookup variables, when `$NAME` and `${NAME}` are to be expanded */
export function lex(line: string, lookup?: VariableLookup): LexResult {
  if (line.length > LINE_LENGTH_MAX)
    return { type: 'error', message: `line longer than ${LINE_LENGTH_MAX} characters`, column: LINE_LENGTH_MAX };
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    const ch = line[at] ?? '';
    if (/\s/.test(ch)) {
      at++;
      continue;
    }
    if (ch === '#') break;
    const operator = OPERATORS.find((o) => line.startsWith(o, at));
    if (operator !== undefined) {
      tokens.push({ type: 'operator', text: operator, column: at + 1 });
      at += operator.length;
      continue;
    }
    const word = readWord(line, at, lookup);
    if (word.type === 'error') return word;
    tokens.push(word.word);
    at = word.end;
  }
  return { type: 'ok', tokens };
}

/** What a quoted piece of a word stands for; `end` is the place after it. */
export type Piece = { readonly type: 'piece'; readonly text: string; readonly end: number } | SyntaxProblem;

function readWord(
  line: string,
  start: number,
  lookup: VariableLookup | undefined,
): { readonly type: 'word'; readonly word: Word; readonly end: number } | SyntaxProblem {
  let text = '';
  let quoted = false;
  let at = start;
  while (at < line.length) {
    const ch = line[at] ?? '';
    if (/\s/.test(ch) || OPERATORS.some((o) => o === ch)) break;
    let piece: Piece;
    if (ch === "'") piece = readSingleQuoted(line, at);
    else if (ch === '"') piece = readDoubleQuoted(line, at, lookup);
    else if (ch === '\\')
      piece =
        at + 1 < line.length
          ? { type: 'piece', text: line[at + 1] ?? '', end: at + 2 }
          : { type: 'error', message: 'nothing after \\', column: at + 1 };
    else if (line.startsWith("$'", at)) piece = readAnsiQuoted(line, at);
    else if (ch === '$' && lookup !== undefined) piece = readVariable(line, at, lookup);
    else piece = { type: 'piece', text: ch, end: at + 1 };
    if (piece.type === 'error') return piece;
    if (ch === "'" || ch === '"' || ch === '\\' || line.startsWith("$'", at)) quoted = true;
    text += piece.text;
    at = piece.end;
  }
  return { type: 'word', word: { type: 'word', text, column: start + 1, quoted }, end: at };
}

function readSingleQuoted(line: string, start: number): Piece {
  const end = line.indexOf("'", start + 1);
  if (end < 0) return { type: 'error', message: "missing closing '", column: start + 1 };
  return { type: 'piece', text: line.slice(start + 1, end), end: end + 1 };
}

function readDoubleQuoted(line: string, start: number, lookup: VariableLookup | undefined): Piece {
  let text = '';
  let at = start + 1;
  while (at < line.length) {
    const ch = line[at] ?? '';
    if (ch === '"') return { type: 'piece', text, end: at + 1 };
    const next = line[at + 1] ?? '';
    if (ch === '\\' && next !== '' && '"\\$`'.includes(next)) {
      text += next;
      at += 2;
    } else if (ch === '$' && lookup !== undefined) {
      const piece = readVariable(line, at, lookup);
      if (piece.type === 'error') return piece;
      text += piece.text;
      at = piece.end;
    } else {
      text += ch;
      at++;
    }
  }
  return { type: 'error', message: 'missing closing "', column: start + 1 };
}

function readVariable(line: string, start: number, lookup: VariableLookup): Piece {
  const match = /^\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/.exec(line.slice(start));
  if (match === null) {
    if (line.startsWith('$(', start)) return { type: 'error', message: '$(…) is not supported', column: start + 1 };
    return { type: 'piece', text: '$', end: start + 1 };
  }
  return { type: 'piece', text: lookup(match[1] ?? match[2] ?? '') ?? '', end: start + match[0].length };
}

/** Words that need no quotes. `#` and `&` are safe inside a word only, so they are left out. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./^~\u0080-\uffff-]+$/;

/** What a line of a text file cannot hold as it is. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** Writes a word so that {@link lex}, and a shell, reads it back; it stays on one line. */
export function quoteWord(text: string): string {
  if (UNPRINTABLE.test(text)) return quoteAnsi(text);
  return PLAIN_WORD.test(text) && !/\s/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a command's words as one line. */
export const quoteWords = (words: readonly string[]): string => words.map(quoteWord).join(' ');
