import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '#kernel/assert.ts';
import { logIndex, term } from '#kernel/brand.ts';
import { entriesSize, entrySize, limitEntries, NO_LIMIT, payloadsSize, type Entry } from '#raft/entry.ts';
import type { RaftEvent } from '#raft/event.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { RaftLog } from '#raft/raft-log.ts';
import { Unstable } from '#raft/unstable.ts';
import { entriesOf, entry, snapshotAt } from '#raft/testing/build.ts';

const ignore = (): void => {};
const idOf = (at: number, index: number): { readonly term: Entry['term']; readonly index: Entry['index'] } => ({
  term: term(at),
  index: logIndex(index),
});

function logOf(
  stable: readonly number[],
  unstable: readonly number[] = [],
): { readonly log: RaftLog; readonly storage: MemoryStorage; readonly events: RaftEvent[] } {
  const storage = new MemoryStorage();
  storage.append(entriesOf(1, stable));
  const events: RaftEvent[] = [];
  const log = new RaftLog(storage, (event) => events.push(event), NO_LIMIT);
  if (unstable.length > 0) log.append(entriesOf(stable.length + 1, unstable));
  return { log, storage, events };
}
const termsOf = (log: RaftLog): number[] => Array.from({ length: log.lastIndex() }, (_, i) => log.termOrZero(logIndex(i + 1)));

describe('sizes of entries are those of their protobuf form', () => {
  it.each([
    [entry(1, 1), 4],
    [entry(1, 1, 'abc'), 9],
    [entry(128, 300), 6],
    [{ ...entry(1, 1, 'abc'), type: 'EntryConfChange' as const }, 11],
  ])('%o', (of, size) => {
    expect(entrySize(of)).toBe(size);
  });

  it('are limited to the longest prefix that fits, and one entry at least', () => {
    const list = [entry(1, 1, 'abc'), entry(1, 2, 'abc'), entry(1, 3, 'abc')];
    expect(entriesSize(list)).toBe(27);
    expect(payloadsSize(list)).toBe(9);
    expect(limitEntries(list, 0)).toHaveLength(1);
    expect(limitEntries(list, 17)).toHaveLength(1);
    expect(limitEntries(list, 18)).toHaveLength(2);
    expect(limitEntries(list, 26)).toHaveLength(2);
    expect(limitEntries(list, 27)).toBe(list);
    expect(limitEntries([], 5)).toEqual([]);
  });
});

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
    const { log } = logOf([1, 1, 1]);
    expect(log.maybeAppend(idOf(1, 1), entriesOf(2, [1]), logIndex(3))).toBe(2);
    expect(log.committed).toBe(2);
    expect(log.maybeAppend(idOf(1, 3), [], logIndex(9))).toBe(3);
    expect(log.committed).toBe(3);
    expect(log.maybeAppend(idOf(1, 2), [], logIndex(1))).toBe(2);
    expect(log.committed).toBe(3); // never down
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

describe('committed entries are handed out in pages', () => {
  it('within the limit of what is not applied yet, and wait when it is reached', () => {
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1, 1, 1]));
    const log = new RaftLog(storage, ignore, 9); // entries of 4 bytes
    log.commitTo(logIndex(4), 'told-by-leader');
    const first = log.nextCommitted(true);
    expect(first.map(({ index }) => index)).toEqual([1, 2]);
    log.acceptApplying(logIndex(2), entriesSize(first), true);
    expect(log.nextCommitted(true)).toEqual([]); // more would fit, but paging pauses
    log.appliedTo(logIndex(1), 4);
    expect(log.nextCommitted(true).map(({ index }) => index)).toEqual([3]);
    log.acceptApplying(logIndex(3), 4, true);
    log.appliedTo(logIndex(3), 8);
    expect(log.nextCommitted(true).map(({ index }) => index)).toEqual([4]);
  });

  it('are only durable ones with asynchronous storage', () => {
    const { log } = logOf([1], [1, 1]);
    log.commitTo(logIndex(3), 'told-by-leader');
    expect(log.nextCommitted(false).map(({ index }) => index)).toEqual([1]);
    expect(log.nextCommitted(true).map(({ index }) => index)).toEqual([1, 2, 3]);
  });

  it('wait for a snapshot that is not durable', () => {
    const { log } = logOf([1]);
    log.restore(snapshotAt(5, 2, [1]));
    log.append(entriesOf(6, [2]));
    log.commitTo(logIndex(6), 'told-by-leader');
    expect(log.hasNextCommitted(true)).toBe(false);
    log.unstable.stableSnapshotTo(logIndex(5));
    expect(log.hasPendingSnapshot()).toBe(false);
  });
});

