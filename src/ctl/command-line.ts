/** From tokens to what a line asks for: assignments, commands, pipes, redirections, and the prefix `at NODE:`. */

import { lex, type SyntaxProblem, type Token, type VariableLookup, type Word } from '#ctl/lexer.ts';

export interface Redirect {
  readonly operator: '<' | '>' | '>>' | '<>';
  readonly target: string;
  readonly column: number;
}

/** One program with its words. `argv` is empty for a line that only assigns variables. */
export interface SimpleCommand {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly redirects: readonly Redirect[];
  /** Column of the first word, from 1. */
  readonly column: number;
}

/** Commands joined by `|`, and how they hang on what ran before. */
export interface Pipeline {
  readonly after: 'start' | ';' | '&&' | '||' | '&';
  readonly commands: readonly SimpleCommand[];
}

export type CommandLine =
  | { readonly type: 'blank' }
  /** `play …`: its words, operators among them as words (`etcd-1 > etcd-2`). */
  | { readonly type: 'play'; readonly words: readonly Word[] }
  /** `node` is the member of an `at NODE:` prefix; `background` says that the line ends in `&`. */
  | { readonly type: 'shell'; readonly node: string | undefined; readonly pipelines: readonly Pipeline[]; readonly background: boolean }
  | SyntaxProblem;

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/;
const AT_PREFIX = /^\s*at\s+([^\s:'"]+):(?=\s)/;

/** Reads one line. */
export function parseCommandLine(line: string, lookup?: VariableLookup): CommandLine {
  const prefix = AT_PREFIX.exec(line);
  const skipped = prefix?.[0].length ?? 0;
  // Blanks instead of the prefix keep the columns of what follows.
  const lexed = lex(' '.repeat(skipped) + line.slice(skipped), lookup);
  if (lexed.type === 'error') return lexed;
  const [first] = lexed.tokens;
  if (first === undefined)
    return prefix === null ? { type: 'blank' } : { type: 'error', message: 'a command must follow `at NODE:`', column: skipped + 1 };
  if (first.type === 'word' && first.text === 'play' && !first.quoted) {
    if (prefix !== null) return { type: 'error', message: '`at NODE:` stands before etcdctl commands, not before play', column: 1 };
    return { type: 'play', words: lexed.tokens.slice(1).map((t) => (t.type === 'word' ? t : { ...t, type: 'word', quoted: false })) };
  }
  return parsePipelines(lexed.tokens, prefix?.[1]);
}

function parsePipelines(tokens: readonly Token[], node: string | undefined): CommandLine {
  const pipelines: Pipeline[] = [];
  let commands: SimpleCommand[] = [];
  let pending: Token[] = [];
  let after: Pipeline['after'] = 'start';
  let background = false;
  for (const [i, token] of tokens.entries()) {
    if (token.type === 'word' || isRedirect(token.text)) {
      pending.push(token);
      continue;
    }
    if (pending.length === 0) return { type: 'error', message: `unexpected ${token.text}`, column: token.column };
    const command = parseSimple(pending);
    if (command.type === 'error') return command;
    commands.push(command.command);
    pending = [];
    if (token.text === '|') continue;
    pipelines.push({ after, commands });
    commands = [];
    if (token.text === '&' && i === tokens.length - 1) background = true;
    after = token.text === '||' || token.text === '&&' || token.text === '&' ? token.text : ';';
  }
  const last = tokens.at(-1);
  if (pending.length > 0) {
    const command = parseSimple(pending);
    if (command.type === 'error') return command;
    commands.push(command.command);
    pipelines.push({ after, commands });
  } else if (commands.length > 0 || after === '&&' || after === '||') {
    return { type: 'error', message: `a command must follow ${last?.text ?? ''}`, column: last?.column ?? 1 };
  }
  return { type: 'shell', node, pipelines, background };
}

const isRedirect = (text: string): boolean => text === '<' || text === '>' || text === '>>' || text === '<>';

function parseSimple(tokens: readonly Token[]): { readonly type: 'ok'; readonly command: SimpleCommand } | SyntaxProblem {
  const env: Record<string, string> = {};
  const argv: string[] = [];
  const redirects: Redirect[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.type === 'operator') {
      const target = tokens[i + 1];
      const operator = token.text;
      if (operator !== '<' && operator !== '>' && operator !== '>>' && operator !== '<>')
        return { type: 'error', message: `unexpected ${operator}`, column: token.column };
      if (target?.type !== 'word') return { type: 'error', message: `a file must follow ${operator}`, column: token.column };
      redirects.push({ operator, target: target.text, column: token.column });
      i++;
      continue;
    }
    const assignment = argv.length === 0 ? ASSIGNMENT.exec(token.text) : null;
    if (assignment === null) argv.push(token.text);
    else env[assignment[1] ?? ''] = assignment[2] ?? '';
  }
  return { type: 'ok', command: { env, argv, redirects, column: tokens[0]?.column ?? 1 } };
}
