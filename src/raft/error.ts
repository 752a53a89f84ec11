/** Expected failures of the core, as values. */

import type { MessageType } from '#raft/message.ts';
import type { NodeId } from '#kernel/brand.ts';

/** Why a proposal was not taken. None of it was appended anywhere: it may be proposed again. */
export type ProposalDropReason = 'no-leader' | 'forwarding-disabled' | 'not-in-configuration' | 'transfer-in-progress' | 'uncommitted-size';

export type RaftError =
  | { readonly type: 'proposal-dropped'; readonly reason: ProposalDropReason }
  /** A message that only this node may send to itself came from elsewhere. */
  | { readonly type: 'step-local-message'; readonly message: MessageType }
  /** An answer from a node that is not in the configuration. */
  | { readonly type: 'peer-not-found'; readonly peer: NodeId }
  | { readonly type: 'unknown-message'; readonly message: string }
  /** A message that contradicts itself or what is certain. `what` is `actual`, and the limit or only right value is `expected`. */
  | {
      readonly type: 'malformed-message';
      readonly message: MessageType;
      readonly what: string;
      readonly expected: number;
      readonly actual: number;
    }
  /** A proposed configuration change whose data cannot be read. */
  | { readonly type: 'malformed-conf-change'; readonly detail: string };

/** etcd's words for the error (the last three are ours: etcd stops, or goes on in a wrong state). */
export function raftErrorText(error: RaftError): string {
  switch (error.type) {
    case 'proposal-dropped':
      return 'raft proposal dropped';
    case 'step-local-message':
      return 'raft: cannot step raft local message';
    case 'peer-not-found':
      return 'raft: cannot step as peer not found';
    case 'unknown-message':
      return `raft: unknown message type ${error.message}`;
    case 'malformed-message':
      return `raft: malformed ${error.message}: ${error.what} is ${error.actual}, expected ${error.expected}`;
    case 'malformed-conf-change':
      return `raft: malformed configuration change: ${error.detail}`;
  }
}

/** What a step gives back: nothing, or why it was refused. */
export type StepResult = RaftError | undefined;

export const dropped = (reason: ProposalDropReason): RaftError => ({ type: 'proposal-dropped', reason });

export const malformed = (message: MessageType, what: string, expected: number, actual: number): RaftError => ({
  type: 'malformed-message',
  message,
  what,
  expected,
  actual,
});
