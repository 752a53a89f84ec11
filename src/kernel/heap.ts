/** A binary min-heap with an explicit order. Equal items leave in an unspecified order: give every item a sequence number. */
export class Heap<T> {
  readonly #less: (a: T, b: T) => boolean;
  #items: T[] = [];

  /** @param less whether `a` leaves before `b`; must be a strict total order for a deterministic run */
  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** The items in heap order (not sorted), for checkpoints and drawings. */
  items(): readonly T[] {
    return this.#items;
  }

  push(item: T): void {
    const items = this.#items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = items[up] as T; // up < i < length
      if (!this.#less(item, parent)) break;
      items[i] = parent;
      i = up;
    }
    items[i] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#less(items[child + 1] as T, items[child] as T)) child++; // both in range
      const next = items[child] as T; // child < length
      if (!this.#less(next, last)) break;
      items[i] = next;
      i = child;
    }
    items[i] = last;
    return top;
  }

  /** Keeps only the items that satisfy `keep`. */
  filter(keep: (item: T) => boolean): void {
    const kept = this.#items.filter(keep);
    this.#items = [];
    for (const item of kept) this.push(item);
  }
}
