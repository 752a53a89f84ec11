/**
 * A model of the size of etcd's backend file. bolt writes whole pages of 4096 bytes and never in place: a commit writes every node that
 * changed to fresh pages and frees the old ones for later commits, so the file grows in steps and shrinks only by defragmentation. Modelled
 * are the leaves of the `key` bucket with bolt's rules for splitting, one level of branch pages above them and the root leaf that holds the
 * other, small buckets. Held against 3.4.23 page by page: see db-size.test.ts.
 */

import { present } from '#kernel/assert.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { keyValueSize, REVISION_BYTES } from '#mvcc/key-value-codec.ts';
import { decodeRuns, encodeRuns, PageSpace, type PageRun } from '#mvcc/page-space.ts';
import { isEarlier, type StoredRevision } from '#mvcc/record.ts';

export const PAGE_BYTES = 4096;
const PAGE_HEADER_BYTES = 16;
const ELEMENT_BYTES = 16;
/** A node splits when it has more elements than this and does not fit a page. */
const UNSPLIT_ELEMENTS_MAX = 4;
const ELEMENTS_MIN = 2;
/** etcd appends to its buckets in order and so fills pages to 90 %. */
const FILL_BYTES = PAGE_BYTES * 0.9;
const MERGE_BELOW_BYTES = PAGE_BYTES / 4;
/** A bucket of one leaf up to this size lies inside its parent's page. */
const INLINE_BYTES_MAX = PAGE_BYTES / 4;
const LEAVES_PER_BRANCH = Math.floor((FILL_BYTES - PAGE_HEADER_BYTES) / (ELEMENT_BYTES + REVISION_BYTES));
/** A fresh member's file: two meta pages, the root leaf, a free page and one that the last commit freed. */
const FRESH_PAGES = 5;
const NO_PAGES: PageRun = { start: 0, count: 0 };

interface Leaf {
  changes: StoredRevision[];
  pages: PageRun;
  dirty: boolean;
}

const elementSize = (c: StoredRevision): number => ELEMENT_BYTES + REVISION_BYTES + (c.tombstone ? 1 : 0) + keyValueSize(c);
const leafBytes = (changes: readonly StoredRevision[]): number => changes.reduce((sum, c) => sum + elementSize(c), PAGE_HEADER_BYTES);
const pagesFor = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES);

/** The file's pages. `added` and `removed` say what changed, `commit` makes it so; sizes are those of the last commit, as etcd reports them. */
export class DbSize {
  #space = new PageSpace(FRESH_PAGES, [{ start: 3, count: 1 }], [{ start: 4, count: 1 }]);
  #root: PageRun = { start: 2, count: 1 };
  #branches: PageRun[] = [];
  /** In order of revision, none empty; together they hold exactly the stored changes. */
  #leaves: Leaf[] = [];
  /** Pages of leaves that were emptied since the last commit. */
  #orphans: PageRun[] = [];
  #changed = false;
  #uncommitted = 0;

  /** dbSize: bytes of the file. */
  get bytes(): number {
    return this.#space.highWater * PAGE_BYTES;
  }

  /** dbSizeInUse: the file without its free pages. */
  get bytesInUse(): number {
    return (this.#space.highWater - this.#space.freePages) * PAGE_BYTES;
  }

  /** Changes since the last commit; etcd commits at 10,000 of them or after 100 ms. */
  get uncommitted(): number {
    return this.#uncommitted;
  }

  added(change: StoredRevision): void {
    let leaf = this.#leaves[this.#leaves.length - 1];
    if (leaf === undefined) this.#leaves.push((leaf = { changes: [], pages: NO_PAGES, dirty: true }));
    leaf.changes.push(change);
    leaf.dirty = true;
    this.#touch(1);
  }

  /** Something in another bucket changed (lease, member, alarm, auth, the consistent index). */
  otherChanged(): void {
    this.#touch(1);
  }

  removed(gone: ReadonlySet<StoredRevision>): void {
    if (gone.size === 0) return;
    const touched = new Set<Leaf>();
    for (const change of gone) touched.add(this.#leafOf(change));
    for (const leaf of touched) {
      leaf.changes = leaf.changes.filter((c) => !gone.has(c));
      leaf.dirty = true;
      if (leaf.changes.length === 0) this.#orphans.push(leaf.pages);
    }
    this.#leaves = this.#leaves.filter((leaf) => leaf.changes.length > 0);
    this.#touch(gone.size);
  }

  /** Writes what changed to fresh pages. @returns the bytes written */
  commit(): number {
    if (!this.#changed) return 0;
    this.#changed = false;
    this.#uncommitted = 0;
    this.#space.releasePending();
    for (const run of this.#orphans) this.#space.release(run);
    this.#orphans = [];
    this.#mergeSmall();
    const branchesTouched = new Set<number>();
    const next: Leaf[] = [];
    for (const leaf of this.#leaves) {
      if (!leaf.dirty) {
        next.push(leaf);
        continue;
      }
      this.#space.release(leaf.pages);
      branchesTouched.add(Math.floor(next.length / LEAVES_PER_BRANCH));
      for (const changes of splitLeaf(leaf.changes)) next.push({ changes, pages: NO_PAGES, dirty: true });
    }
    this.#leaves = next;
    this.#writeLeaves();
    this.#writeBranches(branchesTouched);
    this.#space.release(this.#root);
    this.#root = this.#space.allocate(1);
    return this.#space.takenPages * PAGE_BYTES;
  }

  /** Rewrites the file with nothing free. */
  defragment(): void {
    this.commit();
    this.#space = new PageSpace(FRESH_PAGES, [{ start: 3, count: 2 }]);
    this.#root = { start: 2, count: 1 };
    const all = this.#leaves.flatMap((leaf) => leaf.changes);
    this.#leaves = splitLeaf(all).map((changes) => ({ changes, pages: NO_PAGES, dirty: true }));
    this.#writeLeaves();
    this.#branches = [];
    this.#writeBranches(new Set());
  }

  #touch(changes: number): void {
    this.#changed = true;
    this.#uncommitted += changes;
  }

  #leafOf(change: StoredRevision): Leaf {
    let low = 0;
    let high = this.#leaves.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      const first = present(this.#leaves[mid]?.changes[0], 'first change of a leaf');
      if (isEarlier(change, first)) high = mid - 1;
      else low = mid;
    }
    return present(this.#leaves[low], 'leaf');
  }

  /** Leaves that removals left small join their left neighbour. */
  #mergeSmall(): void {
    const kept: Leaf[] = [];
    for (const leaf of this.#leaves) {
      const left = kept.at(-1);
      if (leaf.dirty && left !== undefined && leafBytes(leaf.changes) < MERGE_BELOW_BYTES) {
        for (const c of leaf.changes) left.changes.push(c);
        left.dirty = true;
        this.#space.release(leaf.pages);
      } else kept.push(leaf);
    }
    this.#leaves = kept;
  }

  /** Gives pages to the leaves that have none. */
  #writeLeaves(): void {
    const isAlone = this.#leaves.length === 1;
    for (const leaf of this.#leaves) {
      if (!leaf.dirty) continue;
      const bytes = leafBytes(leaf.changes);
      leaf.pages = isAlone && bytes <= INLINE_BYTES_MAX ? NO_PAGES : this.#space.allocate(pagesFor(bytes));
      leaf.dirty = false;
    }
  }

