/** Who a `play` command is about: members by name, number or role, and clients where the command takes them. */

import { goQuote } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import type { NodeRef } from '#ctl/world-command.ts';

/** What is known of the run when the line is read. Without it, names are not checked. */
export interface PlayContext {
  /** Members by name, in the order of their numbers. */
  readonly members: readonly string[];
  /** Named clients, to which what can be done to a process, a link or a clock can be done too. */
  readonly clients?: readonly string[];
  /** Kinds of trace events, which conditions may name. */
  readonly events?: readonly string[];
}

const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });

type NodesResult = { readonly type: 'ok'; readonly nodes: readonly NodeRef[] } | SyntaxProblem;
/** References that mean whoever fits. */
export const ROLES: ReadonlySet<string> = new Set(['leader', 'followers', 'all']);

/** Names, numbers and roles, separated by blanks or commas. */
export function readNodes(
  words: readonly Word[],
  head: Word,
  context: PlayContext | undefined,
  clients: readonly string[] = [],
): NodesResult {
  const nodes: NodeRef[] = [];
  for (const word of words) {
    let column = word.column;
    for (const name of word.text.split(',')) {
      const checked = name === '' ? problem('a member is missing', column) : checkNode(name, column, context, clients);
      if (checked !== undefined) return checked;
      if (!nodes.includes(name)) nodes.push(name);
      column += name.length + 1;
    }
  }
  if (nodes.length === 0) return problem(`play ${head.text} needs a member: a name, a number, leader, followers or all`, head.column);
  return { type: 'ok', nodes };
}

export function checkNode(
  name: string,
  column: number,
  context: PlayContext | undefined,
  clients: readonly string[] = [],
): SyntaxProblem | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) return problem(`${goQuote(name)} is no name of a member`, column);
  if (context === undefined || ROLES.has(name) || context.members.includes(name) || clients.includes(name)) return undefined;
  const number = /^\d+$/.test(name) ? Number(name) : 0;
  if (number >= 1 && number <= context.members.length) return undefined;
  return problem(`no member ${goQuote(name)}: there are ${[...context.members, ...clients].join(', ')}`, column);
}
