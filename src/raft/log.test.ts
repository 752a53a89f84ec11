import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '#kernel/assert.ts';
import { logIndex, term } from '#kernel/brand.ts';
import { entriesSize, NO_LIMIT } from '#raft/entry.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { RaftLog } from '#raft/raft-log.ts';
import type { Storage } from '#raft/storage.ts';
import { entriesOf, entry, idOf, logOf, snapshotAt } from '#raft/testing/build.ts';

const ignore = (): void => {};
const termsOf = (log: RaftLog): number[] => Array.from({ length: log.lastIndex() }, (_, i) => log.termOrZero(logIndex(i + 1)));

/** A random log, part of it durable, against an array of terms. */
const terms = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 12 }).map((steps) => {
  let at = 1;
  return steps.map((step) => (at += step));
});

describe('the log against a naive array', () => {
  it('knows every term, before and after the boundary of what is durable', () => {
    fc.assert(
      fc.property(terms, fc.nat(12), (all, cut) => {
        const { log } = logOf(all.slice(0, cut), all.slice(cut));
        expect(termsOf(log)).toEqual(all);
        expect(log.term(logIndex(all.length + 1))).toEqual({ ok: false, error: 'unavailable' });
        expect(log.lastId()).toEqual(idOf(all.at(-1) ?? 0, all.length));
      }),
    );
  });

  it('slices like it, within a limit and one entry at least', () => {
    fc.assert(
      fc.property(terms, fc.nat(12), fc.nat(12), fc.nat(12), fc.nat(60), (all, cut, a, b, limit) => {
        const { log } = logOf(all.slice(0, cut), all.slice(cut));
        const lo = Math.min(a, b, all.length) + 1;
        const hi = Math.min(Math.max(a, b), all.length) + 1;
        const naive = entriesOf(1, all).slice(lo - 1, hi - 1);
        const sizes = naive.map((_, i) => entriesSize(naive.slice(0, i + 1)));
        const fits = Math.max(sizes.filter((size) => size <= limit).length, Math.min(1, naive.length));
        expect(log.slice(logIndex(lo), logIndex(hi), limit)).toEqual({ ok: true, value: naive.slice(0, fits) });
        expect(log.slice(logIndex(lo), logIndex(hi), NO_LIMIT)).toEqual({ ok: true, value: naive });
      }),
      { numRuns: 500 },
    );
  });

  it('takes over a leader’s entries like it: what conflicts goes, what agrees stays (§5.3)', () => {
    fc.assert(
      fc.property(terms, fc.nat(12), terms, fc.nat(12), (all, cut, other, from) => {
        const { log } = logOf(all.slice(0, cut), all.slice(cut));
        const previous = Math.min(from, other.length);
        const sent = entriesOf(1, other).slice(previous);
        const previousTerm = other[previous - 1] ?? 0;
        const agrees = previous === 0 || all[previous - 1] === previousTerm;
        const last = log.maybeAppend(idOf(previousTerm, previous), sent, logIndex(0));
        if (!agrees) {
          expect(last).toBeUndefined();
          expect(termsOf(log)).toEqual(all);
          return;
        }
        expect(last).toBe(other.length);
        const conflict = sent.findIndex(({ index, term: at }) => all[index - 1] !== at);
        const expected = conflict < 0 ? all : [...all.slice(0, previous + conflict), ...other.slice(previous + conflict)];
        expect(termsOf(log)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('finds where two logs may agree by whole terms', () => {
    fc.assert(
      fc.property(terms, fc.nat(14), fc.integer({ min: 0, max: 30 }), (all, from, at) => {
        const { log } = logOf(all);
        const index = Math.min(from, all.length);
        const naive = all.slice(0, index).findLastIndex((own) => own <= at) + 1;
        expect(log.findConflictByTerm(logIndex(index), term(at))).toEqual(idOf(naive === 0 ? 0 : (all[naive - 1] ?? 0), naive));
      }),
      { numRuns: 500 },
    );
  });

  it('beyond its end or its beginning gives a term of 0', () => {
    const { log, storage } = logOf([1, 1, 2, 2]);
    expect(log.findConflictByTerm(logIndex(9), term(2))).toEqual(idOf(0, 9));
    storage.compact(logIndex(3));
    expect(log.findConflictByTerm(logIndex(4), term(1))).toEqual(idOf(0, 2));
    expect(log.findConflictByTerm(logIndex(4), term(2))).toEqual(idOf(2, 4));
  });

  it('is up to date by the last term first, then by length (§5.4.1)', () => {
    const { log } = logOf([1, 2, 3]);
    expect(log.isUpToDate(idOf(4, 1))).toBe(true);
    expect(log.isUpToDate(idOf(3, 3))).toBe(true);
    expect(log.isUpToDate(idOf(3, 4))).toBe(true);
    expect(log.isUpToDate(idOf(3, 2))).toBe(false);
    expect(log.isUpToDate(idOf(2, 9))).toBe(false);
  });

  it('commits what the leader says, but not beyond what was sent', () => {
    const { log, events } = logOf([1, 1, 1]);
    expect(log.maybeAppend(idOf(1, 1), entriesOf(2, [1]), logIndex(3))).toBe(2);
    expect(log.committed).toBe(2);
    expect(log.maybeAppend(idOf(1, 3), [], logIndex(9))).toBe(3);
    expect(log.committed).toBe(3);
    expect(log.maybeAppend(idOf(1, 2), [], logIndex(1))).toBe(2);
    expect(log.committed).toBe(3); // never down
    expect(events.filter(({ type }) => type === 'commit-advanced')).toEqual([
      { type: 'commit-advanced', previous: 0, index: 2, reason: 'told-by-leader', acks: [] },
      { type: 'commit-advanced', previous: 2, index: 3, reason: 'told-by-leader', acks: [] },
    ]);
  });

  it('stops at an entry that would replace a committed one, and at a commit beyond its end', () => {
    const { log } = logOf([1, 1, 1]);
    log.commitTo(logIndex(2), 'told-by-leader');
    expect(() => log.maybeAppend(idOf(1, 1), entriesOf(2, [2]), logIndex(0))).toThrow(
      'entry 2 conflict with committed entry [committed(2)]',
    );
    expect(() => log.append(entriesOf(2, [2]))).toThrow('after(1) is out of range [committed(2)]');
    expect(() => log.commitTo(logIndex(9), 'told-by-leader')).toThrow('tocommit(9) is out of range [lastIndex(3)]');
    expect(() => log.appliedTo(logIndex(3), 0)).toThrow(AssertionError);
  });
});

describe('a log may not be asked', () => {
  it('for entries beyond its end, nor backwards', () => {
    const { log } = logOf([1, 1], [1]);
    expect(() => log.slice(logIndex(1), logIndex(5), NO_LIMIT)).toThrow('entries [1, 5) out of bound [1, 3]');
    expect(() => log.slice(logIndex(3), logIndex(2), NO_LIMIT)).toThrow('entries [3, 2) out of bound [1, 3]');
    expect(() => log.unstable.slice(logIndex(2), logIndex(4))).toThrow('unstable entries [2, 4) asked for, there are [3, 4)');
    expect(() => log.unstable.slice(logIndex(3), logIndex(5))).toThrow('unstable entries [3, 5) asked for, there are [3, 4)');
    expect(() => log.unstable.slice(logIndex(4), logIndex(3))).toThrow('unstable entries [4, 3) asked for, there are [3, 4)');
    expect(log.unstable.slice(logIndex(3), logIndex(4))).toEqual(entriesOf(3, [1]));
  });

  it('to go back: neither what is committed nor what is handed out or applied', () => {
    const { log } = logOf([1, 1, 1]);
    log.commitTo(logIndex(2), 'told-by-leader');
    expect(() => log.advanceCommit(logIndex(1))).toThrow('tocommit(1) is below what is committed(2)');
    log.acceptApplying(logIndex(2), 8, true);
    expect(() => log.acceptApplying(logIndex(1), 4, true)).toThrow('applying(1) is out of range [prevApplying(2), committed(2)]');
    expect(() => log.acceptApplying(logIndex(3), 4, true)).toThrow('applying(3) is out of range [prevApplying(2), committed(2)]');
    log.appliedTo(logIndex(2), 8);
    expect(() => log.appliedTo(logIndex(1), 4)).toThrow('applied(1) is out of range [prevApplied(2), committed(2)]');
    expect(() => log.appliedTo(logIndex(3), 4)).toThrow('applied(3) is out of range [prevApplied(2), committed(2)]');
  });

  it('to append with a gap', () => {
    const { log } = logOf([1, 1], [1]);
    expect(() => log.append(entriesOf(5, [1]))).toThrow('gap in the log: it ends at 3, appended from 5');
    expect(log.append([])).toBe(3);
  });

  it('to tell what is compacted: that is an error, not an assertion', () => {
    const { log, storage } = logOf([1, 2, 3], [3]);
    storage.compact(logIndex(2));
    expect([log.firstIndex(), log.lastIndex()]).toEqual([3, 4]);
    expect(log.term(logIndex(1))).toEqual({ ok: false, error: 'compacted' });
    expect(log.term(logIndex(2))).toEqual({ ok: true, value: 2 });
    expect(log.slice(logIndex(2), logIndex(4), NO_LIMIT)).toEqual({ ok: false, error: 'compacted' });
    expect(log.entriesFrom(logIndex(2), NO_LIMIT)).toEqual({ ok: false, error: 'compacted' });
    expect(log.entriesFrom(logIndex(5), NO_LIMIT)).toEqual({ ok: true, value: [] });
    expect([log.matches(idOf(0, 1)), log.matches(idOf(2, 2)), log.matches(idOf(3, 2))]).toEqual([false, true, false]);
  });
});

describe('a slice over the boundary of what is durable', () => {
  const { log } = logOf([1, 1, 1], [1, 1]); // entries of 4 bytes
  it.each([
    [2, 6, 0, [2]],
    [2, 6, 7, [2]],
    [2, 6, 8, [2, 3]],
    [2, 6, 11, [2, 3]],
    [2, 6, 12, [2, 3, 4]],
    [2, 6, 15, [2, 3, 4]],
    [2, 6, 16, [2, 3, 4, 5]],
    [2, 5, 99, [2, 3, 4]],
    [2, 4, 99, [2, 3]],
    [3, 6, 5, [3]],
    [4, 6, 3, [4]],
    [4, 6, 8, [4, 5]],
    [2, 2, 99, []],
    [4, 4, 99, []],
    [6, 6, 99, []],
    [2, 6, NO_LIMIT, [2, 3, 4, 5]],
  ])('[%i, %i) in at most %i bytes is %o', (lo, hi, sizeMax, expected) => {
    expect(log.slice(logIndex(lo), logIndex(hi), sizeMax)).toEqual({ ok: true, value: expected.map((index) => entry(1, index)) });
  });
});

it('a slice never leaves out an entry that does not fit, to go on with a smaller one after it', () => {
  const storage = new MemoryStorage();
  storage.append([entry(1, 1, 'a'), entry(1, 2, 'x'.repeat(100))]);
  const log = new RaftLog(storage, ignore, NO_LIMIT);
  log.append([entry(1, 3, 'b')]);
  const limit = entriesSize([entry(1, 1, 'a'), entry(1, 3, 'b')]);
  expect(log.slice(logIndex(1), logIndex(4), limit)).toEqual({ ok: true, value: [entry(1, 1, 'a')] });
});

describe('what the storage still has', () => {
  it('behind a snapshot that came is not shown', () => {
    const { log } = logOf([1, 1, 1]);
    log.restore(snapshotAt(5, 2, [1]));
    expect(log.slice(logIndex(1), logIndex(3), NO_LIMIT)).toEqual({ ok: false, error: 'compacted' });
    expect(log.term(logIndex(3))).toEqual({ ok: false, error: 'compacted' });
  });

  it('after entries that were replaced is not shown', () => {
    const { log } = logOf([1, 1, 1]);
    log.append(entriesOf(2, [2]));
    expect(log.lastIndex()).toBe(2);
    expect(log.term(logIndex(3))).toEqual({ ok: false, error: 'unavailable' });
    expect(log.entriesFrom(logIndex(1), NO_LIMIT)).toEqual({ ok: true, value: [entry(1, 1), entry(2, 2)] });
  });

  it('must be what it said: a storage that loses entries or terms is an assertion', () => {
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1, 1]));
    const faulty = (changed: Partial<Storage>): RaftLog => {
      const base: Storage = {
        initialState: () => storage.initialState(),
        entries: (lo, hi, sizeMax) => storage.entries(lo, hi, sizeMax),
        term: (index) => storage.term(index),
        firstIndex: () => storage.firstIndex(),
        lastIndex: () => storage.lastIndex(),
        snapshot: () => storage.snapshot(),
      };
      return new RaftLog({ ...base, ...changed }, ignore, NO_LIMIT);
    };
    const lost = faulty({ entries: () => ({ ok: false, error: 'unavailable' }) });
    expect(() => lost.entriesFrom(logIndex(2), NO_LIMIT)).toThrow('entries [2, 4) are unavailable from the storage');
    const compacted = faulty({ entries: () => ({ ok: false, error: 'compacted' }) });
    expect(compacted.entriesFrom(logIndex(2), NO_LIMIT)).toEqual({ ok: false, error: 'compacted' });
    expect(() => faulty({ term: () => ({ ok: false, error: 'unavailable' }) }).lastId()).toThrow('the last entry 3 has no term');
    const early = new RaftLog(storage, ignore, NO_LIMIT);
    early.commitTo(logIndex(3), 'told-by-leader');
    storage.compact(logIndex(2));
    expect(() => early.nextCommitted(true)).toThrow('entries from 1 on are committed and not applied, but compacted');
  });
});
