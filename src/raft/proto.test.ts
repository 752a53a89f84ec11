/** protobuf's wire form, as far as stored configuration changes need it. */

import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '#kernel/bytes.ts';
import { ProtoReader, ProtoWriter } from '#raft/proto.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** A reader that stands at the first field. */
function readerOf(hex: string): ProtoReader {
  const reader = new ProtoReader(bytesOf(hex));
  reader.next();
  return reader;
}

describe('varints', () => {
  it.each([
    [0n, '0800'],
    [127n, '087f'],
    [128n, '088001'],
    [300n, '08ac02'],
    [16383n, '08ff7f'],
    [16384n, '08808001'],
    [2n ** 64n - 1n, '08ffffffffffffffffff01'],
  ])('%i is written as %s and read again', (value, hex) => {
    expect(toHex(new ProtoWriter().uint64(1, value).finish())).toBe(hex);
    expect(readerOf(hex).uint64()).toBe(value);
  });

  it.each([
    ['08ffffffffffffffffff02', 'varint beyond 2^64 in field 1'],
    ['088080808080808080808000', 'varint too long in field 1'],
    ['0880', 'need 1 bytes at offset 2, have 0'],
    ['0a01', 'field 1 has wire type 2, expected 0'],
  ])('%s is refused', (hex, text) => {
    expect(() => readerOf(hex).uint64()).toThrow(text);
  });
});

describe('bytes', () => {
  it('carry their length', () => {
    expect(toHex(new ProtoWriter().bytes(2, utf8('ab')).finish())).toBe('12026162');
    expect(readerOf('12026162').bytes()).toEqual(utf8('ab'));
    expect(() => readerOf('1001').bytes()).toThrow('field 2 has wire type 0, expected 2');
    expect(() => readerOf('12036162').bytes()).toThrow('need 3 bytes at offset 2, have 2');
  });
});

describe('words', () => {
  it('are positions in a list', () => {
    expect(readerOf('1001').oneOf(['a', 'b'])).toBe('b');
    expect(() => readerOf('1002').oneOf(['a', 'b'])).toThrow('field 2 has unknown value 2');
    expect(() => readerOf('10ffffffffffffffffff01').oneOf(['a', 'b'])).toThrow('field 2 has unknown value 18446744073709551615');
  });
});

describe('fields', () => {
  it('are walked in order, and those that are not known are passed over, whatever their kind', () => {
    // 1: varint, 2: eight bytes, 3: bytes, 4: four bytes, 200: varint
    const reader = new ProtoReader(bytesOf('08ac02' + '110102030405060708' + '1a026162' + '2501020304' + 'c00c01'));
    const seen: number[] = [];
    while (reader.next()) {
      seen.push(reader.field);
      reader.skip();
    }
    expect(seen).toEqual([1, 2, 3, 4, 200]);
    expect(reader.next()).toBe(false);
  });

  it.each([
    ['0b', 'field 1 has unknown wire type 3'],
    ['0c', 'field 1 has unknown wire type 4'],
    ['0f', 'field 1 has unknown wire type 7'],
    ['0901020304050607', 'need 8 bytes at offset 1, have 7'],
    ['0d010203', 'need 4 bytes at offset 1, have 3'],
  ])('%s cannot be passed over', (hex, text) => {
    expect(() => readerOf(hex).skip()).toThrow(text);
  });

  it('have no number 0', () => {
    expect(() => new ProtoReader(bytesOf('0001')).next()).toThrow('field number 0 at offset 1');
  });
});
