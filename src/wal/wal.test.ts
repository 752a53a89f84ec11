import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logIndex, nodeId, term } from '#kernel/brand.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';
import { openWal, snapshotMarks, type OpenedWal } from '#wal/open-wal.ts';
import type { WalEntry } from '#wal/record.ts';
import { loadNewestSnapshot, saveSnapshotFile } from '#wal/snapshot-files.ts';
import { decodeWalPosition, encodeWalPosition, listSegments, Wal } from '#wal/wal.ts';

const META = { nodeId: nodeId(0xabcn), clusterId: 7n };
const ZERO = { index: logIndex(0), term: term(0) };
const entry = (index: number, t: number, size = 3): WalEntry => ({
  type: 'EntryNormal',
  term: term(t),
  index: logIndex(index),
  data: new Uint8Array(size).fill(index),
});
const state = (t: number, commit: number) => ({ term: term(t), vote: nodeId(1n), commit: logIndex(commit) });

function opened(disk: MemoryDisk, from = ZERO): OpenedWal {
  const result = openWal(disk, from, 1 << 20);
  if (result.type !== 'opened') throw new Error(result.message);
  return result;
}

const ids = (o: OpenedWal): string[] => o.entries.map((e) => `${e.term}/${e.index}`);

describe('the write-ahead log', () => {
  test('gives back what was saved, entries written again replacing what was behind them', () => {
    const disk = new MemoryDisk();
    const wal = Wal.create(disk, META, 1 << 20);
    wal.save(state(1, 0), [entry(1, 1), entry(2, 1), entry(3, 1)]);
    wal.save(state(2, 1), [entry(2, 2)]);
    wal.sync();
    const o = opened(disk);
    expect(ids(o)).toEqual(['1/1', '2/2']);
    expect([o.state, o.metadata]).toEqual([state(2, 1), META]);
  });

  test('spreads over segments, reads from a snapshot, releases what is behind it', () => {
    const disk = new MemoryDisk();
    const wal = Wal.create(disk, META, 200);
    for (let i = 1; i <= 30; i++) wal.save(state(1, i), [entry(i, 1, 20)]);
    saveSnapshotFile(disk, { mark: { index: logIndex(20), term: term(1) }, data: Uint8Array.of(9) });
    wal.saveSnapshotMark({ index: logIndex(20), term: term(1) });
    wal.sync();
    const before = listSegments(disk).length;
    expect(before).toBeGreaterThan(3);
    expect(wal.release(logIndex(20), before)).toEqual([]);
    expect(wal.release(logIndex(20), 2).length).toBeGreaterThan(1);
    const { file } = loadNewestSnapshot(disk, snapshotMarks(disk));
    expect(file?.mark.index).toBe(20);
    const o = opened(disk, file?.mark ?? ZERO);
    expect(ids(o)).toEqual(Array.from({ length: 10 }, (_, i) => `1/${21 + i}`));
    o.wal.save(undefined, [entry(31, 1)]);
    expect(ids(opened(disk, file?.mark ?? ZERO)).at(-1)).toBe('1/31');
  });

  test('a loss of power keeps what was flushed and any torn tail is cut off', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 120, max: 2000 }), (keep, segment) => {
        const disk = new MemoryDisk();
        const wal = Wal.create(disk, META, segment);
        for (let i = 1; i <= 5; i++) wal.save(state(1, i - 1), [entry(i, 1, 10)]);
        wal.sync();
        for (let i = 6; i <= 9; i++) wal.save(state(1, i - 1), [entry(i, 1, 10)]);
        disk.losePower(keep);
        const o = opened(disk);
        expect(o.entries.length).toBeGreaterThanOrEqual(5);
        expect(ids(o)).toEqual(Array.from({ length: o.entries.length }, (_, i) => `1/${i + 1}`));
        // Written on, it reads back whole.
        o.wal.save(undefined, [entry(o.entries.length + 1, 2)]);
        expect(opened(disk).entries.length).toBe(o.entries.length + 1);
      }),
    );
  });

  test('a flipped bit anywhere is found: the log refuses, or the length field makes the tail torn, but no record changes unseen', () => {
    const disk = new MemoryDisk();
    const wal = Wal.create(disk, META, 1 << 20);
    for (let i = 1; i <= 4; i++) wal.save(state(1, i), [entry(i, 1)]);
    wal.sync();
    const image = disk.save();
    const name = listSegments(disk)[0]?.name ?? '';
    const good = ids(opened(disk));
    for (let offset = 0; offset < (disk.size(name) ?? 0); offset++) {
      const copy = MemoryDisk.restore(image);
      copy.corrupt(name, offset);
      const result = openWal(copy, ZERO, 1 << 20);
      if (result.type === 'opened') expect(good.slice(0, result.entries.length)).toEqual(ids(result));
      else expect(result.message).toMatch(/^wal/);
    }
    disk.corrupt(name, (disk.size(name) ?? 0) - 1);
    expect(openWal(disk, ZERO, 1 << 20)).toMatchObject({
      reason: 'crc-mismatch',
      message: expect.stringContaining('walpb: crc mismatch'),
      place: { file: name },
      crc: { stored: expect.any(Number) },
    });
  });

  test('a position survives its encoding and the log goes on from it', () => {
    const disk = new MemoryDisk();
    const wal = Wal.create(disk, META, 300);
    for (let i = 1; i <= 9; i++) wal.save(state(1, i), [entry(i, 1, 30)]);
    const w = new Writer();
    encodeWalPosition(w, wal.position);
    const again = Wal.resume(disk, META, 300, decodeWalPosition(new Reader(w.finish())));
    again.save(state(3, 9), [entry(10, 3)]);
    expect(ids(opened(disk)).at(-1)).toBe('3/10');
  });
});

