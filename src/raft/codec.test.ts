import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logIndex, nodeId, term } from '#kernel/brand.ts';
import { toHex } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { ConfChange } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import { RAFT_EVENTS, type RaftEvent, type RaftEventType } from '#raft/event.ts';
import { decodeEvent, encodeEvent } from '#raft/event-codec.ts';
import { logLine } from '#raft/log-text.ts';
import { MESSAGE_TYPES, type Message, type MessageType } from '#raft/message.ts';
import { decodeMessage, encodeMessage } from '#raft/message-codec.ts';
import { EMPTY_HARD_STATE, isEmptyHardState, isSameHardState, type HardState, type Snapshot } from '#raft/state.ts';
import * as codec from '#raft/state-codec.ts';
import { id } from '#raft/testing/network.ts';

const index = fc.nat().map(logIndex);
const termAt = fc.nat().map(term);
const anyId = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(nodeId);
const bytes = fc.uint8Array({ maxLength: 20 });
const entry: fc.Arbitrary<Entry> = fc.record({
  type: fc.constantFrom('EntryNormal', 'EntryConfChange', 'EntryConfChangeV2'),
  term: termAt,
  index,
  data: bytes,
});
const ids = fc.array(anyId, { maxLength: 4 });
const snapshot: fc.Arbitrary<Snapshot> = fc.record({
  index,
  term: termAt,
  confState: fc.record({ voters: ids, votersOutgoing: ids, learners: ids, learnersNext: ids, autoLeave: fc.boolean() }),
  data: bytes,
});
const hardState: fc.Arbitrary<HardState> = fc.record({ term: termAt, vote: anyId, commit: index });

const envelope = { from: anyId, to: anyId, term: termAt };
const entries = fc.array(entry, { maxLength: 4 });
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });

/** The fields of each type besides the envelope. */
const FIELDS: Readonly<Record<MessageType, Readonly<Record<string, fc.Arbitrary<unknown>>>>> = {
  MsgHup: {},
  MsgBeat: {},
  MsgProp: { entries: fc.array(fc.record({ type: fc.constant('EntryNormal'), data: bytes }), { maxLength: 4 }) },
  MsgApp: { logTerm: termAt, index, entries, commit: index },
  MsgAppResp: { index, reject: fc.boolean(), rejectHint: index, logTerm: termAt },
  MsgVote: { logTerm: termAt, index, transfer: fc.boolean() },
  MsgVoteResp: { reject: fc.boolean() },
  MsgSnap: { snapshot },
  MsgHeartbeat: { commit: index, context: bytes },
  MsgHeartbeatResp: { context: bytes },
  MsgUnreachable: {},
  MsgSnapStatus: { reject: fc.boolean() },
  MsgCheckQuorum: {},
  MsgTransferLeader: {},
  MsgTimeoutNow: {},
  MsgReadIndex: { context: bytes },
  MsgReadIndexResp: { index, context: bytes },
  MsgPreVote: { logTerm: termAt, index, transfer: fc.boolean() },
  MsgPreVoteResp: { reject: fc.boolean() },
  MsgStorageAppend: {
    entries,
    hardState: optional(hardState),
    snapshot: optional(snapshot),
    responses: fc.array(fc.record({ type: fc.constant('MsgVoteResp'), ...envelope, reject: fc.boolean() }), { maxLength: 2 }),
  },
  MsgStorageAppendResp: { logTerm: termAt, index, snapshot: optional(snapshot) },
  MsgStorageApply: {
    entries,
    responses: fc.array(fc.record({ type: fc.constant('MsgStorageApplyResp'), ...envelope, entries }), { maxLength: 2 }),
  },
  MsgStorageApplyResp: { entries },
  MsgForgetLeader: {},
};
const message: fc.Arbitrary<Message> = fc
  .constantFrom(...MESSAGE_TYPES)
  .chain((type) => fc.record({ type: fc.constant(type), ...envelope, ...FIELDS[type] })) as fc.Arbitrary<Message>;

const BEAT: Message = { type: 'MsgHeartbeat', from: id(1), to: id(2), term: term(9), commit: logIndex(1000), context: Uint8Array.of() };

