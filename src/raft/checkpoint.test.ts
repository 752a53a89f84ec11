import { describe, expect, it } from 'vitest';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { restoreState, saveState } from '#raft/checkpoint.ts';
import { entriesOf, Lone, msgApp, msgAppResp, msgReject, msgSnap, msgVoteResp, snapshotAt } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

const CONFIG = { id: id(1), electionTicks: 10, heartbeatTicks: 1 };

describe('a node restored from its checkpoint', () => {
  it('keeps a leader’s reads, transfer and windows', () => {
    const leader = new Lone({ log: [1, 1], commit: 2 }).lead();
    leader.step(msgAppResp({ from: 2, term: 2 }, 3));
    leader.node.readIndex(utf8('r1'));
    leader.node.propose(utf8('x'));
    leader.node.transferLeader(id(3));
    const bytes = saveState(leader.node, leader.storage);
    const copy = restoreState(bytes, CONFIG);
    expect(copy.node.status()).toEqual(leader.node.status());
    expect(saveState(copy.node, copy.storage)).toEqual(bytes);
    expect(copy.node.peekReady()).toEqual(leader.node.peekReady());
  });

  /** Nodes in the middle of something, by what it is. */
  const STATES: Readonly<Record<string, () => Lone>> = {
    'a follower with a snapshot and entries under way': () => {
      const lone = new Lone({ log: [1] });
      lone.node.step(msgSnap({ from: 2, term: 3 }, snapshotAt(9, 2, [1, 2], [4])));
      lone.node.step(msgApp({ from: 2, term: 3 }, 2, 9, entriesOf(10, [2, 3]), 10));
      return lone;
    },
    'a node whose Ready is out': () => {
      const lone = new Lone({ log: [1, 1], term: 1, vote: 2 });
      lone.node.step(msgApp({ from: 2, term: 1 }, 1, 2, entriesOf(3, [1, 1]), 3));
      lone.node.ready();
      lone.node.step(msgApp({ from: 2, term: 1 }, 1, 4, entriesOf(5, [1]), 4));
      return lone;
    },
    'a snapshot that is being written': () => {
      const lone = new Lone({ log: [1], config: { asyncStorageWrites: true } });
      lone.node.step(msgSnap({ from: 2, term: 3 }, snapshotAt(9, 2, [1, 2])));
      lone.node.ready();
      return lone;
    },
    'a page of committed entries that is full': () => {
      const lone = new Lone({ log: [1, 1, 1], commit: 3, config: { asyncStorageWrites: true, maxCommittedSizePerReady: 1 } });
      lone.node.ready();
      return lone;
    },
    'a pre-candidate with votes': () => {
      const lone = new Lone({ voters: [1, 2, 3, 4, 5], log: [1], config: { preVote: true } });
      lone.node.campaign();
      lone.flush();
      lone.step(msgVoteResp('MsgPreVoteResp', { from: 3, term: 1 }, true), msgVoteResp('MsgPreVoteResp', { from: 4, term: 2 }));
      return lone;
    },
    'a candidate whose requests have not left': () => {
      const lone = new Lone({ log: [1] });
      for (let i = 0; i < 3; i++) lone.node.tick();
      lone.node.campaign();
      return lone;
    },
    'a leader with a peer in each flow, in a joint configuration': () => {
      const lone = new Lone({ log: [1, 1], commit: 2, applied: 2, voters: [1, 2, 3, 4] }).lead();
      lone.step(msgAppResp({ from: 2, term: 2 }, 3), msgAppResp({ from: 3, term: 2 }, 3));
      lone.storage.createSnapshot(lone.status.lastIndex, lone.storage.snapshot().confState, utf8('state'));
      lone.storage.compact(lone.status.lastIndex);
      lone.step(msgReject({ from: 4, term: 2 }, 2, 0, 0)); // needs a snapshot
      lone.node.reportUnreachable(id(3));
      const changes = [
        { type: 'add-learner-node', nodeId: id(3) },
        { type: 'add-learner-node', nodeId: id(7) },
      ] as const;
      lone.node.applyConfChange({ version: 2, transition: 'joint-implicit', changes, context: EMPTY_BYTES });
      for (const text of ['a', 'bc']) lone.node.propose(utf8(text));
      lone.node.tick();
      for (const text of ['r1', 'r2']) lone.node.readIndex(utf8(text));
      lone.node.step({ type: 'MsgHeartbeatResp', from: id(2), to: id(1), term: lone.status.term, context: utf8('r2') });
      return lone;
    },
    'a leader with reads that wait for its first commit': () => {
      const lone = new Lone({ log: [1] }).lead();
      lone.node.readIndex(utf8('r'));
      lone.node.stepLocal({ type: 'MsgReadIndex', from: id(3), to: id(1), term: lone.status.term, context: utf8('s') });
      return lone;
    },
    'a read that was answered and not handed out': () => {
      const lone = new Lone({ voters: [1], log: [1], commit: 1, applied: 1 }).lead();
      lone.node.readIndex(utf8('r'));
      return lone;
    },
  };

  it.each(Object.entries(STATES))('has all of its state: %s', (_what, make) => {
    const { node, storage } = make();
    const { asyncStorageWrites, maxCommittedSizePerReady } = node.state().core.settings;
    const bytes = saveState(node, storage);
    const copy = restoreState(bytes, { ...CONFIG, asyncStorageWrites, maxCommittedSizePerReady });
    const partsOf = (of: typeof node): unknown => {
      const { core, marks, stepsOnAdvance } = of.state();
      const { settings, emit: _emit, log, ...rest } = core;
      const { unstable, committed, applying, applied, applyingSize, applyingPaused } = log;
      const { snapshot, snapshotInProgress, entries, offset, offsetInProgress } = unstable;
      const reads = core.role.type === 'leader' ? core.role.reads.items() : [];
      const inflights =
        core.role.type === 'leader'
          ? [...core.role.progress.values()].map(({ flow }) => (flow.type === 'replicate' ? flow.inflights.items() : flow))
          : [];
      const marked = { committed, applying, applied, applyingSize, applyingPaused };
      const pending = { snapshot, snapshotInProgress, entries, offset, offsetInProgress };
      return { rest, marked, pending, reads, inflights, marks, stepsOnAdvance, drawn: settings.prng.save() };
    };
    expect(partsOf(copy.node)).toEqual(partsOf(node));
    expect(copy.storage.state()).toEqual(storage.state());
    expect(copy.node.peekReady()).toEqual(node.peekReady());
    expect(saveState(copy.node, copy.storage)).toEqual(bytes);
  });

  it.each(Object.entries(STATES))('does not share its bytes, which may be used again: %s', (_what, make) => {
    const { node, storage } = make();
    const { asyncStorageWrites, maxCommittedSizePerReady } = node.state().core.settings;
    const bytes = saveState(node, storage).slice();
    const copy = restoreState(bytes, { ...CONFIG, asyncStorageWrites, maxCommittedSizePerReady });
    bytes.fill(0);
    expect(saveState(copy.node, copy.storage)).toEqual(saveState(node, storage));
  });

  it('still waits for advance if a Ready was out', () => {
    const { node, storage } = STATES['a node whose Ready is out']?.() ?? new Lone();
    const copy = restoreState(saveState(node, storage), CONFIG);
    expect(() => copy.node.ready()).toThrow('a second Ready was taken without advance');
    copy.storage.append(entriesOf(3, [1, 1])); // what that Ready said
    copy.node.advance();
    expect(copy.node.ready().entries.map(({ index }) => index)).toEqual([5]);
  });

  it('is not saved with another storage', () => {
    const { node } = new Lone();
    expect(() => saveState(node, new Lone().storage)).toThrow('a node is saved with the storage that it was started with');
  });

  it('does not come from other bytes', () => {
    const node = new Lone({ log: [1, 1] });
    const bytes = saveState(node.node, node.storage);
    expect(() => restoreState(bytes.subarray(0, bytes.length - 1), CONFIG)).toThrow(DecodeError);
    expect(() => restoreState(Uint8Array.of(9), CONFIG)).toThrow('checkpoint format 9, expected 1');
    expect(() => restoreState(bytes, { ...CONFIG, id: id(2) })).toThrow('checkpoint of node 1, expected 2');
    expect(() => restoreState(Uint8Array.of(...bytes, 0), CONFIG)).toThrow('1 bytes after the checkpoint');
  });
});
