import { describe, expect, it } from 'vitest';
import { logIndex, term } from '#kernel/brand.ts';
import type { Entry } from '#raft/entry.ts';
import type { RaftEvent } from '#raft/event.ts';
import { Unstable } from '#raft/unstable.ts';
import { entriesOf, snapshotAt } from '#raft/testing/build.ts';

const ignore = (): void => {};
const idOf = (at: number, index: number): { readonly term: Entry['term']; readonly index: Entry['index'] } => ({
  term: term(at),
  index: logIndex(index),
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

  it('that are cut off behind what is being written leave that as it is', () => {
    const { unstable } = unstableOf(5, [1, 1, 1, 1], 1);
    unstable.truncateAndAppend(entriesOf(8, [2]));
    expect([unstable.offset, unstable.offsetInProgress]).toEqual([5, 6]);
    expect(unstable.hasNextEntries()).toBe(true);
    expect(unstable.nextEntries()).toEqual([...entriesOf(6, [1, 1]), ...entriesOf(8, [2])]);
  });

  it('that are not there have no first, last or term', () => {
    const unstable = new Unstable(logIndex(5), ignore);
    expect([unstable.firstIndex(), unstable.lastIndex(), unstable.term(logIndex(4)), unstable.term(logIndex(5))]).toEqual(
      Array.from({ length: 4 }),
    );
    expect([unstable.hasNextEntries(), unstable.nextEntries(), unstable.nextSnapshot()]).toEqual([false, [], undefined]);
    unstable.stableSnapshotTo(logIndex(4));
    unstable.truncateAndAppend([]);
    expect(unstable.slice(logIndex(5), logIndex(5))).toEqual([]);
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
