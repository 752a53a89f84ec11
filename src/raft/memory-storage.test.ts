/** The durable log held in memory: what is there, what is compacted, and what may not be asked. */

import { describe, expect, it } from 'vitest';
import { logIndex, term } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { entriesSize, NO_LIMIT } from '#raft/entry.ts';
import { MemoryStorage, storageErrorText } from '#raft/memory-storage.ts';
import { EMPTY_HARD_STATE, EMPTY_SNAPSHOT } from '#raft/state.ts';
import { confState, entriesOf, entry, snapshotAt } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

/** Entries 4 (term 4), 5 and 6 behind a dummy at index 3, term 3. */
function compactedAt3(): MemoryStorage {
  const storage = new MemoryStorage();
  storage.append(entriesOf(1, [1, 2, 3, 4, 5, 6]));
  storage.compact(logIndex(3));
  return storage;
}

describe('an empty storage', () => {
  it('begins at index 1, and knows term 0 before it', () => {
    const storage = new MemoryStorage();
    expect([storage.firstIndex(), storage.lastIndex()]).toEqual([1, 0]);
    expect(storage.term(logIndex(0))).toEqual({ ok: true, value: 0 });
    expect(storage.term(logIndex(1))).toEqual({ ok: false, error: 'unavailable' });
    expect(storage.snapshot()).toBe(EMPTY_SNAPSHOT);
    expect(storage.initialState()).toEqual({ hardState: EMPTY_HARD_STATE, confState: EMPTY_SNAPSHOT.confState });
    expect(storage.entries(logIndex(1), logIndex(1), NO_LIMIT)).toEqual({ ok: false, error: 'unavailable' });
  });

  it('takes entries that do not begin at 1 for a gap', () => {
    const storage = new MemoryStorage();
    expect(() => storage.append(entriesOf(2, [1]))).toThrow('gap in the log: it ends at 0, appended from 2');
    storage.append([]);
    expect(storage.lastIndex()).toBe(0);
  });
});

describe('terms', () => {
  it.each([
    [2, { ok: false, error: 'compacted' }],
    [3, { ok: true, value: 3 }],
    [4, { ok: true, value: 4 }],
    [6, { ok: true, value: 6 }],
    [7, { ok: false, error: 'unavailable' }],
  ])('at %i', (index, expected) => {
    expect(compactedAt3().term(logIndex(index))).toEqual(expected);
  });
});

describe('entries', () => {
  const size = (terms: readonly number[]): number => entriesSize(entriesOf(4, terms));
  it.each([
    [2, 6, NO_LIMIT, 'compacted'],
    [3, 4, NO_LIMIT, 'compacted'],
    [4, 5, NO_LIMIT, [4]],
    [4, 6, NO_LIMIT, [4, 5]],
    [4, 7, NO_LIMIT, [4, 5, 6]],
    // One at least, then as many as fit.
    [4, 7, 0, [4]],
    [4, 7, size([4, 5]), [4, 5]],
    [4, 7, size([4, 5, 6]) - 1, [4, 5]],
    [4, 7, size([4, 5, 6]), [4, 5, 6]],
  ] as const)('from %i to before %i in at most %i bytes', (lo, hi, sizeMax, expected) => {
    const found = compactedAt3().entries(logIndex(lo), logIndex(hi), sizeMax);
    if (expected === 'compacted') expect(found).toEqual({ ok: false, error: 'compacted' });
    else expect(found).toEqual({ ok: true, value: expected.map((at) => entry(at, at)) });
  });

  it('beyond the end may not be asked', () => {
    expect(() => compactedAt3().entries(logIndex(4), logIndex(8), NO_LIMIT)).toThrow('entries up to 8 asked for, the log ends at 6');
  });
});