describe('bytes', () => {
  it('of a message are that message', () => {
    fc.assert(
      fc.property(message, (of) => {
        expect(decodeMessage(encodeMessage(of))).toEqual(of);
      }),
      { numRuns: 1000 },
    );
  });

  it('of states, entries and snapshots are those', () => {
    fc.assert(
      fc.property(entry, hardState, snapshot, (a, b, c) => {
        expect(codec.decodeEntry(codec.encodeEntry(a))).toEqual(a);
        expect(codec.decodeHardState(codec.encodeHardState(b))).toEqual(b);
        expect(codec.decodeSnapshot(codec.encodeSnapshot(c))).toEqual(c);
        expect(codec.decodeConfState(codec.encodeConfState(c.confState))).toEqual(c.confState);
      }),
    );
  });

  it('that are cut or changed never do anything but give another message or a DecodeError', () => {
    const quietly = (of: Uint8Array): void => {
      try {
        decodeMessage(of);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    };
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (of, at, value) => {
        const good = encodeMessage(of);
        quietly(good.subarray(0, at % good.length));
        const bad = good.slice();
        bad[at % bad.length] = value;
        quietly(bad);
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), quietly), { numRuns: 1000 });
  });

  it('left over after a value are refused, and so are words that are not in the list', () => {
    const more = (of: Uint8Array): Uint8Array => Uint8Array.of(...of, 0);
    const of: Entry = { type: 'EntryConfChange', term: term(2), index: logIndex(3), data: Uint8Array.of(1) };
    expect(() => codec.decodeEntry(more(codec.encodeEntry(of)))).toThrow('1 bytes after the value');
    expect(() => codec.decodeEntry(Uint8Array.of(3, 2, 3, 0))).toThrow('unknown entry type 3 at offset 0');
    expect(() => codec.decodeEntry(Uint8Array.of(2, 2, 3, 4))).toThrow('need 4 bytes at offset 4, have 0');
    expect(() => decodeMessage(more(encodeMessage(BEAT)))).toThrow('1 bytes after the value');
  });

  it('of responses within responses within responses are refused', () => {
    const work = (responses: readonly Message[]): Message => ({
      type: 'MsgStorageApply',
      from: id(1),
      to: id(2),
      term: term(0),
      entries: [],
      responses,
    });
    expect(decodeMessage(encodeMessage(work([work([work([])])])))).toEqual(work([work([work([])])]));
    expect(() => decodeMessage(encodeMessage(work([work([work([work([])])])])))).toThrow('messages nested deeper than 2');
  });

  it('that are decoded are copies: the buffer that they came in may be used again', () => {
    const data = (of: Message): unknown => ('entries' in of ? of.entries[0]?.data : 'context' in of ? of.context : undefined);
    const envelopeOf = { from: id(1), to: id(2), term: term(3) };
    const seven = Uint8Array.of(7);
    const list: readonly Message[] = [
      { ...envelopeOf, type: 'MsgProp', entries: [{ type: 'EntryNormal', data: seven }] },
      { ...envelopeOf, type: 'MsgStorageApplyResp', entries: [{ type: 'EntryNormal', term: term(1), index: logIndex(1), data: seven }] },
      { ...envelopeOf, type: 'MsgHeartbeat', commit: logIndex(1), context: seven },
      { ...envelopeOf, type: 'MsgHeartbeatResp', context: seven },
      { ...envelopeOf, type: 'MsgReadIndex', context: seven },
      { ...envelopeOf, type: 'MsgReadIndexResp', index: logIndex(1), context: seven },
    ];
    for (const of of list) {
      const buffer = encodeMessage(of);
      const decoded = decodeMessage(buffer);
      buffer.fill(0);
      expect(data(decoded)).toEqual(seven);
    }
    const state: Snapshot = {
      index: logIndex(1),
      term: term(1),
      confState: { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false },
      data: seven,
    };
    const buffer = codec.encodeSnapshot(state).slice();
    const decoded = codec.decodeSnapshot(buffer);
    buffer.fill(0);
    expect(decoded.data).toEqual(seven);
  });

  it('of two states are the same if the states are', () => {
    fc.assert(
      fc.property(hardState, hardState, (a, b) => {
        expect(isSameHardState(a, { ...a })).toBe(true);
        for (const part of [{ term: b.term }, { vote: b.vote }, { commit: b.commit }]) {
          const other = { ...a, ...part };
          expect(isSameHardState(a, other)).toBe(toHex(codec.encodeHardState(a)) === toHex(codec.encodeHardState(other)));
        }
      }),
    );
    expect(isEmptyHardState(EMPTY_HARD_STATE)).toBe(true);
    expect(isEmptyHardState({ ...EMPTY_HARD_STATE, commit: logIndex(1) })).toBe(false);
  });

  it('of an unknown type are refused', () => {
    expect(() => decodeMessage(Uint8Array.of(99))).toThrow('unknown message type 99');
    expect(() => decodeMessage(Uint8Array.of())).toThrow(DecodeError);
  });

  it('of a heartbeat are few', () => {
    expect(encodeMessage(BEAT).length).toBe(1 + 8 + 8 + 1 + 2 + 1);
  });
});

