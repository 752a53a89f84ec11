import { describe, expect, test } from 'vitest';
import { BlockCodec, BlockSource } from '#kernel/blocks.ts';
import type { Bytes } from '#kernel/bytes.ts';

interface Item {
  readonly number: number;
  readonly text: string;
}
const codec = (): BlockCodec<Item> =>
  new BlockCodec(
    4,
    (item) => item.number,
    (w, { number, text }) => void w.varint(number).text(text),
    (r) => ({ number: r.varint(), text: r.text() }),
  );
const items = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({ number: from + i, text: `item ${from + i}` }));

describe('blocks of a growing list', () => {
  test('hold all but the last one, and come back', () => {
    const blocks: Bytes[] = [];
    const list = items(2, 14);
    const held = codec().write(list, blocks);
    expect([held, blocks.length]).toEqual([10, 3]);
    const again = codec();
    const read = new BlockSource(blocks).take(3).flatMap((block) => again.read(block));
    expect(read).toEqual(list.slice(0, 10));
  });
  test('are the same objects while the list only grows, and after a round trip', () => {
    const own = codec();
    const list = items(0, 9);
    const first: Bytes[] = [];
    own.write(list, first);
    const second: Bytes[] = [];
    own.write([...list, ...items(9, 13)], second);
    expect(second[0]).toBe(first[0]);
    expect(second[1]).toBe(first[1]);
    const third: Bytes[] = [];
    own.write([...first.flatMap((block) => own.read(block)), ...items(8, 9)], third);
    expect(third[0]).toBe(first[0]);
  });
  test('are made anew where items were taken out or replaced', () => {
    const own = codec();
    const list = items(0, 9);
    const before: Bytes[] = [];
    own.write(list, before);
    const thinned: Bytes[] = [];
    own.write(
      list.filter(({ number }) => number !== 2),
      thinned,
    );
    expect(own.read(thinned[0] ?? new Uint8Array())).toHaveLength(3);
    expect(thinned[1]).toBe(before[1]);
    const replaced: Bytes[] = [];
    own.write([...list.slice(0, 2), { number: 2, text: 'other' }, { number: 3, text: 'end' }, ...items(4, 9)], replaced);
    expect(own.read(replaced[0] ?? new Uint8Array())[2]).toEqual({ number: 2, text: 'other' });
  });
  test('that are missing are told', () => {
    expect(() => new BlockSource([]).take(1)).toThrow('1 blocks wanted, 0 left');
  });
});
