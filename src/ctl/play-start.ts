/** Reads `play start NODE`: a member that was added, or one that does not run, with flags of etcd's that are to change. */

import { goQuote } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import { defined, flagBoolean, flagNumber, type FlagKind, type PlayWords } from '#ctl/play-flags.ts';
import type { PlayCommand } from '#ctl/world-command.ts';

export const START_FLAGS: Readonly<Record<string, FlagKind>> = {
  'force-new-cluster': 'switch',
  'snapshot-count': 'count',
  'catch-up-entries': 'count',
  heartbeat: 'time',
  'election-timeout': 'time',
  prevote: 'switch',
  'quota-backend-bytes': 'count',
  'max-txn-ops': 'count',
  'max-request-bytes': 'count',
  'strict-reconfig-check': 'switch',
};

const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });

/** The member may be one that the run does not know yet. */
export function readStart({ words, flags }: PlayWords, head: Word): { readonly type: 'ok'; readonly command: PlayCommand } | SyntaxProblem {
  const [node, extra] = words;
  if (node === undefined) return problem('play start needs a member: play start etcd-4', head.column);
  if (extra !== undefined) return problem(`play start takes one member, not ${goQuote(extra.text)} too`, extra.column);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(node.text)) return problem(`${goQuote(node.text)} is no name of a member`, node.column);
  const changes = defined({
    forceNewCluster: flagBoolean(flags, 'force-new-cluster'),
    snapshotCount: flagNumber(flags, 'snapshot-count'),
    snapshotCatchUpEntries: flagNumber(flags, 'catch-up-entries'),
    heartbeatMicros: flagNumber(flags, 'heartbeat'),
    electionMicros: flagNumber(flags, 'election-timeout'),
    preVote: flagBoolean(flags, 'prevote'),
    quotaBackendBytes: flagNumber(flags, 'quota-backend-bytes'),
    maxTxnOps: flagNumber(flags, 'max-txn-ops'),
    maxRequestBytes: flagNumber(flags, 'max-request-bytes'),
    strictReconfigCheck: flagBoolean(flags, 'strict-reconfig-check'),
  });
  return { type: 'ok', command: { type: 'world', command: { type: 'start-member', node: node.text, changes } } };
}
