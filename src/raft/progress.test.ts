import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logIndex } from '#kernel/brand.ts';
import { NO_LIMIT } from '#raft/entry.ts';
import { Inflights } from '#raft/inflights.ts';
import * as progress from '#raft/progress.ts';

const LIMITS = { messagesMax: 3, bytesMax: NO_LIMIT };

describe('the window of inflight messages', () => {
  it('is full by messages or by bytes, and the message that crosses the bytes still goes', () => {
    const byBytes = new Inflights({ messagesMax: 9, bytesMax: 100 });
    byBytes.add(1, 60);
    expect(byBytes.full).toBe(false);
    byBytes.add(2, 60);
    expect(byBytes.full).toBe(true);
    expect(() => byBytes.add(3, 1)).toThrow('cannot add index 3 to a full window of 2 messages and 120 bytes');
    byBytes.freeUpTo(1);
    expect([byBytes.full, byBytes.count]).toEqual([false, 1]);
  });

  it('is full when the bytes reach the limit exactly', () => {
    const window = new Inflights({ messagesMax: 9, bytesMax: 100 });
    window.add(1, 99);
    expect(window.full).toBe(false);
    window.freeUpTo(1);
    window.add(2, 100);
    expect(window.full).toBe(true);
  });

  it('takes messages in the order of their ends only', () => {
    const window = new Inflights({ messagesMax: 9, bytesMax: NO_LIMIT });
    for (const index of [1, 5, 8]) window.add(index, 1);
    expect(() => window.add(7, 1)).toThrow('inflight index 7 below the last one 8');
    window.add(8, 1);
    expect(window.count).toBe(4);
    window.freeUpTo(8);
    window.add(2, 1);
    expect(window.items()).toEqual([{ index: 2, bytes: 1 }]);
  });

  it('is a queue of limited length, against a naive one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 60 }), (ops) => {
        const window = new Inflights(LIMITS);
        let naive: { index: number; bytes: number }[] = [];
        let next = 1;
        for (const [isAdd, n] of ops) {
          if (isAdd && !window.full) {
            window.add(next, n);
            naive.push({ index: next, bytes: n });
            next += 1 + (n % 3);
          } else if (!isAdd) {
            window.freeUpTo(n);
            naive = naive.filter(({ index }) => index > n);
          }
          expect(window.items()).toEqual(naive);
          expect(window.full).toBe(naive.length >= 3);
        }
      }),
    );
  });
});

