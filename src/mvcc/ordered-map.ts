/** The one place that names the B-tree library: an ordered map from engine keys to values. */

import BTreeModule from 'sorted-btree';

/** Ordered by `<` on strings. */
export interface OrderedMap<V> {
  readonly size: number;
  set(key: string, value: V): boolean;
  delete(key: string): boolean;
  /** Visits keys in [low, high) or, with `includeHigh`, [low, high]; stops when `visit` returns `{ break }`. The map must not change meanwhile. */
  forRange(
    low: string,
    high: string,
    includeHigh: boolean,
    visit: (key: string, value: V) => { readonly break: number } | undefined,
  ): number;
  maxKey(): string | undefined;
}

type Constructor = new <V>(entries: undefined, compare: (a: string, b: string) => number) => OrderedMap<V>;

/** The library is CommonJS: its default export is the module itself for Node and some bundlers, the class for others. */
function resolveConstructor(): Constructor {
  const found: unknown = BTreeModule;
  if (typeof found === 'object' && found !== null && 'default' in found) return found.default as Constructor; // the class, per the above
  return found as Constructor; // likewise
}

const Tree = resolveConstructor();
const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const createOrderedMap = <V>(): OrderedMap<V> => new Tree<V>(undefined, compareKeys);
