import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeDirectory } from '#host/testing/fake-directory.ts';
import { OpfsDisk } from '#host/opfs-disk.ts';
import { SlotFiles } from '#host/slot-files.ts';
import type { Disk } from '#wal/disk.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

const openFiles = (dir: FakeDirectory): Promise<SlotFiles> => SlotFiles.open((n) => dir.open(`slot-${n}`), dir.size);
const contents = (disk: Disk): readonly (readonly [string, readonly number[]])[] =>
  disk.list().map((name) => [name, [...(disk.read(name) ?? [])]]);

type Op = (disk: Disk & { losePower(keepBytes: number): void }) => void;
const name = fc.constantFrom('wal/0.wal', 'snap/1.snap', 'meta');
const bytes = fc.uint8Array({ maxLength: 30 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.tuple(name, bytes).map(
    ([n, b]): Op =>
      (d) =>
        d.append(n, b),
  ),
  fc.tuple(name, bytes).map(
    ([n, b]): Op =>
      (d) =>
        d.replace(n, b),
  ),
  fc.tuple(name, fc.nat(30)).map(
    ([n, s]): Op =>
      (d) =>
        d.truncate(n, s),
  ),
  name.map(
    (n): Op =>
      (d) =>
        d.remove(n),
  ),
  fc.constant<Op>((d) => d.flush()),
  fc.nat(40).map(
    (k): Op =>
      (d) =>
        d.losePower(k),
  ),
);

describe('the OPFS disk', () => {
  it('behaves as the memory disk and is found again as it was, whatever was done to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 25 }), async (ops) => {
        const dir = new FakeDirectory();
        const files = await openFiles(dir);
        const disk = OpfsDisk.open(files);
        const model = new MemoryDisk();
        for (const act of ops) {
          act(disk);
          act(model);
          await files.reserve();
        }
        expect(disk.save()).toEqual(model.save());
        expect(contents(disk)).toEqual(contents(model));
        disk.close();
        expect(contents(OpfsDisk.open(await openFiles(dir)))).toEqual(contents(model));
      }),
      { numRuns: 80 },
    );
  });

  it('becomes what an image says, whatever lay there', async () => {
    const dir = new FakeDirectory();
    const disk = OpfsDisk.open(await openFiles(dir));
    disk.append('a', Uint8Array.of(1, 2));
    disk.append('b', Uint8Array.of(3));
    disk.close();
    const model = new MemoryDisk();
    model.append('b', Uint8Array.of(3));
    model.append('c', Uint8Array.of(4, 5));
    OpfsDisk.write(await openFiles(dir), model.save()).close();
    const again = OpfsDisk.open(await openFiles(dir));
    expect(contents(again)).toEqual([
      ['b', [3]],
      ['c', [4, 5]],
    ]);
    again.close();
    OpfsDisk.empty(await openFiles(dir)).close();
    expect((await openFiles(dir)).list()).toEqual([]);
  });

  it('reports what the browser refuses as a fault of the disk', async () => {
    const dir = new FakeDirectory();
    const disk = OpfsDisk.open(await openFiles(dir));
    dir.dieAfterWrites(0);
    expect(() => disk.append('a', Uint8Array.of(1))).toThrow(expect.objectContaining({ name: 'DiskError', fault: 'io' }));
  });
});
