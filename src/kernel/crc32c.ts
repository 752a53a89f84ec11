/** CRC-32C (Castagnoli), the checksum of etcd's write-ahead log records and of its hash calls. */

import type { Bytes } from '#kernel/bytes.ts';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c >>> 0;
});

/**
 * @param previous the checksum of what came before, 0 at the start
 * @returns the checksum of everything up to and with `bytes`, unsigned 32-bit
 */
export function crc32c(bytes: Bytes, previous = 0): number {
  let c = ~previous >>> 0;
  for (let i = 0; i < bytes.length; i++) c = ((TABLE[(c ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8)) >>> 0;
  return ~c >>> 0;
}
