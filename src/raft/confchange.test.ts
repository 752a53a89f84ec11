import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, toHex } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { ConfState } from '#raft/state.ts';
import { changeConfiguration, confChangeErrorText, enterJoint, leaveJoint, restoreConfiguration, simpleChange } from '#raft/confchange.ts';
import {
  decodeConfChange,
  encodeConfChange,
  formatChanges,
  LEAVE_JOINT,
  parseChanges,
  planOf,
  type ConfChangeSingle,
  type ConfChangeType,
} from '#raft/conf-change.ts';
import { EMPTY_CONFIGURATION, isSameConfState, isVoter, toConfState, type Configuration } from '#raft/configuration.ts';
import { majorityVote } from '#raft/quorum.ts';

const id = (n: number): NodeId => nodeId(BigInt(n));
const TYPES: readonly ConfChangeType[] = ['add-node', 'remove-node', 'update-node', 'add-learner-node'];
const single = fc.record({ type: fc.constantFrom(...TYPES), nodeId: fc.integer({ min: 1, max: 7 }).map(id) });
const changes = fc.array(single, { minLength: 1, maxLength: 6 });
/** Some configuration outside of a joint one. */
const configuration = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
  )
  .map(([voters, learners]): Configuration => {
    const both = [
      ...voters.map((n) => ({ type: 'add-node' as const, nodeId: id(n) })),
      ...learners.filter((n) => !voters.includes(n)).map((n) => ({ type: 'add-learner-node' as const, nodeId: id(n) })),
    ];
    let config = EMPTY_CONFIGURATION;
    for (const change of both) {
      const outcome = simpleChange(config, [change]);
      if (outcome.ok) ({ config } = outcome);
    }
    return config;
  });

/** A snapshot's configuration of these numbers. */
const stateOf = (lists: Partial<Record<'voters' | 'votersOutgoing' | 'learners' | 'learnersNext', readonly number[]>>): ConfState => {
  const of = (list: readonly number[] = []): NodeId[] => list.map(id);
  return {
    voters: of(lists.voters),
    votersOutgoing: of(lists.votersOutgoing),
    learners: of(lists.learners),
    learnersNext: of(lists.learnersNext),
    autoLeave: false,
  };
};
const applied = (outcome: ReturnType<typeof simpleChange>): Configuration | undefined => (outcome.ok ? outcome.config : undefined);

