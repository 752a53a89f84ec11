/**
 * One Raft node with etcd-io/raft's contract: no I/O, no clock, no threads. The application calls {@link RawNode.tick} and
 * {@link RawNode.step}, takes what is to be done from {@link RawNode.ready}, does it, and says so with {@link RawNode.advance}.
 */

import { assert } from '#kernel/assert.ts';
import { NO_NODE, term as termOf, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { confChangeEntryType, encodeConfChange, type ConfChange } from '#raft/conf-change.ts';
import { isTracked, type Configuration } from '#raft/configuration.ts';
import type { Core, RaftSettings } from '#raft/core.ts';
import type { Proposal } from '#raft/entry.ts';
import { raftErrorText, type StepResult } from '#raft/error.ts';
import { isLocalMessage, isResponseMessage, isStorageThread, type Message, type MsgProp } from '#raft/message.ts';
import { acceptReady, collectReady, hasReady, initialMarks, type Ready, type ReadyMarks } from '#raft/ready.ts';
import { applyConfChange } from '#raft/reconfigure.ts';
import { settingsOf, startCore, type RaftConfig } from '#raft/start.ts';
import type { ConfState } from '#raft/state.ts';
import { basicStatusOf, type BasicStatus, type Status } from '#raft/status.ts';
import { step } from '#raft/step.ts';
import { tick } from '#raft/tick.ts';
import { checkMessage, checkProposal } from '#raft/validate.ts';

const NO_TERM = termOf(0);

/** Everything that a checkpoint of a node holds besides its storage; see checkpoint.ts. */
export interface RawNodeState {
  readonly core: Core;
  readonly marks: ReadyMarks;
  readonly stepsOnAdvance: readonly Message[];
}

export class RawNode {
  readonly #core: Core;
  readonly #marks: ReadyMarks;
  /** What {@link RawNode.advance} steps, while a Ready is out. */
  #stepsOnAdvance: readonly Message[];
  #isReadyOut: boolean;

  private constructor(state: RawNodeState) {
    this.#core = state.core;
    this.#marks = state.marks;
    this.#stepsOnAdvance = state.stepsOnAdvance;
    this.#isReadyOut = state.stepsOnAdvance.length > 0;
  }

  /**
   * Starts a node from what its storage holds.
   * @throws AssertionError if the settings or the storage contradict themselves
   */
  static start(config: RaftConfig): RawNode {
    const core = startCore(settingsOf(config));
    return new RawNode({ core, marks: initialMarks(core), stepsOnAdvance: [] });
  }

  /** Continues a node from a checkpoint (checkpoint.ts). */
  static resume(state: RawNodeState): RawNode {
    return new RawNode(state);
  }

  /** The node's own state, for checkpoints. Not to be changed. */
  state(): RawNodeState {
    return { core: this.#core, marks: this.#marks, stepsOnAdvance: this.#stepsOnAdvance };
  }

  get id(): NodeId {
    return this.#core.id;
  }

  get settings(): RaftSettings {
    return this.#core.settings;
  }

  /** The configuration that is active here. */
  get configuration(): Configuration {
    return this.#core.config;
  }

  /** Lets one tick of the logical clock pass. */
  tick(): void {
    tick(this.#core);
  }

  /** Starts an election (or a pre-election) now. */
  campaign(): void {
    this.#local({ type: 'MsgHup', from: NO_NODE, to: NO_NODE, term: NO_TERM });
  }

  /** Proposes one entry. An error says that it was appended nowhere; without one it may still be lost. */
  propose(data: Bytes): StepResult {
    return this.proposeBatch([{ type: 'EntryNormal', data }]);
  }

  /** Proposes entries together: all or none are appended, in this order. */
  proposeBatch(entries: readonly Proposal[]): StepResult {
    const message: MsgProp = { type: 'MsgProp', from: this.#core.id, to: NO_NODE, term: NO_TERM, entries };
    return checkProposal(message) ?? this.#local(message);
  }

  /** Proposes a configuration change. One that may not be made now is appended as an empty entry. */
  proposeConfChange(change: ConfChange): StepResult {
    const entries = [{ type: confChangeEntryType(change), data: encodeConfChange(change) }];
    return this.#local({ type: 'MsgProp', from: NO_NODE, to: NO_NODE, term: NO_TERM, entries });
  }

  /**
   * Applies a committed configuration change; to be called for each, in the order of the log. A change that the application refuses is
   * applied as one of node 0, which does nothing.
   * @returns the configuration to keep with snapshots
   */
  applyConfChange(change: ConfChange): ConfState {
    return applyConfChange(this.#core, change);
  }

  /** Takes in a message from another node or from a storage thread. One that no correct node sends is refused with an error. */
  step(message: Message): StepResult {
    if (!isStorageThread(message.from)) {
      if (isLocalMessage(message.type)) return { type: 'step-local-message', message: message.type };
      if (isResponseMessage(message.type) && !isTracked(this.#core.config, message.from))
        return { type: 'peer-not-found', peer: message.from };
      const error = checkMessage(this.#core, message);
      if (error !== undefined) return error;
    }
    return step(this.#core, message);
  }

  #local(message: Message): StepResult {
    return step(this.#core, message);
  }

  /** Steps a message as the node itself would, without the checks of {@link RawNode.step}. */
  stepLocal(message: Message): StepResult {
    return this.#local(message);
  }

  /** True if {@link RawNode.ready} has something to do. */
  hasReady(): boolean {
    return hasReady(this.#core, this.#marks);
  }

  /** Takes everything there is to do. Without asynchronous storage, one Ready at a time: advance before the next. */
  ready(): Ready {
    assert(!this.#isReadyOut, 'a second Ready was taken without advance');
    const ready = collectReady(this.#core, this.#marks);
    this.#stepsOnAdvance = acceptReady(this.#core, this.#marks, ready);
    this.#isReadyOut = this.#stepsOnAdvance.length > 0;
    return ready;
  }

  /** Looks at what there is to do without taking it. */
  peekReady(): Ready {
    return collectReady(this.#core, this.#marks);
  }

  /** The last Ready is durable, sent and applied. */
  advance(): void {
    assert(!this.#core.settings.asyncStorageWrites, 'advance is not used with asynchronous storage writes');
    const steps = this.#stepsOnAdvance;
    this.#stepsOnAdvance = [];
    this.#isReadyOut = false;
    for (const message of steps) {
      const error = step(this.#core, message);
      assert(error === undefined, () => `a node's own answer is refused: ${error === undefined ? '' : raftErrorText(error)}`);
    }
  }

  /** Asks for an index that is safe to read at; the answer comes as a ReadState with this context, or never. */
  readIndex(context: Bytes): void {
    assert(context.length > 0, 'a read needs a context to be told by');
    this.#local({ type: 'MsgReadIndex', from: NO_NODE, to: NO_NODE, term: NO_TERM, context });
  }

  /** Hands the leadership to `transferee`; a follower asks its leader to do so. */
  transferLeader(transferee: NodeId): void {
    this.#local({ type: 'MsgTransferLeader', from: transferee, to: NO_NODE, term: NO_TERM });
  }

  /** Forgets whom this node follows, so that it may vote at once. */
  forgetLeader(): void {
    this.#local({ type: 'MsgForgetLeader', from: NO_NODE, to: NO_NODE, term: NO_TERM });
  }

  /** The last message to `id` was not delivered. */
  reportUnreachable(id: NodeId): void {
    this.#local({ type: 'MsgUnreachable', from: id, to: NO_NODE, term: NO_TERM });
  }

  /** How sending a snapshot to `id` ended. Must be reported, or the peer gets nothing until it says something itself. */
  reportSnapshot(id: NodeId, outcome: 'finish' | 'failure'): void {
    this.#local({ type: 'MsgSnapStatus', from: id, to: NO_NODE, term: NO_TERM, reject: outcome === 'failure' });
  }

  /** Replaces the election timeout that was drawn, until the next draw. @param ticks at least 1 */
  setRandomizedElectionTimeout(ticks: number): void {
    assert(ticks >= 1, () => `an election timeout of ${ticks} ticks`);
    this.#core.randomizedElectionTimeout = ticks;
  }

  basicStatus(): BasicStatus {
    return basicStatusOf(this.#core);
  }

  status(): Status {
    return { ...basicStatusOf(this.#core), config: this.#core.config };
  }
}
