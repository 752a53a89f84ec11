/**
 * The store of the v2 API (etcdserver/api/v2store/store.go): a tree of keys with one index that each change raises by one. Members keep the
 * cluster's membership in it too, under `/0`; users' keys are under `/1`. Changed only by applied entries; times come from the caller, as
 * Unix nanoseconds.
 */

import { v2Error, V2Code, type V2Error } from '#v2/error.ts';
import type { Action, NodeView, V2Event } from '#v2/event.ts';
import { compareText } from '#v2/go-text.ts';
import { cleanKey, joinKey, segmentsOf } from '#v2/key-path.ts';
import { StoreStats, type StatFamily } from '#v2/stats.ts';
import { isDirectory, listingOf, newDirectory, newFile, pathOf, viewOf, type Listing, type TreeNode } from '#v2/tree.ts';
import { WatcherHub, type WatchOptions, type WatchResult } from '#v2/watcher-hub.ts';

export type V2Result = { readonly ok: true; readonly event: V2Event } | { readonly ok: false; readonly error: V2Error };
type Found = { readonly ok: true; readonly node: TreeNode } | { readonly ok: false; readonly code: V2Code; readonly cause: string };

/** When a key goes, and whether that is all that changes. */
export interface Lifetime {
  /** Unix nanoseconds, 0n for never. */
  readonly expiration: bigint;
  /** The value stays and nobody is told. */
  readonly refresh: boolean;
}
export const FOREVER: Lifetime = { expiration: 0n, refresh: false };

/** What a compare-and-something asks for; '' and 0n ask for nothing. */
export interface Comparison {
  readonly prevValue: string;
  readonly prevIndex: bigint;
}

/** A key that is made. */
export interface Creation {
  readonly dir: boolean;
  readonly value: string;
  readonly lifetime: Lifetime;
}

/** 2000-01-01T00:00:00Z: a key made to expire before that stays (etcd takes such a time for none). */
const EXPIRATION_MIN = 946_684_800_000_000_000n;
const UNIQUE_DIGITS = 20;

const found = (node: TreeNode): Found => ({ ok: true, node });
const missed = (code: V2Code, cause: string): Found => ({ ok: false, code, cause });

/** Mutable; owned by the state machine. */
export class V2Store {
  root: TreeNode = newDirectory({ name: '', parent: undefined, index: 0, expiration: 0n });
  index = 0;
  stats = new StoreStats();
  hub = new WatcherHub();
  /** Nodes that expire. */
  readonly mortal = new Set<TreeNode>();
  readonly #readOnly: ReadonlySet<string>;

  /** @param namespaces directories that are always there and cannot be changed themselves, such as `/0` */
  constructor(namespaces: readonly string[]) {
    this.#readOnly = new Set(['/', ...namespaces]);
    for (const path of namespaces) {
      const name = path.slice(1);
      this.root.children?.set(name, newDirectory({ name, parent: this.root, index: 0, expiration: 0n }));
    }
  }

  /** Reads a node and its children. */
  get(key: string, listing: Listing, now: bigint): V2Result {
    const path = cleanKey(key);
    const at = this.#find(path);
    if (!at.ok) return this.#refuse('gets', at.code, at.cause);
    return this.#done('gets', { action: 'get', node: listingOf(at.node, path, listing, now), etcdIndex: this.index, isRefresh: false });
  }

  /** A node and all below it, for a drawing: no counter of reads moves. */
  peek(key: string, now: bigint): NodeView | undefined {
    const path = cleanKey(key);
    const at = this.#find(path);
    return at.ok ? listingOf(at.node, path, { recursive: true, sorted: true }, now) : undefined;
  }

  /** Makes a key, or a file in the place of another. */
  set(key: string, creation: Creation, now: bigint): V2Result {
    const { lifetime } = creation;
    const path = cleanKey(key);
    const before = this.#find(path);
    if (!before.ok && (before.code !== V2Code.KeyNotFound || lifetime.refresh)) return this.#refuse('sets', before.code, before.cause);
    const refusal = this.#refuseToMake(path, before, true);
    if (refusal !== undefined) return this.#refuse('sets', refusal.code, refusal.cause);
    const value = lifetime.refresh && before.ok ? before.node.value : creation.value;
    const prevNode = before.ok ? viewOf(before.node, path, now) : undefined;
    if (before.ok) this.mortal.delete(before.node); // its place is taken
    const event = this.#make('set', path, { ...creation, value }, now);
    return this.#tell('sets', prevNode === undefined ? event : { ...event, prevNode }, lifetime);
  }

