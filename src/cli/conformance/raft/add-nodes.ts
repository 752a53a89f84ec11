/** The command that starts nodes, with every setting that scripts can give. */

import { logIndex, nodeId, term, type NodeId } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import { sortedIds } from '#raft/configuration.ts';
import type { ReadOnlyOption } from '#raft/core.ts';
import { EMPTY_SNAPSHOT, type Snapshot } from '#raft/state.ts';
import type { Command, NodeOptions } from '#cli/conformance/raft/environment.ts';
import { argumentOf, flagOf, numberOf, parseNumber, positionals, valueOf, type Directive } from '#cli/conformance/raft/script.ts';

function idsOf(directive: Directive, key: string): NodeId[] {
  return sortedIds((argumentOf(directive, key)?.values ?? []).map((value) => nodeId(BigInt(parseNumber(value, key)))));
}

function optionsOf(directive: Directive, readOnly: ReadOnlyOption): NodeOptions {
  const inflight = numberOf(directive, 'inflight');
  const page = numberOf(directive, 'max-committed-size-per-ready');
  return {
    asyncStorageWrites: flagOf(directive, 'async-storage-writes'),
    preVote: flagOf(directive, 'prevote'),
    checkQuorum: flagOf(directive, 'checkquorum'),
    disableConfChangeValidation: flagOf(directive, 'disable-conf-change-validation'),
    stepDownOnRemoval: flagOf(directive, 'step-down-on-removal'),
    readOnly,
    ...(inflight === undefined ? {} : { maxInflightMessages: inflight }),
    ...(page === undefined ? {} : { maxCommittedSizePerReady: page }),
  };
}

/** `add-nodes N`: starts nodes, from a snapshot if one is described. */
export const addNodes: Command = (env, directive) => {
  const count = parseNumber(positionals(directive)[0], directive.command);
  const hasBootstrap = ['voters', 'learners', 'index', 'content'].some((key) => argumentOf(directive, key) !== undefined);
  const index = numberOf(directive, 'index') ?? 0;
  const readOnly = valueOf(directive, 'read-only') ?? 'safe';
  if (readOnly !== 'safe' && readOnly !== 'lease-based') return `invalid read-only option "${readOnly}"`;
  if (hasBootstrap && index <= 1) return 'index must be specified as > 1 due to bootstrap';
  const snapshot: Snapshot = hasBootstrap
    ? {
        index: logIndex(index),
        term: term(1),
        confState: {
          voters: idsOf(directive, 'voters'),
          votersOutgoing: [],
          learners: idsOf(directive, 'learners'),
          learnersNext: [],
          autoLeave: false,
        },
        data: utf8(valueOf(directive, 'content') ?? ''),
      }
    : EMPTY_SNAPSHOT;
  for (let i = 0; i < count; i++) env.addNode(optionsOf(directive, readOnly), snapshot);
  return undefined;
};