describe('progress', () => {
  const probing = (match: number, next: number): progress.Progress => ({
    ...progress.newProgress(logIndex(next), true),
    match: logIndex(match),
  });

  it('of a probe pauses after entries, not after an empty append', () => {
    const of = probing(0, 5);
    progress.recordAppend(of, 0, 0);
    expect(progress.isPaused(of)).toBe(false);
    progress.recordAppend(of, 2, 10);
    expect([progress.isPaused(of), of.next]).toEqual([true, 5]);
    progress.liftPause(of);
    expect(progress.isPaused(of)).toBe(false);
  });

  it('of a replicating peer moves on with what is sent, and pauses when the window is full', () => {
    const of = probing(4, 5);
    progress.becomeReplicate(of, LIMITS);
    progress.recordAppend(of, 2, 10);
    progress.recordAppend(of, 1, 10);
    expect([of.next, progress.isPaused(of)]).toEqual([8, false]);
    progress.recordAppend(of, 1, 10);
    expect([of.next, progress.isPaused(of)]).toEqual([9, true]);
  });

  it('of a snapshot waits, and goes on after it', () => {
    const of = probing(1, 9);
    progress.becomeSnapshot(of, logIndex(20));
    expect([progress.isPaused(of), of.next, of.sentCommit]).toEqual([true, 21, 20]);
    expect(() => progress.recordAppend(of, 1, 1)).toThrow('while a snapshot is on its way');
    progress.becomeProbe(of);
    expect([of.next, of.flow.type]).toEqual([21, 'probe']);
    progress.becomeSnapshot(of, logIndex(30));
    progress.becomeProbeAfterFailure(of);
    expect([of.next, of.sentCommit]).toEqual([2, 1]);
  });

  it('of a snapshot that is older than what the peer acknowledged meanwhile goes on from there', () => {
    const of = probing(1, 9);
    progress.becomeSnapshot(of, logIndex(5));
    progress.raiseMatch(of, logIndex(8));
    progress.becomeProbe(of);
    expect([of.match, of.next]).toEqual([8, 9]);
    expect(progress.isPaused(of)).toBe(false);
  });

  it('of a snapshot is not one of what the peer has already', () => {
    expect(() => progress.becomeSnapshot(probing(6, 7), logIndex(5))).toThrow('snapshot 5 ends before what is known to match(6)');
    const of = probing(6, 7);
    progress.becomeSnapshot(of, logIndex(6));
    expect([of.next, progress.isPaused(of)]).toEqual([7, true]);
    progress.becomeProbeAfterFailure(of);
    expect(progress.isPaused(of)).toBe(false);
  });

  it('is held back by a report only while it probes', () => {
    const of = probing(4, 5);
    progress.pauseProbe(of);
    expect(progress.isPaused(of)).toBe(true);
    progress.becomeReplicate(of, LIMITS);
    progress.pauseProbe(of);
    expect(progress.isPaused(of)).toBe(false);
  });

  it('that probes again takes back what it said of commits beyond what is known', () => {
    const of = probing(3, 4);
    progress.becomeReplicate(of, LIMITS);
    progress.recordAppend(of, 4, 1);
    of.sentCommit = logIndex(6);
    progress.becomeProbe(of);
    expect([of.next, of.sentCommit]).toEqual([4, 3]);
  });

  it('takes only news as news', () => {
    const of = probing(3, 5);
    expect(progress.raiseMatch(of, logIndex(3))).toBe(false);
    expect(progress.raiseMatch(of, logIndex(4))).toBe(true);
    expect([of.match, of.next]).toEqual([4, 5]);
    expect(progress.raiseMatch(of, logIndex(8))).toBe(true);
    expect([of.match, of.next]).toEqual([8, 9]);
  });

  it.each([
    // match, next, rejected, hint → next; false for a rejection that is out of date
    [false, 0, 10, 9, 5, 6],
    [false, 0, 10, 9, 12, 9],
    [false, 3, 10, 9, 1, 4],
    [false, 0, 10, 8, 5, undefined],
    [true, 5, 10, 5, 5, undefined],
    [true, 5, 10, 4, 4, undefined],
    [true, 5, 10, 9, 2, 6],
    [true, 5, 10, 30, 2, 6],
  ])('replicating=%s match=%i next=%i, rejected at %i with hint %i', (isReplicating, match, next, rejected, hint, expected) => {
    const of = probing(match, next);
    if (isReplicating) {
      progress.becomeReplicate(of, LIMITS);
      of.next = logIndex(next);
    }
    of.sentCommit = logIndex(9);
    expect(progress.lowerNext(of, logIndex(rejected), logIndex(hint))).toBe(expected !== undefined);
    expect(of.next).toBe(expected ?? next);
    if (expected !== undefined) expect(of.sentCommit).toBeLessThan(of.next);
  });

  it('tells a peer of a commit that it can use and was not told', () => {
    const of = { ...probing(5, 8), sentCommit: logIndex(4) };
    expect(progress.canBumpCommit(of, logIndex(4))).toBe(false);
    expect(progress.canBumpCommit(of, logIndex(5))).toBe(true);
    expect(progress.canBumpCommit({ ...of, sentCommit: logIndex(7) }, logIndex(9))).toBe(false); // it has nothing more to commit
  });

  it('is seen as plain data', () => {
    const of = probing(5, 6);
    progress.becomeReplicate(of, { messagesMax: 1, bytesMax: NO_LIMIT });
    progress.recordAppend(of, 1, 1);
    expect(progress.viewProgress(of, true)).toEqual({
      state: 'replicate',
      match: 5,
      next: 7,
      isLearner: true,
      paused: true,
      pendingSnapshot: 0,
      recentActive: true,
      inflight: 1,
      inflightFull: true,
    });
  });
});
