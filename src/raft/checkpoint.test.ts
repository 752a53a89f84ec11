import { describe, expect, it } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { restoreState, saveState } from '#raft/checkpoint.ts';
import { Lone, msgAppResp } from '#raft/testing/build.ts';
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

  it('does not come from other bytes', () => {
    const node = new Lone({ log: [1, 1] });
    const bytes = saveState(node.node, node.storage);
    expect(() => restoreState(bytes.subarray(0, bytes.length - 1), CONFIG)).toThrow(DecodeError);
    expect(() => restoreState(Uint8Array.of(9), CONFIG)).toThrow('checkpoint format 9, expected 1');
    expect(() => restoreState(bytes, { ...CONFIG, id: id(2) })).toThrow('checkpoint of node 1, expected 2');
    expect(() => restoreState(Uint8Array.of(...bytes, 0), CONFIG)).toThrow('1 bytes after the checkpoint');
  });
});