  #writeBranches(touched: ReadonlySet<number>): void {
    const wanted = this.#leaves.length > 1 ? Math.ceil(this.#leaves.length / LEAVES_PER_BRANCH) : 0;
    for (let i = 0; i < Math.max(wanted, this.#branches.length); i++) {
      const old = this.#branches[i];
      if (old !== undefined && i < wanted && !touched.has(i)) continue;
      if (old !== undefined) this.#space.release(old);
      if (i < wanted) this.#branches[i] = this.#space.allocate(1);
    }
    this.#branches.length = wanted;
  }

  /** Everything but the changes, which the store holds: leaves are stored as their lengths. */
  encode(w: Writer): void {
    this.#space.encode(w);
    w.varint(this.#root.start).bool(this.#changed).varint(this.#uncommitted);
    w.varint(this.#branches.length);
    for (const page of this.#branches) w.varint(page.start);
    encodeRuns(w, this.#orphans);
    w.varint(this.#leaves.length);
    for (const leaf of this.#leaves) w.varint(leaf.changes.length).varint(leaf.pages.start).varint(leaf.pages.count).bool(leaf.dirty);
  }

  /** @param changes the stored changes in order, which the leaves divide among themselves */
  static decode(r: Reader, changes: readonly StoredRevision[]): DbSize {
    const size = new DbSize();
    size.#space = PageSpace.decode(r);
    size.#root = { start: r.varint(), count: 1 };
    size.#changed = r.bool();
    size.#uncommitted = r.varint();
    const branches = r.varint();
    for (let i = 0; i < branches; i++) size.#branches.push({ start: r.varint(), count: 1 });
    size.#orphans = decodeRuns(r);
    const leaves = r.varint();
    let at = 0;
    for (let i = 0; i < leaves; i++) {
      const end = at + r.varint();
      size.#leaves.push({ changes: changes.slice(at, end), pages: { start: r.varint(), count: r.varint() }, dirty: r.bool() });
      at = end;
    }
    return size;
  }
}

/** bolt's node.split: pieces of about the fill level with at least two elements each; four elements or fewer stay together however large. */
function splitLeaf(changes: readonly StoredRevision[]): StoredRevision[][] {
  const pieces: StoredRevision[][] = [];
  let at = 0;
  while (changes.length - at > UNSPLIT_ELEMENTS_MAX && !fitsPage(changes, at)) {
    let bytes = PAGE_HEADER_BYTES;
    let end = at;
    // bolt's splitIndex: it stops one short of the last place that it looks at.
    for (let i = at; i < changes.length - ELEMENTS_MIN; i++) {
      end = i;
      const size = elementSize(present(changes[i], 'change'));
      if (i - at >= ELEMENTS_MIN && bytes + size > FILL_BYTES) break;
      bytes += size;
    }
    pieces.push(changes.slice(at, end));
    at = end;
  }
  if (at < changes.length) pieces.push(changes.slice(at));
  return pieces;
}

function fitsPage(changes: readonly StoredRevision[], from: number): boolean {
  let bytes = PAGE_HEADER_BYTES;
  for (let i = from; i < changes.length; i++) {
    bytes += elementSize(present(changes[i], 'change'));
    if (bytes >= PAGE_BYTES) return false;
  }
  return true;
}