describe('unstable entries', () => {
  function unstableOf(
    offset: number,
    list: readonly number[],
    inProgress: number,
  ): { readonly unstable: Unstable; readonly events: RaftEvent[] } {
    const events: RaftEvent[] = [];
    const unstable = new Unstable(logIndex(offset), (event) => events.push(event));
    unstable.truncateAndAppend(entriesOf(offset, list.slice(0, inProgress)));
    unstable.acceptInProgress();
    unstable.truncateAndAppend(entriesOf(offset + inProgress, list.slice(inProgress)));
    return { unstable, events };
  }

  it('are handed out once', () => {
    const { unstable } = unstableOf(5, [1, 1, 1], 1);
    expect(unstable.nextEntries().map(({ index }) => index)).toEqual([6, 7]);
    unstable.acceptInProgress();
    expect(unstable.hasNextEntries()).toBe(false);
  });

  it('that are replaced while they are written are handed out again', () => {
    const { unstable, events } = unstableOf(5, [1, 1, 1], 3);
    unstable.truncateAndAppend(entriesOf(6, [2]));
    expect(unstable.offsetInProgress).toBe(6);
    expect(unstable.nextEntries()).toEqual(entriesOf(6, [2]));
    expect(events.at(-1)).toEqual({ type: 'unstable-truncated', index: 6 });
    unstable.truncateAndAppend(entriesOf(4, [3]));
    expect([unstable.offset, unstable.offsetInProgress]).toEqual([4, 4]);
    expect(events.at(-1)).toEqual({ type: 'unstable-replaced', index: 4 });
  });

  it('that are replaced from the first one on are replaced, not truncated', () => {
    const { unstable, events } = unstableOf(5, [1, 1, 1], 2);
    unstable.truncateAndAppend(entriesOf(5, [2]));
    expect(events.at(-1)).toEqual({ type: 'unstable-replaced', index: 5 });
    expect(unstable.nextEntries()).toEqual(entriesOf(5, [2]));
  });

  it('that are written are forgotten, but not their replacements (A-B-A)', () => {
    const { unstable, events } = unstableOf(5, [1, 1, 1], 3);
    unstable.truncateAndAppend(entriesOf(5, [2, 2, 2]));
    unstable.stableTo(idOf(1, 7));
    expect(unstable.entries).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: 'stable-entry-mismatched', index: 7, term: 1, unstableTerm: 2 });
    unstable.stableTo(idOf(2, 6));
    expect([unstable.offset, unstable.entries.length, unstable.offsetInProgress]).toEqual([7, 1, 7]);
    unstable.stableTo(idOf(2, 6));
    expect(events.at(-1)).toEqual({ type: 'stable-entry-missing', index: 6 });
  });

  it('begin after a snapshot that came', () => {
    const { unstable, events } = unstableOf(5, [1, 1], 2);
    unstable.restore(snapshotAt(9, 3, [1]));
    expect(unstable.firstIndex()).toBe(10);
    expect(unstable.lastIndex()).toBe(9);
    expect(unstable.term(logIndex(9))).toBe(3);
    expect(unstable.term(logIndex(8))).toBeUndefined();
    expect(unstable.nextSnapshot()?.index).toBe(9);
    unstable.acceptInProgress();
    expect(unstable.nextSnapshot()).toBeUndefined();
    unstable.stableTo(idOf(3, 9));
    expect(events.at(-1)).toEqual({ type: 'stable-entry-in-snapshot', index: 9 });
    unstable.stableSnapshotTo(logIndex(8));
    expect(unstable.snapshot).toBeDefined();
    unstable.stableSnapshotTo(logIndex(9));
    expect(unstable.snapshot).toBeUndefined();
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

describe('the marks of a log', () => {
  it('begin where its storage begins', () => {
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1, 1]));
    storage.compact(logIndex(2));
    const log = new RaftLog(storage, ignore, NO_LIMIT);
    expect([log.committed, log.applying, log.applied, log.unstable.offset]).toEqual([2, 2, 2, 4]);
  });

  it('of what is handed out never lie below what is applied', () => {
    const { log, events } = logOf([1, 1, 1]);
    log.commitTo(logIndex(3), 'told-by-leader');
    log.appliedTo(logIndex(2), 0); // by a snapshot, or at a restart
    expect([log.applying, log.applied]).toEqual([2, 2]);
    log.acceptApplying(logIndex(3), 4, true);
    log.appliedTo(logIndex(2), 0);
    expect([log.applying, log.applied]).toEqual([3, 2]);
    expect(events).toEqual([
      { type: 'commit-advanced', previous: 0, index: 3, reason: 'told-by-leader', acks: [] },
      { type: 'applied', index: 2 },
    ]);
  });

  it('and what it holds are replaced by a snapshot', () => {
    const { log, events } = logOf([1, 1], [2]);
    log.commitTo(logIndex(1), 'told-by-leader');
    log.restore(snapshotAt(9, 4, [1]));
    expect([log.committed, log.firstIndex(), log.lastIndex(), log.unstable.offset]).toEqual([9, 10, 9, 10]);
    expect(log.snapshot()?.index).toBe(9);
    expect(log.lastId()).toEqual(idOf(4, 9));
    expect(log.term(logIndex(3))).toEqual({ ok: false, error: 'compacted' });
    expect(events.map(({ type }) => type)).toEqual(['commit-advanced', 'snapshot-restore-started', 'commit-advanced']);
    expect(events[1]).toEqual({
      type: 'snapshot-restore-started',
      committed: 1,
      applied: 0,
      applying: 0,
      unstableOffset: 3,
      unstableOffsetInProgress: 3,
      unstableEntries: 1,
      index: 9,
      snapshotTerm: 4,
    });
    expect(events[2]).toMatchObject({ index: 9, reason: 'snapshot' });
  });

  it('tell what was taken over: where it conflicted, and what is new', () => {
    const { log, events } = logOf([1, 1, 1]);
    log.maybeAppend(idOf(1, 1), entriesOf(2, [1, 2, 2]), logIndex(0));
    expect(events).toEqual([
      { type: 'conflict-found', index: 3, existingTerm: 1, conflictingTerm: 2 },
      { type: 'unstable-replaced', index: 3 },
      { type: 'entries-appended', first: 3, last: 4, term: 2, proposed: false },
    ]);
    events.length = 0;
    log.maybeAppend(idOf(2, 4), entriesOf(5, [3]), logIndex(0));
    expect(events).toEqual([{ type: 'entries-appended', first: 5, last: 5, term: 3, proposed: false }]);
  });
});

