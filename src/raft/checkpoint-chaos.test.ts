import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saveState } from '#raft/checkpoint.ts';
import { runChaos, type ChaosOptions } from '#raft/testing/chaos.ts';

/** Everything that a run leaves behind. */
function fingerprint(seed: number, options: ChaosOptions): unknown {
  const { network } = runChaos(seed, options);
  return [...network.peers.values()].map((peer) => ({
    state: saveState(peer.node, peer.storage),
    applied: peer.applied,
    reads: peer.reads,
    events: peer.events,
  }));
}

describe('a node restored from its checkpoint', () => {
  it.each<readonly [string, Partial<ChaosOptions>]>([
    ['plain', {}],
    ['with everything', { preVote: true, checkQuorum: true, reconfigure: true, nodes: 5 }],
    ['asynchronous, with small windows', { asyncStorageWrites: true, maxInflightMessages: 2, maxSizePerMessage: 30 }],
    ['with leases', { checkQuorum: true, readOnly: 'lease-based' }],
  ])('behaves as the original would: %s', (_name, options) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 9 }), (seed, reloadEvery) => {
        const run = { nodes: 3, steps: 400, ...options };
        expect(fingerprint(seed, { ...run, reloadEvery })).toEqual(fingerprint(seed, run));
      }),
      { numRuns: 6 },
    );
  });
});
