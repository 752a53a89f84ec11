/**
 * The one source of randomness: xoshiro128** seeded by splitmix32, split into named streams so that a new draw in one place
 * shifts no draw in another. State is four 32-bit words and encodes as such.
 */

/** A stream of pseudo-random numbers. Mutable; one owner. */
export interface Prng {
  /** Uniform whole number in [0, 2^32). */
  nextUint32(): number;
  /** Uniform whole number in [0, bound); bound from 1 to 2^32. */
  nextBelow(bound: number): number;
  /** Uniform in [0, 1) with 32 bits. */
  nextFloat(): number;
  /** The four words of state, for checkpoints. */
  save(): readonly [number, number, number, number];
}

const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;

function* splitmix32(seed: number): Generator<number, never> {
  let a = seed >>> 0;
  for (;;) {
    a = (a + 0x9e3779b9) >>> 0;
    let t = a ^ (a >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    yield (t ^ (t >>> 15)) >>> 0;
  }
}

/** FNV-1a over UTF-16 code units: turns a stream's name into a number. */
function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) {
    h ^= name.charCodeAt(i);
    h = Math.imul(h, 0x01000193) >>> 0;
  }
  return h;
}

/** Continues a stream from saved state. */
export function restorePrng(state: readonly [number, number, number, number]): Prng {
  let [a, b, c, d] = state;
  const nextUint32 = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d, 11);
    return result;
  };
  const nextFloat = (): number => nextUint32() / 2 ** 32;
  return { nextUint32, nextFloat, nextBelow: (bound) => Math.floor(nextFloat() * bound), save: () => [a, b, c, d] };
}

/**
 * A fresh stream.
 * @param seed the run's seed, a whole number in [0, 2^53)
 * @param stream the name of the use, e.g. `election/etcd-1` or `network`
 */
export function createPrng(seed: number, stream: string): Prng {
  const mix = splitmix32((seed ^ hashName(stream) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9)) >>> 0);
  return restorePrng([mix.next().value, mix.next().value, mix.next().value, mix.next().value]);
}