describe('configuration changes', () => {
  it('one after the other come to the same as all at once through a joint configuration', () => {
    fc.assert(
      fc.property(configuration, changes, (start, list) => {
        let oneByOne: Configuration | undefined = start;
        for (const change of list) oneByOne = oneByOne === undefined ? undefined : applied(simpleChange(oneByOne, [change]));
        fc.pre(oneByOne !== undefined); // the last voter was removed on the way
        const joint = applied(enterJoint(start, false, list));
        expect(joint).toBeDefined();
        const left = joint === undefined ? undefined : applied(leaveJoint(joint));
        expect(left).toEqual(oneByOne);
      }),
      { numRuns: 500 },
    );
  });

  it('of the simple kind leave old and new majorities with a voter in common (dissertation §4.1)', () => {
    fc.assert(
      fc.property(configuration, single, (start, change) => {
        const next = applied(simpleChange(start, [change]));
        fc.pre(next !== undefined);
        if (next === undefined) return;
        // Whoever has a majority of the old voters leaves no majority of the new ones without them.
        const votes = new Map(start.voters.slice(0, Math.floor(start.voters.length / 2) + 1).map((voter) => [voter, false]));
        expect(majorityVote(next.voters, new Map([...next.voters.map((voter) => [voter, true] as const), ...votes]))).not.toBe('won');
      }),
    );
  });

  it('keep old voters in the outgoing half until it is left, and learners out of both', () => {
    fc.assert(
      fc.property(configuration, changes, fc.boolean(), (start, list, autoLeave) => {
        const joint = applied(enterJoint(start, autoLeave, list));
        fc.pre(joint !== undefined);
        if (joint === undefined) return;
        expect(joint.outgoing).toEqual(start.voters);
        expect(joint.autoLeave).toBe(autoLeave);
        for (const learner of joint.learners) expect(isVoter(joint, learner)).toBe(false);
        for (const next of joint.learnersNext) expect(joint.outgoing).toContain(next);
      }),
    );
  });

  it('survive a snapshot', () => {
    fc.assert(
      fc.property(configuration, changes, (start, list) => {
        const joint = applied(enterJoint(start, true, list));
        for (const config of [start, ...(joint === undefined ? [] : [joint])]) {
          const restored = restoreConfiguration(toConfState(config));
          expect(restored).toEqual(config);
          expect(isSameConfState(toConfState(restored), toConfState(config))).toBe(true);
        }
      }),
    );
  });

  it('refused leave no trace', () => {
    const start = applied(simpleChange(EMPTY_CONFIGURATION, [{ type: 'add-node', nodeId: id(1) }])) ?? EMPTY_CONFIGURATION;
    const before = structuredClone(start);
    expect(simpleChange(start, [{ type: 'remove-node', nodeId: id(1) }])).toEqual({ ok: false, error: 'removed-all-voters' });
    expect(leaveJoint(start)).toEqual({ ok: false, error: 'not-joint' });
    expect(start).toEqual(before);
  });

  it('name the nodes whose progress begins anew', () => {
    const start = applied(simpleChange(EMPTY_CONFIGURATION, [{ type: 'add-node', nodeId: id(1) }])) ?? EMPTY_CONFIGURATION;
    const added = enterJoint(start, false, parseChanges('v2 l3') ?? []);
    expect(added.ok && [...added.fresh]).toEqual([id(2), id(3)]);
    const again = simpleChange(applied(added) === undefined ? start : start, parseChanges('l1 v1') ?? []);
    expect(again.ok && [...again.fresh]).toEqual([]);
    // Removed and added again at once: nothing is known of its log any more.
    const config = applied(leaveJoint(applied(added) ?? start)) ?? start;
    const removed = simpleChange(config, parseChanges('r3 l3') ?? []);
    expect(removed.ok && [...removed.fresh]).toEqual([id(3)]);
  });
});

describe('a change is refused', () => {
  const start = applied(enterJoint(restoreConfiguration(stateOf({ voters: [1, 2, 3], learners: [4] })), false, [])) ?? EMPTY_CONFIGURATION;
  const plain = restoreConfiguration(stateOf({ voters: [1, 2, 3], learners: [4] }));
  const single = restoreConfiguration(stateOf({ voters: [1] }));
  const ops = (text: string): readonly ConfChangeSingle[] => parseChanges(text) ?? [];
  const refusal = (outcome: ReturnType<typeof simpleChange>): string => (outcome.ok ? 'none' : confChangeErrorText(outcome.error));

  it.each([
    ['a second joint one', () => enterJoint(start, false, ops('v5')), 'config is already joint'],
    ['a joint one without a voter', () => enterJoint(EMPTY_CONFIGURATION, false, ops('v1')), "can't make a zero-voter config joint"],
    ['leaving what is not joint', () => leaveJoint(plain), "can't leave a non-joint config"],
    ['a simple one while it is joint', () => simpleChange(start, ops('v5')), "can't apply simple config change in joint config"],
    ['one that removes all voters', () => simpleChange(single, ops('r1')), 'removed all voters'],
    ['one that demotes all voters', () => simpleChange(single, ops('l1')), 'removed all voters'],
    ['a joint one that removes all voters', () => enterJoint(single, false, ops('r1')), 'removed all voters'],
    ['two more voters', () => simpleChange(plain, ops('v5 v6')), 'more than one voter changed without entering joint config'],
    ['two fewer voters', () => simpleChange(plain, ops('r1 r2')), 'more than one voter changed without entering joint config'],
    ['one voter for another', () => simpleChange(plain, ops('v5 r1')), 'more than one voter changed without entering joint config'],
    ['a voter and any number of learners', () => simpleChange(plain, ops('v5 l6 l7 r4')), 'none'],
    ['a voter that comes and goes', () => simpleChange(plain, ops('v5 r5 r1')), 'none'],
    ['the same voter', () => simpleChange(plain, ops('v1 u2')), 'none'],
  ])('%s', (_name, change, text) => {
    expect(refusal(change())).toBe(text);
  });

  it('a removed node does not start anew, nor does one that changes its capacity', () => {
    const fresh = (text: string): unknown => {
      const outcome = simpleChange(plain, ops(text));
      return outcome.ok && [...outcome.fresh];
    };
    expect([fresh('v5 r5'), fresh('v4'), fresh('l4'), fresh('l3'), fresh('v5'), fresh('r4 l4')]).toEqual([
      [],
      [],
      [],
      [],
      [id(5)],
      [id(4)],
    ]);
  });
});

