/** Draws for generated sequences: weights, picks, and values that etcd's gateway reads. */

import { createPrng, type Prng } from '#kernel/prng.ts';

/** A weighted choice: how often, and what. */
export type Choice<T> = readonly [weight: number, make: () => T];

/** A field of a JSON body, present or not. */
export type Fields = Record<string, unknown>;

/** Mutable; one for each sequence. */
export class Draw {
  readonly #prng: Prng;

  constructor(seed: number, profile: string) {
    this.#prng = createPrng(seed, `differential/${profile}`);
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return this.#prng.nextBelow(bound);
  }

  chance(probability: number): boolean {
    return this.#prng.nextFloat() < probability;
  }

  /** One of some. */
  of<T>(...items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** One of the makers, by weight. */
  weighted<T>(choices: readonly Choice<T>[]): T {
    let at = this.#prng.nextFloat() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of choices) {
      at -= weight;
      if (at < 0) return make();
    }
    const last = choices.at(-1);
    if (last === undefined) throw new RangeError('nothing to choose from');
    return last[1]();
  }

  /** Up to `max` of something, at least `min`. */
  list<T>(min: number, max: number, make: () => T): T[] {
    return Array.from({ length: min + this.below(max - min + 1) }, make);
  }

  /** Some of these fields, each with its own probability. */
  fields(...some: readonly (readonly [probability: number, name: string, make: () => unknown])[]): Fields {
    const out: Fields = {};
    for (const [probability, name, make] of some) if (this.chance(probability)) out[name] = make();
    return out;
  }
}

export const b64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
