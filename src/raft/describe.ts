/** etcd-io/raft's texts for entries, messages, Readys, configurations and progress. For people and for scripts; never parsed by the engine. */

import { logIndex, term, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import {
  decodeConfChange,
  formatChanges,
  toV2,
  type ConfChange,
  type ConfChangeTransition,
  type ConfChangeType,
} from '#raft/conf-change.ts';
import type { Configuration } from '#raft/configuration.ts';
import type { Entry, Proposal } from '#raft/entry.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message } from '#raft/message.ts';
import type { ProgressView } from '#raft/progress.ts';
import { quoteGo } from '#raft/quote.ts';
import { isEmptyReady, type Ready } from '#raft/ready.ts';
import type { ConfState, HardState, RoleType, Snapshot, SoftState } from '#raft/state.ts';

/** A node id as messages and log lines show it: lower-case hex. */
export const hexId = (id: NodeId): string => id.toString(16);

const ROLE_TEXTS: Readonly<Record<RoleType, string>> = {
  follower: 'StateFollower',
  candidate: 'StateCandidate',
  leader: 'StateLeader',
  'pre-candidate': 'StatePreCandidate',
};

/** A role in etcd's words. */
export const describeRole = (role: RoleType): string => ROLE_TEXTS[role];

/** Sender or receiver of a message. */
export function describeTarget(id: NodeId): string {
  if (id === 0n) return 'None';
  if (id === APPEND_THREAD) return 'AppendThread';
  return id === APPLY_THREAD ? 'ApplyThread' : hexId(id);
}

export const describeSoftState = ({ lead, role }: SoftState): string => `Lead:${lead} State:${describeRole(role)}`;

export const describeHardState = ({ term: saved, vote, commit }: HardState): string =>
  `Term:${saved}${vote === 0n ? '' : ` Vote:${vote}`} Commit:${commit}`;

const list = (ids: readonly NodeId[]): string => `[${ids.join(' ')}]`;

export const describeConfState = (state: ConfState): string =>
  `Voters:${list(state.voters)} VotersOutgoing:${list(state.votersOutgoing)} Learners:${list(state.learners)} LearnersNext:${list(state.learnersNext)} AutoLeave:${state.autoLeave}`;

export const describeSnapshot = (snapshot: Snapshot): string =>
  `Index:${snapshot.index} Term:${snapshot.term} ConfState:${describeConfState(snapshot.confState)}`;

/** One entry: `term/index type body`. */
export function describeEntry(entry: Entry): string {
  const body = describeBody(entry);
  return `${entry.term}/${entry.index} ${entry.type}${body === '' ? '' : ` ${body}`}`;
}

function describeBody({ type, data }: Proposal): string {
  if (type === 'EntryNormal') return quoteGo(data);
  return formatChanges(toV2(decodeConfChange(type, data)).changes);
}

/** Entries, one a line, each ended by a line feed. */
export const describeEntries = (entries: readonly Entry[]): string => entries.map((entry) => `${describeEntry(entry)}\n`).join('');

/** An entry that has no place in a log yet. */
const describeProposal = (proposal: Proposal): string => describeEntry({ ...proposal, term: term(0), index: logIndex(0) });
const contextEntry = (context: Bytes): readonly string[] => [describeProposal({ type: 'EntryNormal', data: context })];

/** What messages have in common in etcd's uniform form. Ours carry only the fields that they use. */
interface MessageParts {
  readonly logTerm?: number;
  readonly index?: number;
  readonly reject?: boolean;
  readonly rejectHint?: number;
  readonly commit?: number;
  readonly vote?: NodeId;
  readonly entries?: readonly string[];
  readonly snapshot?: Snapshot | undefined;
  readonly responses?: readonly Message[];
}

function partsOf(message: Message): MessageParts {
  switch (message.type) {
    case 'MsgProp':
      return { entries: message.entries.map(describeProposal) };
    case 'MsgApp':
      return { ...message, entries: message.entries.map(describeEntry) };
    case 'MsgReadIndex':
      return { entries: contextEntry(message.context) };
    case 'MsgReadIndexResp':
      return { index: message.index, entries: contextEntry(message.context) };
    case 'MsgStorageAppend': {
      const { entries, hardState, snapshot, responses } = message;
      const saved = hardState === undefined ? {} : { commit: hardState.commit, vote: hardState.vote };
      return { ...saved, entries: entries.map(describeEntry), snapshot, responses };
    }
    case 'MsgStorageApply':
    case 'MsgStorageApplyResp':
      return { ...message, entries: message.entries.map(describeEntry) };
    case 'MsgAppResp':
    case 'MsgVote':
    case 'MsgPreVote':
    case 'MsgVoteResp':
    case 'MsgPreVoteResp':
    case 'MsgSnap':
    case 'MsgHeartbeat':
    case 'MsgSnapStatus':
    case 'MsgStorageAppendResp':
      return message;
    default:
      return {};
  }
}

/** A message as etcd prints it, over several lines if it has several entries, a snapshot or responses. No final line feed. */
export function describeMessage(message: Message, indent = ''): string {
  const {
    logTerm = 0,
    index = 0,
    reject = false,
    rejectHint = 0,
    commit = 0,
    vote = 0n,
    entries = [],
    snapshot,
    responses = [],
  } = partsOf(message);
  let text = `${describeTarget(message.from)}->${describeTarget(message.to)} ${message.type} Term:${message.term} Log:${logTerm}/${index}`;
  if (reject) text += ` Rejected (Hint: ${rejectHint})`;
  if (commit !== 0) text += ` Commit:${commit}`;
  if (vote !== 0n) text += ` Vote:${vote}`;
  if (entries.length === 1) text += ` Entries:[${entries.join('')}]`;
  else if (entries.length > 1) text += ` Entries:[${entries.map((entry) => `\n${indent}  ${entry}`).join('')}\n${indent}]`;
  if (snapshot !== undefined && snapshot.index > 0) text += `\n${indent}  Snapshot: ${describeSnapshot(snapshot)}`;
  if (responses.length > 0) {
    text += ` Responses:[${responses.map((response) => `\n${indent}  ${describeMessage(response, `${indent}  `)}`).join('')}\n${indent}]`;
  }
  return text;
}

/** A Ready as etcd prints it. */
export function describeReady(ready: Ready): string {
  if (isEmptyReady(ready)) return '<empty Ready>';
  const { softState, hardState, readStates, entries, snapshot, committedEntries, messages } = ready;
  let text = `Ready MustSync=${ready.mustSync}:\n`;
  if (softState !== undefined) text += `${describeSoftState(softState)}\n`;
  if (hardState !== undefined) text += `HardState ${describeHardState(hardState)}\n`;
  if (readStates.length > 0)
    text += `ReadStates [${readStates.map(({ index, context }) => `{${index} [${context.join(' ')}]}`).join(' ')}]\n`;
  if (entries.length > 0) text += `Entries:\n${describeEntries(entries)}`;
  if (snapshot !== undefined) text += `Snapshot ${describeSnapshot(snapshot)}\n`;
  if (committedEntries.length > 0) text += `CommittedEntries:\n${describeEntries(committedEntries)}`;
  if (messages.length > 0) text += `Messages:\n${messages.map((message) => `${describeMessage(message)}\n`).join('')}`;
  return text;
}

const set = (ids: readonly NodeId[]): string => `(${ids.map(hexId).join(' ')})`;

/** A configuration as log lines show it. */
export function describeConfiguration(config: Configuration): string {
  let text = `voters=${set(config.voters)}`;
  if (config.outgoing.length > 0) text += `&&${set(config.outgoing)}`;
  if (config.learners.length > 0) text += ` learners=${set(config.learners)}`;
  if (config.learnersNext.length > 0) text += ` learners_next=${set(config.learnersNext)}`;
  return config.autoLeave ? `${text} autoleave` : text;
}

const FLOW_TEXTS = { probe: 'StateProbe', replicate: 'StateReplicate', snapshot: 'StateSnapshot' } as const;

/** A peer's progress as log lines and `status` show it. */
export function describeProgress(progress: ProgressView): string {
  let text = `${FLOW_TEXTS[progress.state]} match=${progress.match} next=${progress.next}`;
  if (progress.isLearner) text += ' learner';
  if (progress.paused) text += ' paused';
  if (progress.pendingSnapshot > 0) text += ` pendingSnap=${progress.pendingSnapshot}`;
  if (!progress.recentActive) text += ' inactive';
  if (progress.inflight > 0) text += ` inflight=${progress.inflight}${progress.inflightFull ? '[full]' : ''}`;
  return text;
}

const CHANGE_TEXTS: Readonly<Record<ConfChangeType, string>> = {
  'add-node': 'ConfChangeAddNode',
  'remove-node': 'ConfChangeRemoveNode',
  'update-node': 'ConfChangeUpdateNode',
  'add-learner-node': 'ConfChangeAddLearnerNode',
};
const TRANSITION_TEXTS: Readonly<Record<ConfChangeTransition, string>> = {
  auto: 'ConfChangeTransitionAuto',
  'joint-implicit': 'ConfChangeTransitionJointImplicit',
  'joint-explicit': 'ConfChangeTransitionJointExplicit',
};

/** A configuration change as log lines show it, always in its second form. */
export function describeConfChange(change: ConfChange): string {
  const { transition, changes, context } = toV2(change);
  const operations = changes.map(({ type, nodeId }) => ` changes:{type:${CHANGE_TEXTS[type]} node_id:${nodeId}}`).join('');
  return `transition:${TRANSITION_TEXTS[transition]}${operations}${context.length === 0 ? '' : ` context:${quoteGo(context)}`}`;
}
