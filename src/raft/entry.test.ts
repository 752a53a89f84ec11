import { describe, expect, it } from 'vitest';
import { entriesSize, entrySize, limitEntries, payloadsSize } from '#raft/entry.ts';
import { entry } from '#raft/testing/build.ts';

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