describe('a configuration that contradicts itself is an assertion', () => {
  it.each([
    [{ voters: [1, 2], learners: [2] }, 'learner 2 is also a voter'],
    [{ voters: [1], votersOutgoing: [3], learners: [3] }, 'learner 3 is also a voter'],
    [{ voters: [1], votersOutgoing: [3], learnersNext: [4] }, 'next learner 4 is not in the outgoing half'],
    [{ voters: [1], learnersNext: [1] }, 'next learner 1 is not in the outgoing half'],
    [{ learners: [1, 2] }, '2 learners and 0 voters'],
  ])('%o', (state, text) => {
    expect(() => restoreConfiguration(stateOf(state))).toThrow(text);
  });

  it.each([
    {},
    { voters: [1] },
    { voters: [1], learners: [2] },
    { votersOutgoing: [1], learners: [2] },
    { voters: [1], votersOutgoing: [2], learnersNext: [2], learners: [3] },
  ])('%o does not', (state) => {
    expect(toConfState(restoreConfiguration(stateOf(state)))).toEqual(stateOf(state));
  });

  it('two of them are the same if they hold the same, in whatever order', () => {
    const of = { voters: [1, 2], votersOutgoing: [3, 4], learners: [5, 6], learnersNext: [3, 4] };
    expect(isSameConfState(stateOf(of), stateOf({ voters: [2, 1], votersOutgoing: [4, 3], learners: [6, 5], learnersNext: [4, 3] }))).toBe(
      true,
    );
    for (const other of [
      { ...of, voters: [1] },
      { ...of, voters: [1, 3] },
      { ...of, votersOutgoing: [3] },
      { ...of, learners: [5, 7] },
      { ...of, learnersNext: [] },
    ])
      expect(isSameConfState(stateOf(of), stateOf(other))).toBe(false);
    expect(isSameConfState(stateOf(of), { ...stateOf(of), autoLeave: true })).toBe(false);
  });
});

