/** Scripts about quorums: `committed` and `vote`. */

import { nodeId, type NodeId } from '#kernel/brand.ts';
import { compareIds, sortedIds } from '#raft/configuration.ts';
import { hexId } from '#raft/describe.ts';
import { jointCommitted, jointVote, type VoteResult } from '#raft/quorum.ts';
import { argumentOf, checkKeys, parseNumber, ScriptError, UnknownCommandError, type Directive } from '#cli/conformance/raft/script.ts';

export const QUORUM_COMMANDS: readonly string[] = ['committed', 'vote'];

interface Halves {
  readonly incoming: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
  /** Of both halves, in the order of their first mention. */
  readonly mentioned: readonly NodeId[];
}

function idsOf(directive: Directive, key: string): NodeId[] {
  const values = argumentOf(directive, key)?.values ?? [];
  return values.map((value) => nodeId(BigInt(parseNumber(value, `${directive.command} ${key}`))));
}

function halvesOf(directive: Directive): Halves {
  const incoming = idsOf(directive, 'cfg');
  const isZero = argumentOf(directive, 'cfgj')?.values[0] === 'zero';
  const outgoing = isZero ? [] : idsOf(directive, 'cfgj');
  return { incoming: sortedIds(incoming), outgoing: sortedIds(outgoing), mentioned: [...new Set([...incoming, ...outgoing])] };
}

const mismatch = (halves: Halves, values: readonly number[]): string =>
  `error: mismatched input (explicit or _) for voters map[${sortedIds(halves.mentioned)
    .map((id) => `${id}:{}`)
    .join(' ')}]: [${values.join(' ')}]`;

/** The description of who has acknowledged what: a bar for each, longer the further it is. */
function describeAcks(halves: Halves, acked: ReadonlyMap<NodeId, number>): string {
  const ids = sortedIds(halves.mentioned);
  const n = ids.length;
  if (n === 0) return '<empty majority quorum>';
  const indexOf = (id: NodeId): number => acked.get(id) ?? 0;
  const order = ids.toSorted((a, b) => indexOf(a) - indexOf(b) || compareIds(a, b));
  const bars = new Map<NodeId, number>();
  let bar = 0;
  for (const [k, id] of order.entries()) {
    const previous = order[k - 1];
    if (previous !== undefined && indexOf(id) > indexOf(previous)) bar = k;
    bars.set(id, bar);
  }
  const line = (id: NodeId): string => {
    const length = bars.get(id) ?? 0;
    const graph = acked.has(id) ? `${'x'.repeat(length)}>${' '.repeat(n - length)}` : `?${' '.repeat(n)}`;
    return `${graph} ${String(indexOf(id)).padStart(5)}    (id=${hexId(id)})\n`;
  };
  return `${' '.repeat(n)}    idx\n${ids.map(line).join('')}`;
}

function runCommitted(directive: Directive): string {
  const halves = halvesOf(directive);
  const words = argumentOf(directive, 'idx')?.values ?? [];
  const values = words.map((word) => (word === '_' ? undefined : parseNumber(word, 'idx')));
  if (values.includes(0)) throw new ScriptError('idx: 0 is not allowed');
  if (values.length !== halves.mentioned.length)
    return mismatch(
      halves,
      values.map((value) => value ?? 0),
    );
  const acked = new Map<NodeId, number>();
  for (const [i, id] of halves.mentioned.entries()) {
    const value = values[i];
    if (value !== undefined) acked.set(id, value);
  }
  const index = committedOf(halves, acked);
  return `${describeAcks(halves, acked)}${index === Infinity ? '∞' : index}\n`;
}

/** The committed index, with the properties that must hold for any way to look at it. */
function committedOf({ incoming, outgoing }: Halves, acked: ReadonlyMap<NodeId, number>): number {
  const lookup = (id: NodeId): number | undefined => acked.get(id);
  const index = jointCommitted(incoming, outgoing, lookup);
  const others = [jointCommitted(outgoing, incoming, lookup)];
  if (outgoing.length === 0) others.push(jointCommitted(incoming, incoming, lookup));
  for (const other of others) if (other !== index) throw new ScriptError(`committed index ${index}, seen otherwise ${other}`);
  return index;
}

const RESULT_TEXTS: Readonly<Record<VoteResult, string>> = { pending: 'VotePending', lost: 'VoteLost', won: 'VoteWon' };

function runVote(directive: Directive): string {
  const halves = halvesOf(directive);
  const words = argumentOf(directive, 'votes')?.values ?? [];
  if (words.some((word) => !['y', 'n', '_'].includes(word))) throw new ScriptError(`votes: ${words.join(',')}`);
  if (words.length !== halves.mentioned.length)
    return mismatch(
      halves,
      words.map((word) => (word === 'y' ? 2 : word === 'n' ? 1 : 0)),
    );
  const votes = new Map<NodeId, boolean>();
  for (const [i, id] of halves.mentioned.entries()) {
    const word = words[i];
    if (word !== '_') votes.set(id, word === 'y');
  }
  const { incoming, outgoing } = halves;
  const result = jointVote(incoming, outgoing, votes);
  if (jointVote(outgoing, incoming, votes) !== result) throw new ScriptError('the vote depends on the order of the halves');
  if (outgoing.length === 0 && jointVote(incoming, incoming, votes) !== result)
    throw new ScriptError('joint with itself, the vote is another');
  return `${RESULT_TEXTS[result]}\n`;
}

/** A runner of such scripts. */
export function quorumRunner(): (directive: Directive) => string {
  return (directive) => {
    checkKeys(directive, ['cfg', 'cfgj', 'idx', 'votes']);
    if (directive.command === 'committed') return runCommitted(directive);
    if (directive.command === 'vote') return runVote(directive);
    throw new UnknownCommandError(directive);
  };
}
