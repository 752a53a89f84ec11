import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventIdFromNumber, nodeId, simTime } from '#kernel/brand.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { CRASH_POINT_NAMES } from '#etcd/crash-points.ts';
import type { InboxItem, MemberStatus, OutMessage, Reply, SaveRequest, StepInput, StepOutput } from '#etcd/contract.ts';
import { readStepInput, readStepOutput, writeStepInput, writeStepOutput } from '#host/step-codec.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const counter = fc.nat(2 ** 31 - 1);
const bytes = fc.uint8Array({ maxLength: 40 });
const cause = fc.nat(2 ** 31 - 1).map(eventIdFromNumber);
const node = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(nodeId);
const time = fc.nat(2 ** 31 - 1).map(simTime);
const callId = fc.record({ client: counter, call: counter });
const headers = fc.array(fc.tuple(text, text), { maxLength: 3 });

const item: fc.Arbitrary<InboxItem> = fc.oneof(
  fc.record({ type: fc.constant('wake' as const), cause }),
  fc.record({ type: fc.constant('election-timeout' as const), cause }),
  fc.record({ type: fc.constant('fail-assertion' as const), reason: fc.option(fc.string({ minLength: 1 }), { nil: undefined }), cause }),
  fc.record({ type: fc.constant('peer' as const), message: bytes, cause }),
  fc.record({ type: fc.constant('unreachable' as const), peer: node, cause }),
  fc.record({ type: fc.constant('snapshot-sent' as const), peer: node, ok: fc.boolean(), cause }),
  fc.record({ type: fc.constant('call' as const), id: callId, method: text, body: bytes, token: text, cause }),
  fc.record({ type: fc.constant('call-message' as const), id: callId, body: bytes, cause }),
  fc.record({ type: fc.constant('call-half-close' as const), id: callId, cause }),
  fc.record({ type: fc.constant('call-cancel' as const), id: callId, cause }),
  fc.record({ type: fc.constant('http' as const), id: callId, method: text, target: text, headers, body: bytes, cause }),
  fc.record({ type: fc.constant('saved' as const), op: counter, cause }),
  fc.record({ type: fc.constant('election-timer' as const), ticks: counter, cause }),
  fc.record({ type: fc.constant('arm' as const), point: fc.constantFrom(...CRASH_POINT_NAMES, '' as const), cause }),
);

const reply: fc.Arbitrary<Reply> = fc.oneof(
  fc.record({ type: fc.constant('message' as const), id: callId, body: bytes, event: cause }),
  fc.record({ type: fc.constant('end' as const), id: callId, code: fc.nat(16), message: text, event: cause }),
  fc.record({ type: fc.constant('http-head' as const), id: callId, status: fc.nat(599), headers, event: cause }),
  fc.record({ type: fc.constant('http-body' as const), id: callId, body: bytes, last: fc.boolean(), event: cause }),
);

const status: fc.Arbitrary<MemberStatus> = fc.record({
  id: node,
  role: fc.constantFrom('follower' as const, 'pre-candidate' as const, 'candidate' as const, 'leader' as const),
  learner: fc.boolean(),
  term: counter,
  vote: node,
  lead: node,
  commit: counter,
  applied: counter,
  firstIndex: counter,
  lastIndex: counter,
  lastTerm: counter,
  revision: counter,
  compactRevision: fc.integer({ min: -1 }),
  electionElapsed: counter,
  electionTimeout: counter,
  nextTickAt: time,
  saving: counter,
  voters: fc.array(node, { maxLength: 7 }),
});

const message: fc.Arbitrary<OutMessage> = fc.record({ to: node, message: bytes, kind: text, event: cause });
const save: fc.Arbitrary<SaveRequest> = fc.record({
  op: counter,
  target: fc.constantFrom('wal' as const, 'backend' as const, 'snapshot' as const),
  bytes: counter,
  event: cause,
});
const output: fc.Arbitrary<StepOutput> = fc
  .record({
    wakeAt: fc.option(time, { nil: undefined }),
    messages: fc.array(message, { maxLength: 5 }),
    replies: fc.array(reply, { maxLength: 5 }),
    saves: fc.array(save, { maxLength: 3 }),
    trace: bytes,
    nextEvent: counter,
    status,
    halt: fc.option(
      fc.record({
        type: fc.constantFrom('assertion' as const, 'disk' as const, 'removed' as const, 'start' as const, 'crash-point' as const),
        message: text,
        event: cause,
      }),
      { nil: undefined },
    ),
  })
  .map(({ halt, ...rest }) => (halt === undefined ? rest : { ...rest, halt }));

describe('step codec', () => {
  it('gives back every input', () => {
    fc.assert(
      fc.property(fc.record({ now: time, items: fc.array(item, { maxLength: 12 }) }), (input: StepInput) => {
        const w = new Writer();
        writeStepInput(w, input);
        const r = new Reader(w.finish());
        expect(readStepInput(r)).toEqual(input);
        expect(r.done).toBe(true);
      }),
    );
  });

  it('gives back every output', () => {
    fc.assert(
      fc.property(output, (out) => {
        const w = new Writer();
        writeStepOutput(w, out);
        const r = new Reader(w.finish());
        expect(readStepOutput(r)).toEqual(out);
        expect(r.done).toBe(true);
      }),
    );
  });

  it('refuses a cut-off output with a decode error', () => {
    fc.assert(
      fc.property(output, fc.nat(), (out, seed) => {
        const w = new Writer();
        writeStepOutput(w, out);
        const whole = w.finish();
        const cut = whole.subarray(0, seed % whole.length);
        expect(() => readStepOutput(new Reader(cut))).toThrow(DecodeError);
      }),
    );
  });

  it('writes a repeated method once', () => {
    const call = (n: number): InboxItem => ({
      type: 'call',
      id: { client: 1, call: n },
      method: '/etcdserverpb.KV/Put',
      body: new Uint8Array(),
      token: '',
      cause: eventIdFromNumber(1),
    });
    const size = (items: readonly InboxItem[]): number => {
      const w = new Writer();
      writeStepInput(w, { now: simTime(0), items });
      return w.length;
    };
    expect(size([call(1), call(2)]) - size([call(1)])).toBeLessThan(10);
  });
});