/** Some value of every kind of field, chosen by `n`. */
function sampleEvent(type: RaftEventType, n: number): RaftEvent {
  const config = { voters: [id(1), id(n + 1)], outgoing: [id(1)], learners: [id(7)], learnersNext: [], autoLeave: n % 2 === 0 };
  const progress = {
    state: 'replicate',
    match: logIndex(n),
    next: logIndex(n + 1),
    isLearner: false,
    paused: true,
    pendingSnapshot: logIndex(0),
    recentActive: n % 2 === 0,
    inflight: 2,
    inflightFull: false,
  } as const;
  const change: ConfChange = {
    version: 2,
    transition: 'auto',
    changes: [{ type: 'add-node', nodeId: id(n + 1) }],
    context: Uint8Array.of(n % 256),
  };
  const samples: Readonly<Record<string, unknown>> = { id: id(n + 2), n, f: n % 2 === 0, ids: [id(1), id(2)], config, progress, change };
  const fields = Object.entries(RAFT_EVENTS[type].fields).map(([name, spec]): [string, unknown] => [
    name,
    typeof spec === 'string' ? samples[spec] : spec[n % spec.length],
  ]);
  return { type, ...Object.fromEntries(fields) } as RaftEvent;
}

const EVENT_TYPES = Object.keys(RAFT_EVENTS) as RaftEventType[];

describe('events', () => {
  it.each(EVENT_TYPES)('%s survives its encoding, and says a line if etcd logs it', (type) => {
    for (const n of [0, 1, 5, 300]) {
      const event = sampleEvent(type, n);
      expect(encodeEvent(event)[0]).toBe(RAFT_EVENTS[type].id);
      expect(decodeEvent(encodeEvent(event))).toEqual(event);
      const { level } = RAFT_EVENTS[type];
      const line = logLine(event, id(10));
      expect(line?.level ?? 'none').toBe(level);
      if (line !== undefined) expect(line.text).not.toMatch(/undefined|object/);
    }
  });

  it('have numbers of their own, which stay', () => {
    const numbers = EVENT_TYPES.map((type) => RAFT_EVENTS[type].id);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(RAFT_EVENTS['became-leader'].id).toBe(5);
    expect(RAFT_EVENTS['commit-advanced'].id).toBe(101);
  });

  it('keep a configuration change of either version, also when their bytes are used again', () => {
    for (const version of [1, 2] as const) {
      const single = { type: 'add-learner-node', nodeId: id(5) } as const;
      const change: ConfChange =
        version === 1
          ? { version, id: 7n, change: single, context: Uint8Array.of(1, 2) }
          : {
              version,
              transition: 'joint-explicit',
              changes: [single, { type: 'remove-node', nodeId: id(6) }],
              context: Uint8Array.of(1, 2),
            };
      const event: RaftEvent = { ...sampleEvent('conf-change-ignored', 1), change } as RaftEvent; // the row has a change
      const buffer = encodeEvent(event).slice();
      const decoded = decodeEvent(buffer);
      expect(decoded).toEqual(event);
      buffer.fill(0);
      expect(decoded).toEqual(event);
    }
  });

  it('with a word that is not in the list are refused', () => {
    const event = encodeEvent(sampleEvent('became-follower', 1));
    event[event.length - 1] = 99; // the reason
    expect(() => decodeEvent(event)).toThrow('unknown word 99 at offset');
  });

  it('that are malformed are refused', () => {
    expect(() => decodeEvent(Uint8Array.of(250, 1))).toThrow('unknown event 250');
    expect(() => decodeEvent(Uint8Array.of(5))).toThrow(DecodeError);
    expect(() => decodeEvent(Uint8Array.of(5, 1, 1))).toThrow('1 bytes after the event');
    const ignored = encodeEvent(sampleEvent('conf-change-ignored', 1));
    ignored[1] = 3; // the version of the change
    expect(() => decodeEvent(ignored)).toThrow('unknown version 3 of a configuration change');
    const decreased = encodeEvent(sampleEvent('progress-decreased', 1));
    decreased[9] = 3; // the state of the progress
    expect(() => decodeEvent(decreased)).toThrow('unknown progress state 3 at offset 9');
  });
});