describe('snapshot files', () => {
  test('a broken one is set aside and the one before it is used; one that the log does not name is ignored', () => {
    const disk = new MemoryDisk();
    const marks = [5, 8].map((i) => ({ index: logIndex(i), term: term(1) }));
    for (const mark of marks) saveSnapshotFile(disk, { mark, data: Uint8Array.of(mark.index) });
    saveSnapshotFile(disk, { mark: { index: logIndex(9), term: term(1) }, data: Uint8Array.of(9) });
    disk.corrupt('snap/0000000000000001-0000000000000008.snap', 4);
    const loaded = loadNewestSnapshot(disk, marks);
    expect(loaded.file?.mark.index).toBe(5);
    expect(loaded.broken).toEqual(['snap/0000000000000001-0000000000000008.snap']);
    expect(disk.list()).toContain('snap/0000000000000001-0000000000000008.snap.broken');
  });

  test('the segments behind an older snapshot are still there when the newest is broken', () => {
    const disk = new MemoryDisk();
    const wal = Wal.create(disk, META, 400);
    for (let i = 1; i <= 30; i++) {
      wal.save(state(1, i), [entry(i, 1, 20)]);
      if (i % 10 !== 0) continue;
      const mark = { index: logIndex(i), term: term(1) };
      saveSnapshotFile(disk, { mark, data: Uint8Array.of(i) });
      wal.saveSnapshotMark(mark);
      wal.sync();
      wal.release(mark.index);
    }
    disk.corrupt('snap/0000000000000001-000000000000001e.snap', 4);
    const { file } = loadNewestSnapshot(disk, snapshotMarks(disk));
    expect(file?.mark.index).toBe(20);
    expect(ids(opened(disk, file?.mark ?? ZERO))).toEqual(Array.from({ length: 10 }, (_, i) => `1/${21 + i}`));
  });
});

describe('the memory disk', () => {
  test('a torn write keeps a prefix of what was appended, and a file that was replaced before it', () => {
    const disk = new MemoryDisk();
    disk.append('log', Uint8Array.of(1, 2));
    disk.replace('old', Uint8Array.of(1));
    disk.flush();
    disk.replace('old', Uint8Array.of(2));
    disk.append('log', Uint8Array.of(3, 4, 5));
    disk.replace('late', Uint8Array.of(9));
    const image = disk.save();
    const after = (keepBytes: number): readonly (readonly [string, number[]])[] => {
      const copy = MemoryDisk.restore(image);
      copy.losePower(keepBytes);
      return copy.list().map((n) => [n, [...(copy.read(n) ?? [])]]);
    };
    expect(after(0)).toEqual([
      ['log', [1, 2]],
      ['old', [1]],
    ]);
    expect(after(2)).toEqual([
      ['log', [1, 2, 3, 4]],
      ['old', [2]],
    ]);
    expect(after(9)).toEqual([
      ['late', [9]],
      ['log', [1, 2, 3, 4, 5]],
      ['old', [2]],
    ]);
  });

  test('undoes replaced, removed and truncated files when the power goes, and its image behaves as itself', () => {
    const name = fc.constantFrom('a', 'b');
    const op = fc.oneof(
      fc.record({ type: fc.constantFrom('append', 'replace'), name, bytes: fc.uint8Array({ maxLength: 6 }) }),
      fc.record({ type: fc.constant('truncate'), name, size: fc.nat(6) }),
      fc.record({ type: fc.constantFrom('remove', 'flush'), name }),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 25 }), fc.nat(25), (ops, half) => {
        let disk = new MemoryDisk();
        let durable: [string, number[]][] = [];
        const contents = (d: MemoryDisk): [string, number[]][] => d.list().map((n) => [n, [...(d.read(n) ?? [])]]);
        for (const [i, o] of ops.entries()) {
          if (i === half) disk = MemoryDisk.restore(disk.save());
          if (o.type === 'append' && 'bytes' in o) disk.append(o.name, o.bytes);
          else if (o.type === 'replace' && 'bytes' in o) disk.replace(o.name, o.bytes);
          else if (o.type === 'truncate' && 'size' in o) disk.truncate(o.name, o.size);
          else if (o.type === 'remove') disk.remove(o.name);
          else if (o.type === 'flush') {
            disk.flush();
            durable = contents(disk);
          }
        }
        disk.losePower();
        expect(contents(disk)).toEqual(durable);
      }),
    );
  });
});
