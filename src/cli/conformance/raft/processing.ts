/** What scripts do with nodes: handle a Ready, run the storage threads, deliver messages, and all of it until nothing is left to do. */

import { isVoter } from '#raft/configuration.ts';
import { decodeConfChange } from '#raft/conf-change.ts';
import { describeMessage, describeReady } from '#raft/describe.ts';
import type { Entry } from '#raft/entry.ts';
import { raftErrorText } from '#raft/error.ts';
import { isStorageThread, type Message, type MessageType } from '#raft/message.ts';
import { isEmptyHardState, type HardState, type Snapshot } from '#raft/state.ts';
import type { Environment, ScriptNode } from '#cli/conformance/raft/environment.ts';
import { ScriptError } from '#cli/conformance/raft/script.ts';

/** Rounds of {@link stabilize} before it is taken for endless. */
const ROUNDS_MAX = 10_000;

/** Handles one Ready of a node. */
export function processReady(env: Environment, id: number): void {
  const node = env.node(id);
  const ready = node.raw.ready();
  env.write(describeReady(ready));
  if (node.raw.settings.asyncStorageWrites) {
    for (const message of ready.messages) {
      if (message.type === 'MsgStorageAppend') node.appendWork.push(message);
      else if (message.type === 'MsgStorageApply') node.applyWork.push(message);
      else env.messages.push(message);
    }
    return;
  }
  save(node, ready.hardState, ready.snapshot, ready.entries);
  apply(node, ready.committedEntries);
  env.messages.push(...ready.messages);
  node.raw.advance();
}

function save(node: ScriptNode, hardState: HardState | undefined, snapshot: Snapshot | undefined, entries: readonly Entry[]): void {
  if (hardState !== undefined && !isEmptyHardState(hardState)) node.storage.setHardState(hardState);
  if (snapshot === undefined) {
    node.storage.append(entries);
    return;
  }
  if (entries.length > 0) throw new ScriptError(`a snapshot and ${entries.length} entries at the same time`);
  const error = node.storage.applySnapshot(snapshot);
  if (error !== undefined) throw new ScriptError(`snapshot ${snapshot.index}: ${error}`);
}

function apply(node: ScriptNode, entries: readonly Entry[]): void {
  for (const { type, index, term, data } of entries) {
    const last = node.history.at(-1);
    if (last === undefined) throw new ScriptError('a node without history');
    const confState = type === 'EntryNormal' ? last.confState : node.raw.applyConfChange(decodeConfChange(type, data));
    node.history.push({ index, term, confState, data: last.data });
  }
}

function writeResponses(env: Environment, responses: readonly Message[]): void {
  env.write('Responses:\n');
  for (const message of responses) env.write(`${describeMessage(message)}\n`);
  env.messages.push(...responses);
}

/** Does one piece of a node's append work. */
export function processAppendThread(env: Environment, id: number): void {
  const node = env.node(id);
  const work = node.appendWork.shift();
  if (work === undefined) {
    env.write('no append work to perform');
    return;
  }
  env.write(`Processing:\n${describeMessage({ ...work, responses: [] })}\n`);
  save(node, work.hardState, work.snapshot, work.entries);
  writeResponses(env, work.responses);
}

/** Does one piece of a node's apply work. */
export function processApplyThread(env: Environment, id: number): void {
  const node = env.node(id);
  const work = node.applyWork.shift();
  if (work === undefined) {
    env.write('no apply work to perform');
    return;
  }
  env.write(`Processing:\n${describeMessage({ ...work, responses: [] })}\n`);
  apply(node, work.entries);
  writeResponses(env, work.responses);
}

/** Who gets messages, or loses them. */
export interface Recipient {
  readonly id: number;
  readonly isDropping: boolean;
}

const isLocal = ({ from, to }: Message): boolean => from === to || isStorageThread(from) || isStorageThread(to);

/** True if a message is for this recipient. */
function isFor(message: Message, recipient: Recipient, type: MessageType | undefined): boolean {
  if (message.to !== BigInt(recipient.id) || (type !== undefined && message.type !== type)) return false;
  return !(recipient.isDropping && isLocal(message));
}

/** Delivers or drops queued messages. Returns how many. */
export function deliver(env: Environment, recipients: readonly Recipient[], type: MessageType | undefined): number {
  let count = 0;
  for (const recipient of recipients) {
    const taken = env.messages.filter((message) => isFor(message, recipient, type));
    env.messages = env.messages.filter((message) => !isFor(message, recipient, type));
    count += taken.length;
    for (const message of taken) {
      env.write(`${recipient.isDropping ? 'dropped: ' : ''}${describeMessage(message)}\n`);
      if (recipient.isDropping) continue;
      const error = env.node(recipient.id).raw.step(message);
      if (error !== undefined) env.write(`${raftErrorText(error)}\n`);
    }
  }
  return count;
}

/** Lets these nodes work until none has anything left to do. */
export function stabilize(env: Environment, ids: readonly number[]): void {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!stabilizeRound(env, ids)) return;
  }
  throw new ScriptError(`not stable after ${ROUNDS_MAX} rounds`);
}

function stabilizeRound(env: Environment, ids: readonly number[]): boolean {
  let isBusy = false;
  const run = (id: number, header: string, work: () => void): void => {
    isBusy = true;
    env.write(`> ${id} ${header}\n`);
    work();
  };
  for (const id of ids) {
    if (env.node(id).raw.hasReady()) run(id, 'handling Ready', () => env.indented(() => processReady(env, id)));
  }
  for (const id of ids) {
    const recipient = { id, isDropping: false };
    if (env.messages.some((message) => isFor(message, recipient, undefined))) {
      run(id, 'receiving messages', () => env.indented(() => deliver(env, [recipient], undefined)));
    }
  }
  for (const id of ids) {
    const { appendWork } = env.node(id);
    if (appendWork.length === 0) continue;
    run(id, 'processing append thread', () => {
      while (appendWork.length > 0) env.indented(() => processAppendThread(env, id));
    });
  }
  for (const id of ids) {
    const { applyWork } = env.node(id);
    if (applyWork.length === 0) continue;
    run(id, 'processing apply thread', () => {
      while (applyWork.length > 0) env.indented(() => processApplyThread(env, id));
    });
  }
  return isBusy;
}

/** True if the node votes in either half of its own configuration. */
export const isOwnVoter = ({ raw }: ScriptNode): boolean => isVoter(raw.configuration, raw.id);