  /** Makes a key that must not be there. @param unique below `key`, by a name that follows all those before */
  create(key: string, unique: boolean, creation: Creation, now: bigint): V2Result {
    const path = cleanKey(unique ? `${key}/${`${this.index + 1}`.padStart(UNIQUE_DIGITS, '0')}` : key);
    const before = this.#find(path);
    // A file on the way counts twice, as in etcd.
    if (!before.ok && before.code === V2Code.NotDir) this.stats.inc('setsFail');
    const refusal = this.#refuseToMake(path, before, false);
    if (refusal !== undefined) return this.#refuse('create', refusal.code, refusal.cause);
    return this.#tell('create', this.#make('create', path, creation, now), FOREVER);
  }

  /** Changes value and lifetime of a key that is there. A directory's own index stays where it was, though the answer tells the new one. */
  update(key: string, value: string, lifetime: Lifetime, now: bigint): V2Result {
    const path = cleanKey(key);
    if (this.#readOnly.has(path)) return this.#refuseUncounted('update', V2Code.RootReadOnly, '/');
    const at = this.#find(path);
    if (!at.ok) return this.#refuse('update', at.code, at.cause);
    const { node } = at;
    if (isDirectory(node) && value !== '') return this.#refuseUncounted('update', V2Code.NotFile, path);
    const prevNode = viewOf(node, path, now);
    this.index++;
    if (!isDirectory(node)) this.#write(node, lifetime.refresh ? node.value : value);
    this.#setExpiration(node, lifetime.expiration);
    return this.#tell('update', { action: 'update', node: this.#changed(node, path, now), prevNode, ...this.#now() }, lifetime);
  }

  /** Changes a file if it is as expected. */
  compareAndSwap(key: string, expected: Comparison, { value, lifetime }: Omit<Creation, 'dir'>, now: bigint): V2Result {
    const path = cleanKey(key);
    if (this.#readOnly.has(path)) return this.#refuseUncounted('compareAndSwap', V2Code.RootReadOnly, '/');
    const at = this.#find(path);
    if (!at.ok) return this.#refuse('compareAndSwap', at.code, at.cause);
    const { node } = at;
    if (isDirectory(node)) return this.#refuse('compareAndSwap', V2Code.NotFile, path);
    const difference = differenceOf(node, expected);
    if (difference !== '') return this.#refuse('compareAndSwap', V2Code.TestFailed, difference);
    const prevNode = viewOf(node, path, now);
    this.index++;
    this.#write(node, lifetime.refresh ? node.value : value);
    this.#setExpiration(node, lifetime.expiration);
    const event: V2Event = { action: 'compareAndSwap', node: this.#changed(node, path, now), prevNode, ...this.#now() };
    return this.#tell('compareAndSwap', event, lifetime);
  }

  /** Removes a file, an empty directory (`dir`), or a directory with all that is in it (`recursive`). */
  delete(key: string, { dir, recursive }: { readonly dir: boolean; readonly recursive: boolean }, now: bigint): V2Result {
    const path = cleanKey(key);
    if (this.#readOnly.has(path)) return this.#refuseUncounted('delete', V2Code.RootReadOnly, '/');
    const at = this.#find(path);
    if (!at.ok) return this.#refuse('delete', at.code, at.cause);
    const { children } = at.node;
    if (children !== undefined && !dir && !recursive) return this.#refuse('delete', V2Code.NotFile, path);
    if (children !== undefined && !recursive && children.size > 0) return this.#refuse('delete', V2Code.DirNotEmpty, path);
    return this.#done('delete', this.#remove('delete', at.node, path, now));
  }

  /** Removes a file if it is as expected. */
  compareAndDelete(key: string, expected: Comparison, now: bigint): V2Result {
    const path = cleanKey(key);
    const at = this.#find(path);
    if (!at.ok) return this.#refuse('compareAndDelete', at.code, at.cause);
    if (isDirectory(at.node)) return this.#refuseUncounted('compareAndDelete', V2Code.NotFile, path);
    const difference = differenceOf(at.node, expected);
    if (difference !== '') return this.#refuseUncounted('compareAndDelete', V2Code.TestFailed, difference);
    return this.#done('compareAndDelete', this.#remove('compareAndDelete', at.node, path, now));
  }

  /** Removes what expires until `cutoff`, earliest first. */
  deleteExpired(cutoff: bigint, now: bigint): void {
    const due = [...this.mortal].filter(({ expiration }) => expiration <= cutoff).map((node) => ({ node, path: pathOf(node) }));
    due.sort(
      (a, b) =>
        Number(a.node.expiration > b.node.expiration) - Number(a.node.expiration < b.node.expiration) || compareText(a.path, b.path),
    );
    for (const { node, path } of due) {
      if (!this.mortal.has(node)) continue; // it went with its directory
      this.#remove('expire', node, path, now);
      this.stats.inc('expireCount');
    }
  }

  /** A watcher comes. @param since first index that is wanted, 0n for the next one */
  watch(key: string, options: WatchOptions, since: bigint): WatchResult {
    return this.hub.watch(cleanKey(key), options, since === 0n ? BigInt(this.index + 1) : since, this.index);
  }

  /** As `/v2/stats/store` shows them. */
  statsJson(): string {
    return this.stats.json(this.hub.count);
  }

  #done(family: StatFamily, event: V2Event): V2Result {
    this.stats.inc(`${family}Success`);
    return { ok: true, event };
  }

  /** Ends a change: the watchers hear of it, but for a refresh, which is only remembered. */
  #tell(family: StatFamily, event: V2Event, { refresh }: Lifetime): V2Result {
    if (refresh) this.hub.remember({ ...event, isRefresh: true });
    else this.hub.notify(event);
    return this.#done(family, event);
  }

  #refuse(family: StatFamily, code: V2Code, cause: string): V2Result {
    this.stats.inc(`${family}Fail`);
    return { ok: false, error: v2Error(code, cause, this.index) };
  }

  /** A refusal that etcd counts as a success: its counter looks at a variable that these do not set. */
  #refuseUncounted(family: StatFamily, code: V2Code, cause: string): V2Result {
    this.stats.inc(`${family}Success`);
    return { ok: false, error: v2Error(code, cause, this.index) };
  }