describe('pages of committed entries', () => {
  const paged = (limit: number): RaftLog => {
    const storage = new MemoryStorage();
    storage.append(entriesOf(1, [1, 1, 1, 1])); // of 4 bytes each
    const log = new RaftLog(storage, ignore, limit);
    log.commitTo(logIndex(4), 'told-by-leader');
    return log;
  };

  it.each([
    // limit, first page, paused after it
    [4, [1], true],
    [7, [1], true],
    [8, [1, 2], true],
    [15, [1, 2, 3], true],
    [16, [1, 2, 3, 4], true], // all of it, and the limit is reached
    [17, [1, 2, 3, 4], false],
    [1, [1], true], // one entry at least
  ])('of at most %i bytes: %o, then paused %s', (limit, page, isPaused) => {
    const log = paged(limit);
    const first = log.nextCommitted(true);
    expect(first.map(({ index }) => index)).toEqual(page);
    log.acceptApplying(logIndex(page.length), entriesSize(first), true);
    expect(log.applyingPaused).toBe(isPaused);
    expect(log.hasNextCommitted(true)).toBe(false);
    log.appliedTo(logIndex(page.length), entriesSize(first));
    expect([log.applyingPaused, log.applyingSize]).toEqual([false, 0]);
    expect(log.hasNextCommitted(true)).toBe(page.length < 4);
  });

  it('stay paused while what is applied does not make enough room', () => {
    const log = paged(8);
    log.acceptApplying(logIndex(3), 12, true);
    log.appliedTo(logIndex(1), 4);
    expect([log.applyingSize, log.applyingPaused]).toEqual([8, true]);
    log.appliedTo(logIndex(2), 4);
    expect([log.applyingSize, log.applyingPaused]).toEqual([4, false]);
    log.appliedTo(logIndex(3), 9); // more than is outstanding, as after a restart
    expect(log.applyingSize).toBe(0);
  });

  it('are paused by what is committed and not durable only where that may be applied', () => {
    const { log } = logOf([1], [1]);
    log.commitTo(logIndex(2), 'told-by-leader');
    log.acceptApplying(logIndex(1), 4, false);
    expect(log.applyingPaused).toBe(false);
    const { log: other } = logOf([1], [1]);
    other.commitTo(logIndex(2), 'told-by-leader');
    other.acceptApplying(logIndex(1), 4, true);
    expect(other.applyingPaused).toBe(true);
  });
});