describe('appending', () => {
  it.each<readonly [string, number, readonly number[], readonly number[]]>([
    ['after the end', 7, [6], [4, 5, 6, 6]],
    ['the same again', 4, [4, 5, 6], [4, 5, 6]],
    ['others from the first on', 4, [7, 8], [7, 8]],
    ['others from the middle on', 5, [7], [4, 7]],
    ['others from before the beginning on', 2, [2, 3, 9], [9]],
    ['only what is compacted', 2, [2, 3], [4, 5, 6]],
    ['nothing', 4, [], [4, 5, 6]],
  ])('%s', (_name, from, terms, expected) => {
    const storage = compactedAt3();
    storage.append(entriesOf(from, terms));
    expect(storage.state().entries.map((at) => [at.index, at.term])).toEqual([[3, 3], ...expected.map((at, i) => [4 + i, at])]);
  });

  it('with a gap is an assertion', () => {
    expect(() => compactedAt3().append(entriesOf(8, [9]))).toThrow('gap in the log: it ends at 6, appended from 8');
  });
});

describe('compaction', () => {
  it('keeps the last term, and what follows', () => {
    const storage = compactedAt3();
    expect(storage.compact(logIndex(5))).toBeUndefined();
    expect(storage.state().entries).toEqual([entry(5, 5), entry(6, 6)]);
    expect(storage.compact(logIndex(6))).toBeUndefined();
    expect([storage.firstIndex(), storage.lastIndex(), storage.term(logIndex(6))]).toEqual([7, 6, { ok: true, value: 6 }]);
    expect(storage.compact(logIndex(6))).toBe('compacted');
    expect(() => storage.compact(logIndex(7))).toThrow('compaction at 7, the log ends at 6');
  });

  it('forgets what the entry held', () => {
    const storage = new MemoryStorage();
    storage.append([entry(1, 1, 'data')]);
    storage.compact(logIndex(1));
    expect(storage.state().entries).toEqual([{ type: 'EntryNormal', term: term(1), index: 1, data: EMPTY_BYTES }]);
  });
});

describe('snapshots', () => {
  it('are made of what is in the log, forward only, and leave the log', () => {
    const storage = compactedAt3();
    expect(storage.createSnapshot(logIndex(2), undefined, EMPTY_BYTES)).toEqual({ ok: false, error: 'compacted' });
    expect(() => storage.createSnapshot(logIndex(7), undefined, EMPTY_BYTES)).toThrow('snapshot at 7, the log ends at 6');
    const made = storage.createSnapshot(logIndex(6), confState([1, 2]), Uint8Array.of(7));
    expect(made).toEqual({ ok: true, value: { index: 6, term: 6, confState: confState([1, 2]), data: Uint8Array.of(7) } });
    expect(storage.snapshot()).toEqual(made.ok && made.value);
    expect(storage.lastIndex()).toBe(6);
    for (const old of [5, 6])
      expect(storage.createSnapshot(logIndex(old), undefined, EMPTY_BYTES)).toEqual({ ok: false, error: 'snapshot-out-of-date' });
  });

  it('that come replace everything, unless a newer one is there', () => {
    const storage = compactedAt3();
    expect(storage.applySnapshot(snapshotAt(5, 9, [1]))).toBeUndefined();
    expect(storage.state().entries).toEqual([entry(9, 5)]);
    expect(storage.initialState().confState).toEqual(confState([1]));
    expect(storage.applySnapshot(snapshotAt(5, 9, [1]))).toBe('snapshot-out-of-date');
    expect(storage.applySnapshot(snapshotAt(4, 9, [1]))).toBe('snapshot-out-of-date');
    expect(storage.applySnapshot(snapshotAt(6, 9, [1]))).toBeUndefined();
  });
});

describe('a storage', () => {
  it('is rebuilt from what it holds, and shares nothing with it', () => {
    const storage = compactedAt3();
    storage.setHardState({ term: term(6), vote: id(2), commit: logIndex(5) });
    const copy = MemoryStorage.from(storage.state());
    expect(copy.state()).toEqual(storage.state());
    copy.append(entriesOf(7, [6]));
    expect(storage.lastIndex()).toBe(6);
  });

  it("says etcd's words for a refusal", () => {
    expect(storageErrorText('compacted')).toBe('requested index is unavailable due to compaction');
    expect(storageErrorText('snapshot-out-of-date')).toBe('requested index is older than the existing snapshot');
  });
});
