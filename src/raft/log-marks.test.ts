/** How far a log is committed, handed out and applied, and the pages in which it is handed out. */

import { describe, expect, it } from 'vitest';
import { logIndex } from '#kernel/brand.ts';
import { entriesSize, NO_LIMIT } from '#raft/entry.ts';
import { MemoryStorage } from '#raft/memory-storage.ts';
import { RaftLog } from '#raft/raft-log.ts';
import { entriesOf, idOf, logOf, snapshotAt } from '#raft/testing/build.ts';

const ignore = (): void => {};
describe('the marks of a log', () => {
  it('may be set to what they are', () => {
    const { log } = logOf([1, 1, 1]);
    log.commitTo(logIndex(2), 'told-by-leader');
    log.advanceCommit(logIndex(2));
    log.acceptApplying(logIndex(2), 8, true);
    log.acceptApplying(logIndex(2), 0, true);
    expect([log.committed, log.applying]).toEqual([2, 2]);
  });

  it('of bytes handed out and of the pause belong together', () => {
    const { log } = logOf([1, 1, 1]);
    log.commitTo(logIndex(2), 'told-by-leader');
    log.applyingSize = NO_LIMIT;
    expect(() => log.nextCommitted(true)).toThrow(`applying ${NO_LIMIT} of at most ${NO_LIMIT} bytes without a pause`);
  });

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
