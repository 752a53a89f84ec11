import { describe, expect, test } from 'vitest';
import { BlockCodec, BlockSource } from '#kernel/blocks.ts';
import { createPrng } from '#kernel/prng.ts';
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
  test('are cut by numbers alone, however many items have one, and however many numbers have none', () => {
    const draws = createPrng(1, 'items');
    for (let round = 0; round < 200; round++) {
      const list: Item[] = [];
      for (let number = draws.nextBelow(9); list.length < draws.nextBelow(60);) {
        list.push({ number, text: `${list.length}` });
        const kind = draws.nextBelow(6);
        number += kind < 2 ? 0 : kind < 5 ? 1 : draws.nextBelow(12);
      }
      const blocks: Bytes[] = [];
      const own = codec();
      const held = own.write(list, blocks);
      const last = Math.floor((list.at(-1)?.number ?? 0) / 4);
      expect(held).toBe(list.filter(({ number }) => Math.floor(number / 4) < last).length);
      const places = blocks.map((block) => [...new Set(own.read(block).map(({ number }) => Math.floor(number / 4)))]);
      expect(places.every((place) => place.length === 1)).toBe(true);
      expect(new Set(places.flat()).size).toBe(blocks.length);
      expect(blocks.flatMap((block) => own.read(block))).toEqual(list.slice(0, held));
    }
  });
  test('that are missing are told', () => {
    expect(() => new BlockSource([]).take(1)).toThrow('1 blocks wanted, 0 left');
  });
});
