import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotFiles, type OpenSlot } from '#host/slot-files.ts';
import { FakeDirectory } from '#host/testing/fake-directory.ts';

const openOn =
  (dir: FakeDirectory): OpenSlot =>
  (n) =>
    dir.open(`slot-${n}`);
const contents = (files: SlotFiles): [string, number[]][] => files.list().map((name) => [name, [...files.read(name)]]);

type Op =
  | { readonly type: 'append' | 'replace'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'truncate'; readonly name: string; readonly size: number }
  | { readonly type: 'remove'; readonly name: string };
const name = fc.constantFrom('a', 'b', 'wal/0.wal');
const bytes = fc.uint8Array({ maxLength: 20 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ type: fc.constantFrom('append' as const, 'replace' as const), name, bytes }),
  fc.record({ type: fc.constant('truncate' as const), name, size: fc.nat(20) }),
  fc.record({ type: fc.constant('remove' as const), name }),
);

function apply(files: SlotFiles, model: Map<string, number[]>, o: Op): void {
  const old = model.get(o.name);
  switch (o.type) {
    case 'append':
      files.append(o.name, o.bytes);
      model.set(o.name, [...(old ?? []), ...o.bytes]);
      return;
    case 'replace':
      files.replace(o.name, o.bytes);
      model.set(o.name, [...o.bytes]);
      return;
    case 'truncate':
      files.truncate(o.name, o.size);
      if (old !== undefined) model.set(o.name, old.slice(0, o.size));
      return;
    case 'remove':
      files.remove(o.name);
      model.delete(o.name);
  }
}

describe('slot files', () => {
  it('behave as named files and are found again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 30 }), async (ops) => {
        const dir = new FakeDirectory();
        const files = await SlotFiles.open(openOn(dir), 0);
        const model = new Map<string, number[]>();
        for (const o of ops) apply(files, model, o);
        const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(contents(files)).toEqual(expected);
        files.close();
        const again = await SlotFiles.open(openOn(dir), dir.size);
        expect(contents(again)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('gather appends into one write for each file, and pass through the same states', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 30 }), async (ops) => {
        const dir = new FakeDirectory();
        const files = await SlotFiles.open(openOn(dir), 0);
        const model = new Map<string, number[]>();
        files.gather();
        for (const o of ops) apply(files, model, o);
        files.flush();
        files.release();
        const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(contents(files)).toEqual(expected);
        files.close();
        expect(contents(await SlotFiles.open(openOn(dir), dir.size))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    const sizes: number[] = [];
    let written = 0;
    const dir = new FakeDirectory(() => written++);
    const files = await SlotFiles.open(openOn(dir), 0);
    files.append('a', Uint8Array.of(0));
    files.append('b', Uint8Array.of(0));
    files.gather();
    for (const act of [
      () => files.append('a', Uint8Array.of(1)),
      () => files.append('a', Uint8Array.of(2, 3)),
      () => files.flush(),
      () => files.append('a', Uint8Array.of(4)),
      () => files.append('b', Uint8Array.of(5)),
      () => files.remove('a'),
      () => files.append('b', Uint8Array.of(6)),
      () => files.release(),
    ]) {
      written = 0;
      act();
      sizes.push(written);
    }
    expect(sizes).toEqual([0, 0, 0, 0, 1, 2, 0, 1]);
    expect(contents(files)).toEqual([['b', [0, 5, 6]]]);
  });

  it('keep the whole old or the whole new content when a replacement is cut short', async () => {
    for (let writes = 0; writes < 6; writes++) {
      const dir = new FakeDirectory();
      const files = await SlotFiles.open(openOn(dir), 0);
      files.replace('meta', Uint8Array.of(1, 1, 1));
      dir.dieAfterWrites(writes);
      try {
        files.replace('meta', Uint8Array.of(2, 2, 2, 2));
      } catch {
        // the worker died in the middle
      }
      dir.revive();
      const again = await SlotFiles.open(openOn(dir), dir.size);
      expect([
        [1, 1, 1],
        [2, 2, 2, 2],
      ]).toContainEqual([...again.read('meta')]);
    }
  });

  it('are refused while another holder has them open', async () => {
    const dir = new FakeDirectory();
    const files = await SlotFiles.open(openOn(dir), 0);
    await expect(SlotFiles.open(openOn(dir), dir.size)).rejects.toThrow('held');
    files.close();
    await expect(SlotFiles.open(openOn(dir), dir.size)).resolves.toBeDefined();
  });

  it('treat a slot with a damaged header as free', async () => {
    const dir = new FakeDirectory();
    const files = await SlotFiles.open(openOn(dir), 0);
    files.append('a', Uint8Array.of(1));
    files.close();
    dir.flip('slot-0', 10);
    expect((await SlotFiles.open(openOn(dir), dir.size)).list()).toEqual([]);
  });
});
