import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';
import { Heap } from '#kernel/heap.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { createPrng, restorePrng } from '#kernel/prng.ts';

describe('bytes', () => {
  test('UTF-8 agrees with the platform in both directions', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        expect([...utf8(s)]).toEqual([...new TextEncoder().encode(s)]);
        expect(fromUtf8(utf8(s))).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(s)));
      }),
    );
  });
  test('order is that of unsigned bytes', () => {
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBeGreaterThan(0);
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
  });
});

describe('codec', () => {
  test('varints and 64-bit values come back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.bigInt(0n, 2n ** 64n - 1n), fc.uint8Array(), (n, b, bytes) => {
        const r = new Reader(new Writer(1).varint(n).u64(b).bytes(bytes).finish());
        expect([r.varint(), r.u64(), [...r.bytes()], r.done]).toEqual([n, b, [...bytes], true]);
      }),
    );
  });
  test('plain data comes back and a truncated encoding is refused', () => {
    const value: Plain = {
      a: [1, -1, 0.5, null, undefined, true],
      b: 12345678901234567890n,
      c: -5n,
      d: Uint8Array.of(1, 2),
      e: 'é',
      f: ['\udcff', 'a\ud800b', '😀'],
    };
    const bytes = encodePlain(value);
    expect(decodePlain(bytes)).toEqual(value);
    for (let i = 0; i < bytes.length; i++) expect(() => decodePlain(bytes.subarray(0, i))).toThrow();
  });
});

test('crc32c matches the published check value', () => {
  expect(crc32c(utf8('123456789'))).toBe(0xe3069283);
  expect(crc32c(utf8('6789'), crc32c(utf8('12345')))).toBe(0xe3069283);
  const long = Uint8Array.from({ length: 1000 }, (_, i) => i * 31);
  const byByte = long.reduce((crc, b) => crc32c(Uint8Array.of(b), crc), 0);
  expect(crc32c(long)).toBe(byByte);
  expect(crc32c(long.subarray(13), crc32c(long.subarray(0, 13)))).toBe(byByte);
});

test('the heap leaves in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (xs) => {
      const h = new Heap<number>((a, b) => a < b);
      for (const x of xs) h.push(x);
      const out: number[] = [];
      for (let x = h.pop(); x !== undefined; x = h.pop()) out.push(x);
      expect(out).toEqual(xs.toSorted((a, b) => a - b));
    }),
  );
});

test('a random stream repeats, restores, and differs from its neighbours', () => {
  const draw = (seed: number, name: string): number[] => {
    const p = createPrng(seed, name);
    return Array.from({ length: 8 }, () => p.nextUint32());
  };
  expect(draw(7, 'network')).toEqual(draw(7, 'network'));
  expect(draw(7, 'network')).not.toEqual(draw(7, 'election'));
  expect(draw(7, 'network')).not.toEqual(draw(8, 'network'));
  const p = createPrng(1, 'x');
  p.nextUint32();
  const q = restorePrng(p.save());
  expect(q.nextUint32()).toBe(p.nextUint32());
});