describe('a change', () => {
  it('without a context has none in its bytes, and passes over fields that it does not know', () => {
    const v1 = { version: 1, id: 0n, change: { type: 'add-node', nodeId: id(2) }, context: EMPTY_BYTES } as const;
    expect(toHex(encodeConfChange(v1))).toBe('080010001802');
    const v2 = { version: 2, transition: 'auto', changes: [{ type: 'add-node', nodeId: id(2) }], context: Uint8Array.of(9) } as const;
    expect(toHex(encodeConfChange(v2))).toBe('0800' + '120408001002' + '1a0109');
    const strange = Uint8Array.of(0x4a, 1, 7, 0x48, 7); // field 9, once of bytes and once a number
    expect(decodeConfChange('EntryConfChange', Uint8Array.of(...encodeConfChange(v1), ...strange))).toEqual(v1);
    expect(decodeConfChange('EntryConfChangeV2', Uint8Array.of(...encodeConfChange(v2), ...strange))).toEqual(v2);
    // Fields that are 0 may be left out.
    expect(decodeConfChange('EntryConfChangeV2', Uint8Array.of(0x12, 2, 0x10, 2))).toEqual({ ...v2, context: EMPTY_BYTES });
    const inner = Uint8Array.of(0x12, 9, 8, 0, 0x10, 2, ...strange);
    expect(decodeConfChange('EntryConfChangeV2', inner)).toEqual({ ...v2, context: EMPTY_BYTES });
    expect(decodeConfChange('EntryConfChange', EMPTY_BYTES)).toEqual({ ...v1, change: { type: 'add-node', nodeId: id(0) } });
  });

  it.each([
    ['v1x', undefined],
    ['vx1', undefined],
    ['1', undefined],
    ['v12  l3', 'v12 l3'],
    ['', ''],
  ])('written as "%s" is read as %s', (text, expected) => {
    const list = parseChanges(text);
    expect(list && formatChanges(list)).toBe(expected);
  });

  it('goes the way that it asks for', () => {
    const one: readonly ConfChangeSingle[] = [{ type: 'add-node', nodeId: id(2) }];
    const two = [...one, { type: 'remove-node', nodeId: id(1) } as const];
    const of = (transition: 'auto' | 'joint-implicit' | 'joint-explicit', list: readonly ConfChangeSingle[]) =>
      planOf({ version: 2, transition, changes: list, context: EMPTY_BYTES });
    expect(of('auto', [])).toEqual({ type: 'leave-joint' });
    expect(of('auto', one)).toEqual({ type: 'simple' });
    expect(of('auto', two)).toEqual({ type: 'enter-joint', autoLeave: true });
    expect(of('joint-implicit', one)).toEqual({ type: 'enter-joint', autoLeave: true });
    expect(of('joint-explicit', one)).toEqual({ type: 'enter-joint', autoLeave: false });
    expect(of('joint-explicit', [])).toEqual({ type: 'enter-joint', autoLeave: false });
  });

  it('of node 0 does nothing, which is how a refused one is applied', () => {
    const start = applied(simpleChange(EMPTY_CONFIGURATION, [{ type: 'add-node', nodeId: id(1) }])) ?? EMPTY_CONFIGURATION;
    const change = { version: 1, id: 0n, change: { type: 'add-node', nodeId: id(0) }, context: EMPTY_BYTES } as const;
    expect(applied(changeConfiguration(start, { version: 2, transition: 'auto', changes: [change.change], context: EMPTY_BYTES }))).toEqual(
      start,
    );
  });

  it('is stored in the protobuf form of etcd', () => {
    const v1 = { version: 1, id: 5n, change: { type: 'add-learner-node', nodeId: id(300) }, context: Uint8Array.of(1, 2) } as const;
    expect(toHex(encodeConfChange(v1))).toBe('0805100318ac0222020102');
    const v2 = {
      version: 2,
      transition: 'joint-explicit',
      changes: [{ type: 'remove-node', nodeId: id(2) }],
      context: EMPTY_BYTES,
    } as const;
    expect(toHex(encodeConfChange(v2))).toBe('08021204' + '08011002');
    expect(decodeConfChange('EntryConfChange', encodeConfChange(v1))).toEqual(v1);
    expect(decodeConfChange('EntryConfChangeV2', encodeConfChange(v2))).toEqual(v2);
    expect(decodeConfChange('EntryConfChangeV2', EMPTY_BYTES)).toEqual(LEAVE_JOINT);
  });

  it('keeps ids of 64 bits', () => {
    const big = nodeId(2n ** 64n - 3n);
    const change = { version: 1, id: 2n ** 64n - 1n, change: { type: 'add-node', nodeId: big }, context: EMPTY_BYTES } as const;
    expect(decodeConfChange('EntryConfChange', encodeConfChange(change))).toEqual(change);
  });

  it.each(['07', '0a', '10ff', '1005', '1807', 'ffffffffffffffffffffff'])('refuses the malformed data %s', (hex) => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const read = (): unknown => decodeConfChange('EntryConfChange', bytes);
    if (hex === '1807') expect(read()).toBeDefined();
    else expect(read).toThrow(DecodeError);
  });

  it('reads what it writes in scripts', () => {
    const list = parseChanges('v1 l2 r3 u4') ?? [];
    expect(list.map(({ type }) => type)).toEqual(['add-node', 'add-learner-node', 'remove-node', 'update-node']);
    expect(formatChanges(list)).toBe('v1 l2 r3 u4');
    expect(parseChanges('x1')).toBeUndefined();
    expect(parseChanges('v')).toBeUndefined();
  });
});
