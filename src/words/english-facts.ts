/** Every fact of a run as an English sentence. */

import type { FeedFact, FeedItem } from '#view/feed.ts';
import { RULE, type FactSentence } from '#words/fact-sentence.ts';
import { englishFault } from '#words/english-faults.ts';
import { durationText } from '#words/measure.ts';

type FactOf<T extends FeedFact['type']> = Extract<FeedFact, { readonly type: T }>;

/** `a`, `a and b`, `a, b and c`. */
export function englishList(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

const entries = (count: number, index: number): string =>
  count === 1 ? `entry ${index}` : count === 0 ? 'no entries' : `entries ${index - count + 1}–${index}`;

const LOST: Readonly<Record<FactOf<'message-lost'>['reason'], string>> = {
  cut: 'the link is cut',
  loss: 'the network dropped it',
  dead: 'the receiver is not running',
  dropped: 'you dropped it',
};

const whose = (client: string): string => (client === 'you' ? 'your' : `${client}’s`);

/** Messages by the names that Raft's library gives them. */
const MESSAGES: Readonly<Record<string, string>> = {
  MsgApp: 'an append',
  MsgAppResp: 'an answer to an append',
  MsgHeartbeat: 'a heartbeat',
  MsgHeartbeatResp: 'an answer to a heartbeat',
  MsgVote: 'a vote request',
  MsgVoteResp: 'a vote',
  MsgPreVote: 'a pre-vote request',
  MsgPreVoteResp: 'a pre-vote',
  MsgSnap: 'a snapshot',
  MsgProp: 'a forwarded proposal',
  MsgReadIndex: 'a read-index request',
  MsgReadIndexResp: 'a read-index answer',
  MsgTimeoutNow: 'a timeout-now',
};

const messageName = (kind: string): string => MESSAGES[kind] ?? `a message (${kind})`;

function steppedDown(fact: FactOf<'stepped-down'>): Omit<FactSentence, 'actor'> {
  switch (fact.reason) {
    case 'quorum-lost':
      return { text: 'stepped down: for a whole election timeout it has not heard from a majority', rule: RULE.checkQuorum };
    case 'higher-term':
      return {
        text: `stepped down: ${fact.byMember ?? 'another member'} is in a newer term${fact.newTerm === undefined ? '' : `, ${fact.newTerm}`}`,
        rule: RULE.terms,
      };
    case 'removed':
      return { text: 'stepped down: it is no longer a voting member' };
  }
}

function voteRefused(fact: FactOf<'vote-refused'>): Omit<FactSentence, 'actor'> {
  const refused = fact.pre ? `would not vote for ${fact.to}` : `refused its vote to ${fact.to}`;
  switch (fact.reason) {
    case 'already-voted':
      return { text: `${refused}: it already voted for ${fact.votedFor ?? 'another'} in this term`, rule: RULE.election };
    case 'log-behind':
      return { text: `${refused}: its own log is more up to date`, rule: RULE.upToDate };
    case 'lease':
      return { text: `${refused}: it heard from ${fact.votedFor ?? 'a leader'} less than an election timeout ago`, rule: RULE.checkQuorum };
    case 'lower-term':
      return { text: `${refused}: the request comes from an older term`, rule: RULE.terms };
  }
}

/** The sentence about a fact. */
export function englishFact(item: FeedItem): FactSentence {
  const { fact } = item;
  const actor = item.member ?? 'the network';
  switch (fact.type) {
    case 'election-timeout':
      return {
        actor,
        text: `heard from no leader for ${durationText(fact.afterMicros)} (${fact.ticks} ticks, drawn at random${fact.skipped ? '; at its start etcd skips some' : ''}): its election timer fired`,
        rule: RULE.election,
      };
    case 'became-follower':
      return fact.lead === undefined
        ? { actor, text: `became a follower in term ${item.term ?? '?'}; it knows no leader yet`, rule: RULE.terms }
        : { actor, text: `follows ${fact.lead} as the leader of term ${item.term ?? '?'}`, rule: RULE.election };
    case 'became-pre-candidate':
      return { actor, text: 'asks whether it could win an election, before it raises its term', rule: RULE.preVote };
    case 'became-candidate':
      return { actor, text: `started term ${item.term ?? '?'}, voted for itself and asks the others for their votes`, rule: RULE.election };
    case 'became-leader':
      return { actor, text: `won term ${item.term ?? '?'} with ${fact.votes} of ${fact.voters} votes`, rule: RULE.election };
    case 'stepped-down':
      return { actor, ...steppedDown(fact) };
    case 'vote-granted':
      return fact.pre
        ? { actor, text: `would vote for ${fact.to}: it hears no leader, and that log is at least as up to date`, rule: RULE.preVote }
        : { actor, text: `voted for ${fact.to}: that log is at least as up to date as its own`, rule: RULE.upToDate };
    case 'vote-refused':
      return { actor, ...voteRefused(fact) };
    case 'appended':
      return {
        actor,
        text: `appended ${entries(fact.count, fact.index)} to its log${fact.label === '' ? '' : `: ${fact.label}`}`,
        rule: RULE.replication,
      };
    case 'replicated':
      return { actor, text: `sent ${entries(fact.count, fact.index)} to ${englishList(fact.to)}`, rule: RULE.replication };
    case 'acknowledged':
      return { actor, text: `learned that ${fact.from} holds the log up to ${fact.index}`, rule: RULE.replication };
    case 'append-refused':
      return {
        actor,
        text: `could not add to ${fact.from}'s log at ${fact.index}: the entries before differ, so it tries again from ${fact.hint}`,
        rule: RULE.replication,
      };
    case 'truncated':
      return {
        actor,
        text: `removed its entries from ${fact.from} on: they were of term ${fact.existingTerm}, the leader has term ${fact.newTerm} there`,
        rule: RULE.replication,
      };
    case 'committed':
      return {
        actor,
        text: `committed up to ${fact.index}${fact.holders.length === 0 ? '' : `: ${englishList(fact.holders)} ${fact.holders.length === 1 ? 'has' : 'have'} it, a majority`}`,
        rule: RULE.commit,
      };
    case 'applied':
      return {
        actor,
        text: `applied entry ${fact.index}${fact.label === '' ? '' : ` (${fact.label})`}${fact.revision > 0 ? `: its store is at revision ${fact.revision}` : ''}`,
      };
    case 'saved':
      return { actor, text: `flushed ${fact.bytes} bytes to its write-ahead log, up to entry ${fact.lastIndex}`, rule: RULE.persistence };
    case 'forwarded':
      return { actor, text: `does not lead, so it passed ${fact.label} on to ${fact.to}`, rule: RULE.clients };
    case 'request':
      return { actor: fact.client, text: `sent ${fact.label}${item.member === undefined ? '' : ` to ${item.member}`}` };
    case 'answered':
      return fact.ok
        ? { actor, text: `answered ${fact.client}: ${fact.label} is done${fact.revision > 0 ? `, revision ${fact.revision}` : ''}` }
        : { actor, text: `could not do ${fact.label} for ${fact.client}: ${fact.error}` };
    case 'watch-created':
      return {
        actor,
        text: `watches ${fact.label} for ${fact.client}${fact.startRevision > 0 ? `, from revision ${fact.startRevision}` : ''}`,
      };
    case 'watch-fired':
      return {
        actor,
        text: `told ${whose(fact.client)} watch about ${fact.events === 1 ? 'one change' : `${fact.events} changes`}, revision ${fact.revision}`,
      };
    case 'watch-cancelled':
      return { actor, text: `ended ${whose(fact.client)} watch${fact.reason === '' ? '' : `: ${fact.reason}`}` };
    case 'snapshot-sent':
      return {
        actor,
        text: `sent ${fact.to} a snapshot up to ${fact.index}: the entries it needs are compacted away`,
        rule: RULE.compaction,
      };
    case 'snapshot-applied':
      return { actor, text: `replaced its state by a snapshot up to entry ${fact.index}`, rule: RULE.compaction };
    case 'log-compacted':
      return { actor, text: `dropped its log up to entry ${fact.index}: a snapshot holds it`, rule: RULE.compaction };
    case 'recovered':
      return {
        actor,
        text: `read ${fact.entries} entries back from its disk: the log ends at ${fact.lastIndex}, committed up to ${fact.commit}`,
        rule: RULE.persistence,
      };
    case 'started':
      return { actor, text: fact.incarnation > 1 ? `started again (run ${fact.incarnation})` : 'started' };
    case 'killed':
      return {
        actor,
        text: fact.powerLoss ? 'lost power: what was not flushed is gone' : 'was killed: its memory is gone, its disk stays',
      };
    case 'frozen':
      return { actor, text: 'was frozen: it runs no further, and knows nothing of it' };
    case 'thawed':
      return { actor, text: 'runs on where it was frozen' };
    case 'wiped':
      return { actor, text: 'lost its disk' };
    case 'crashed':
    case 'crash-armed':
    case 'crash-point':
    case 'disk-changed':
    case 'clock-changed':
    case 'timer-set':
    case 'client-changed':
    case 'retried':
    case 'link-changed':
      return englishFault(fact, actor);
    case 'stopped':
      return { actor, text: `ended: ${fact.reason}` };
    case 'partitioned':
      return { actor: 'the network', text: `is cut: ${fact.sides.map((side) => englishList(side)).join(' | ')}` };
    case 'healed':
      return { actor: 'the network', text: 'is whole again: everyone reaches everyone' };
    case 'message-lost':
      return { actor: 'the network', text: `lost ${messageName(fact.kind)} from ${fact.from} to ${fact.to}: ${LOST[fact.reason]}` };
    case 'command':
      return { actor: 'you', text: fact.line };
    case 'ticks-lost':
      return {
        actor,
        text: `missed ${fact.count === 1 ? 'one tick' : `${fact.count} ticks`} while its disk was busy: its timers run late`,
      };
    case 'violated':
      return { actor: actor === 'the network' ? 'the checker' : actor, text: `broke a promise of Raft, ${fact.property}: ${fact.detail}` };
  }
}
