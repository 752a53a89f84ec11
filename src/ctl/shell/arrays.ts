/**
 * Arrays of the shell: those of numbers, which may have gaps, and those of names (`declare -A`). Names stand in the order in which they came, where bash
 * has that of a hash.
 */

import { CommandProblem } from '#ctl/shell/frame.ts';

/** Value of one variable, or of one item, characters. */
export const VALUE_LENGTH_MAX = 4 * 1024 * 1024;
/** Items of one array. */
const ITEMS_MAX = 100_000;

/** Mutable; owned by one shell until it has a subshell, and then copied by whoever changes it first. */
export class ShellArray {
  readonly named: boolean;
  /** By index as text; those of numbers ascend. */
  readonly #items: Map<string, string>;
  /** The number after the greatest; 0 of one of names. */
  #next = 0;
  #isShared = false;

  constructor(named: boolean, items: Iterable<readonly [string, string]> = []) {
    this.named = named;
    this.#items = new Map();
    for (const [key, value] of items) this.set(key, value);
  }

  get items(): ReadonlyMap<string, string> {
    return this.#items;
  }

  /** Another shell sees it too from now on. */
  share(): void {
    this.#isShared = true;
  }

  /** The array to change: itself, or a copy if others see it. */
  owned(): ShellArray {
    return this.#isShared ? new ShellArray(this.named, this.#items) : this;
  }

  /** The index that a number means: a negative one counts from the end. @returns undefined if it is before the first */
  keyOf(number: number): string | undefined {
    const at = number < 0 ? this.#next + number : number;
    return at < 0 ? undefined : String(at);
  }

  /** @throws CommandProblem */
  set(key: string, value: string): void {
    const isNew = !this.#items.has(key);
    if (isNew && this.#items.size >= ITEMS_MAX) throw new CommandProblem(`an array has at most ${ITEMS_MAX} items`);
    this.#items.set(key, value.slice(0, VALUE_LENGTH_MAX));
    if (this.named || !isNew) return;
    const isLast = Number(key) >= this.#next;
    this.#next = Math.max(this.#next, Number(key) + 1);
    if (!isLast) this.#order();
  }

  #order(): void {
    const items = [...this.#items].sort(([a], [b]) => Number(a) - Number(b));
    this.#items.clear();
    for (const [key, value] of items) this.#items.set(key, value);
  }

  delete(key: string): void {
    this.#items.delete(key);
    if (Number(key) !== this.#next - 1) return;
    this.#next = 0;
    for (const left of this.#items.keys()) this.#next = Number(left) + 1;
  }

  /** Items after the last. @throws CommandProblem */
  append(more: readonly string[]): void {
    for (const item of more) this.set(String(this.#next), item);
  }
}
