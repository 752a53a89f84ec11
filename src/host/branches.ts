/**
 * The branches of a run: acting in the past begins another one, and the old one is kept. A branch is its commands and how far it was played; what it
 * has in common with its parent follows from the commands.
 */

import * as v from 'valibot';
import { present } from '#kernel/assert.ts';
import type { Plain } from '#kernel/plain.ts';
import { validateRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';

/** Branches of one run. Over that, the oldest from which nothing grew goes first, then the oldest; never the present one or the one just left. */
export const BRANCHES_MAX = 40;
const NAME_MAX = 60;

export interface Branch {
  /** From 1, never used again. */
  readonly id: number;
  /** Given by the visitor; empty if none. */
  readonly name: string;
  /** The branch that it grew from; undefined for the first. */
  readonly parent: number | undefined;
  /** Virtual µs up to which it is its parent. */
  readonly forkedAt: number;
  readonly commands: readonly TimedCommand[];
  /** Virtual µs up to which it was played, or to the last command of one that was never played to its end. */
  readonly head: number;
}

/** A named instant of a branch. */
export interface Bookmark {
  /** From 1, never used again. */
  readonly id: number;
  readonly branch: number;
  /** Virtual µs. */
  readonly at: number;
  readonly name: string;
}

/** Bookmarks of one run; over that the oldest goes first. */
const BOOKMARKS_MAX = 100;

/** What is stored of a tree. */
export interface BranchState {
  readonly current: number;
  readonly branches: readonly Branch[];
  readonly bookmarks?: readonly Bookmark[];
}

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const stateSchema = v.object({
  current: number,
  branches: v.pipe(
    v.array(
      v.object({
        id: number,
        name: v.string(),
        parent: v.optional(number),
        forkedAt: number,
        commands: v.array(v.unknown()),
        head: number,
      }),
    ),
    v.minLength(1),
    v.maxLength(BRANCHES_MAX + 1),
  ),
  bookmarks: v.optional(
    v.pipe(v.array(v.object({ id: number, branch: number, at: number, name: v.string() })), v.maxLength(BOOKMARKS_MAX)),
  ),
});

/** Branches that were stored with a run; undefined if they cannot be used. */
export function branchesFrom(stored: Plain, spec: RunSpec): BranchState | undefined {
  const parsed = v.safeParse(stateSchema, stored);
  if (!parsed.success) return undefined;
  const branches: Branch[] = [];
  for (const branch of parsed.output.branches) {
    const checked = validateRunSpec({ ...spec, commands: branch.commands });
    if (checked.type === 'error') return undefined;
    branches.push({ ...branch, parent: branch.parent, commands: checked.spec.commands });
  }
  const { current } = parsed.output;
  const { bookmarks = [] } = parsed.output;
  return branches.some((branch) => branch.id === current) ? { current, branches, bookmarks } : undefined;
}

const endOf = (commands: readonly TimedCommand[]): number => commands.at(-1)?.at ?? 0;

/** Mutable; owned by the conductor. The current branch's commands and head are those of its last {@link BranchTree.update}. */
export class BranchTree {
  #branches: Branch[];
  #current: number;
  #bookmarks: readonly Bookmark[];

  constructor(state: BranchState = { current: 1, branches: [{ id: 1, name: '', parent: undefined, forkedAt: 0, commands: [], head: 0 }] }) {
    this.#branches = [...state.branches];
    this.#current = state.current;
    this.#bookmarks = state.bookmarks ?? [];
  }

  get current(): Branch {
    return present(this.find(this.#current), 'the current branch');
  }

  get all(): readonly Branch[] {
    return this.#branches;
  }

  find(id: number): Branch | undefined {
    return this.#branches.find((branch) => branch.id === id);
  }

  save(): BranchState {
    return { current: this.#current, branches: [...this.#branches], bookmarks: this.#bookmarks };
  }

  /** The bookmarks, by their instant; `here`: the present branch has that instant, because it or what it grew from does. */
  get bookmarks(): readonly (Bookmark & { readonly here: boolean })[] {
    const reach = new Map<number, number>();
    let until = Infinity;
    for (let branch = this.find(this.#current); branch !== undefined && !reach.has(branch.id);) {
      reach.set(branch.id, until);
      until = Math.min(until, branch.forkedAt);
      branch = branch.parent === undefined ? undefined : this.find(branch.parent);
    }
    return this.#bookmarks
      .map((bookmark) => ({ ...bookmark, here: bookmark.at <= (reach.get(bookmark.branch) ?? -1) }))
      .sort((a, b) => a.at - b.at || a.id - b.id);
  }

  /** Marks an instant of the current branch. */
  bookmark(at: number, name: string): void {
    const id = Math.max(0, ...this.#bookmarks.map((each) => each.id)) + 1;
    const made = { id, branch: this.#current, at: Math.max(0, Math.floor(at)), name: name.trim().slice(0, NAME_MAX) };
    this.#bookmarks = [...this.#bookmarks, made].slice(-BOOKMARKS_MAX);
  }

  /** @param name undefined deletes it */
  changeBookmark(id: number, name: string | undefined): void {
    this.#bookmarks = this.#bookmarks.flatMap((each) =>
      each.id !== id ? [each] : name === undefined ? [] : [{ ...each, name: name.trim().slice(0, NAME_MAX) }],
    );
  }

  /** Where the current branch stands; a fraction of a µs of the head is left out. The head never falls. */
  update(commands: readonly TimedCommand[], head: number): void {
    this.#change(this.#current, (branch) => ({ ...branch, commands, head: Math.max(branch.head, Math.floor(head)) }));
  }

  /**
   * The current branch is left at `at` for a new one.
   * @param before its commands, with those that were still to come
   * @returns the branch that was left, and the ids of those that were forgotten to make room
   */
  fork(before: readonly TimedCommand[], at: number): { readonly left: Branch; readonly forgotten: readonly number[] } {
    this.update(before, Math.max(at, endOf(before)));
    const left = this.current;
    const id = Math.max(...this.#branches.map((branch) => branch.id)) + 1;
    this.#branches.push({ id, name: '', parent: left.id, forkedAt: at, commands: [], head: at });
    this.#current = id;
    return { left, forgotten: this.#makeRoom(left.id) };
  }

  /** Goes over to another branch. */
  select(id: number): void {
    if (this.find(id) !== undefined) this.#current = id;
  }

  rename(id: number, name: string): void {
    this.#change(id, (branch) => ({ ...branch, name: name.trim().slice(0, NAME_MAX) }));
  }

  /** Deletes a branch that nobody is on; what grew from it then grows from its parent. @returns whether it is gone */
  delete(id: number): boolean {
    const branch = this.find(id);
    if (branch === undefined || id === this.#current) return false;
    this.#branches = this.#branches
      .filter((each) => each !== branch)
      .map((each) => (each.parent === id ? { ...each, parent: branch.parent, forkedAt: Math.min(each.forkedAt, branch.forkedAt) } : each));
    this.#bookmarks = this.#bookmarks.filter((each) => each.branch !== id);
    return true;
  }

  #makeRoom(spare: number): readonly number[] {
    const forgotten: number[] = [];
    while (this.#branches.length > BRANCHES_MAX) {
      const spared = this.#branches.filter(({ id }) => id !== this.#current && id !== spare);
      const victim = spared.find(({ id }) => !this.#branches.some((other) => other.parent === id)) ?? spared[0];
      if (victim === undefined || !this.delete(victim.id)) break;
      forgotten.push(victim.id);
    }
    return forgotten;
  }

  #change(id: number, change: (branch: Branch) => Branch): void {
    this.#branches = this.#branches.map((branch) => (branch.id === id ? change(branch) : branch));
  }
}