  #now(): Pick<V2Event, 'etcdIndex' | 'isRefresh'> {
    return { etcdIndex: this.index, isRefresh: false };
  }

  #find(path: string): Found {
    let node = this.root;
    let at = '/';
    for (const name of segmentsOf(path)) {
      if (node.children === undefined) return missed(V2Code.NotDir, at);
      at = joinKey(at, name);
      const child = node.children.get(name);
      if (child === undefined) return missed(V2Code.KeyNotFound, at);
      node = child;
    }
    return found(node);
  }

  /** Why a key cannot be made. */
  #refuseToMake(path: string, before: Found, replaces: boolean): { readonly code: V2Code; readonly cause: string } | undefined {
    if (this.#readOnly.has(path)) return { code: V2Code.RootReadOnly, cause: '/' };
    if (!before.ok) return before.code === V2Code.KeyNotFound ? undefined : before;
    if (!replaces) return { code: V2Code.NodeExist, cause: path };
    return isDirectory(before.node) ? { code: V2Code.NotFile, cause: path } : undefined;
  }

  /** Makes a node where there is none, and the directories above it. */
  #make(action: Action, path: string, { dir, value, lifetime }: Creation, now: bigint): V2Event {
    const index = ++this.index;
    const names = segmentsOf(path);
    let parent = this.root;
    for (const name of names.slice(0, -1)) {
      const next = parent.children?.get(name) ?? newDirectory({ name, parent, index, expiration: 0n });
      parent.children?.set(name, next);
      parent = next;
    }
    const name = names.at(-1) ?? '';
    const expiration = lifetime.expiration < EXPIRATION_MIN ? 0n : lifetime.expiration;
    const fields = { name, parent, index, expiration };
    const node = dir ? newDirectory(fields) : newFile(fields, value);
    parent.children?.set(name, node);
    if (expiration !== 0n) this.mortal.add(node);
    return { action, node: viewOf(node, path, now), ...this.#now() };
  }

  #write(node: TreeNode, value: string): void {
    node.value = value;
    node.modifiedIndex = this.index;
  }

  #setExpiration(node: TreeNode, expiration: bigint): void {
    node.expiration = expiration;
    if (expiration === 0n) this.mortal.delete(node);
    else this.mortal.add(node);
  }

  /** What an event says of a node that it has changed. */
  #changed(node: TreeNode, path: string, now: bigint): NodeView {
    return { ...viewOf(node, path, now), modifiedIndex: this.index };
  }

  /** Removes a node with all below it; everybody who watches one of them hears of it. */
  #remove(action: Action, node: TreeNode, path: string, now: bigint): V2Event {
    this.index++;
    const { key, dir, createdIndex } = viewOf(node, path, now);
    const gone: NodeView = { key, dir, expiration: 0n, ttl: 0, modifiedIndex: this.index, createdIndex };
    const event: V2Event = { action, node: gone, prevNode: viewOf(node, path, now), ...this.#now() };
    const tellBelow = (one: TreeNode, at: string): void => {
      for (const child of one.children?.values() ?? []) tellBelow(child, joinKey(at, child.name));
      this.mortal.delete(one);
      this.hub.notifyAt(event, at, true);
    };
    tellBelow(node, path);
    node.parent?.children?.delete(node.name);
    this.hub.notify(event);
    return event;
  }
}

/** Why a file is not as expected, in etcd's form; '' if it is. */
function differenceOf(node: TreeNode, { prevValue, prevIndex }: Comparison): string {
  const value = prevValue === '' || prevValue === node.value ? '' : `[${prevValue} != ${node.value}]`;
  const index = prevIndex === 0n || prevIndex === BigInt(node.modifiedIndex) ? '' : `[${prevIndex} != ${node.modifiedIndex}]`;
  return `${value}${value !== '' && index !== '' ? ' ' : ''}${index}`;
}
