/**
 * Who waits for changes of the v2 store, and the last thousand of them (v2store/watcher_hub.go, event_history.go). A watcher that asks for
 * an index of the past gets the first event from there on that concerns it, at once; with `stream` nothing follows then, as in etcd.
 */

import type { V2Event } from '#v2/event.ts';
import { v2Error, V2Code, type V2Error } from '#v2/error.ts';
import { cleanKey, joinKey, segmentsOf } from '#v2/key-path.ts';

/** Events kept for watchers that come late. */
export const HISTORY_MAX = 1000;
/** Events that a watcher may be behind; then it is closed (etcd's channel of that size). */
export const QUEUE_MAX = 100;

export interface Watcher {
  readonly id: number;
  /** Clean, with the store's prefix. */
  readonly path: string;
  readonly recursive: boolean;
  readonly stream: boolean;
  /** Earlier events are not told. */
  readonly sinceIndex: bigint;
  /** The store's index when it came. */
  readonly startIndex: number;
  /** Told and not yet taken. */
  queue: V2Event[];
  /** It hears of new events. */
  isWaiting: boolean;
  /** It fell behind: what is in the queue is the last. */
  isClosed: boolean;
}

export interface WatchOptions {
  readonly recursive: boolean;
  readonly stream: boolean;
}

export type WatchResult = { readonly ok: true; readonly watcher: Watcher } | { readonly ok: false; readonly error: V2Error };

/** Whether a path below a watched one passes a hidden name. */
function isHiddenBelow(watchPath: string, keyPath: string): boolean {
  // When a directory goes, the watched path may be deeper than the event's.
  return watchPath.length <= keyPath.length && cleanKey(`/${keyPath.slice(watchPath.length)}`).includes('/_');
}

/** Mutable; owned by the store. Watchers are bounded by the clients' open calls. */
export class WatcherHub {
  /** By id, in the order of their coming. */
  readonly watchers = new Map<number, Watcher>();
  readonly #byPath = new Map<string, Set<Watcher>>();
  /** The event of index i at i modulo the size: events follow each other without a gap. */
  readonly #history: V2Event[] = [];
  /** Indexes of the oldest and the newest event; 0 before the first. */
  #firstIndex = 0;
  #lastIndex = 0;
  nextId = 1;

  /** How many wait for an event. */
  get count(): number {
    let count = 0;
    for (const { isWaiting } of this.watchers.values()) if (isWaiting) count++;
    return count;
  }

  /** The history, oldest first. */
  history(): readonly V2Event[] {
    const events: V2Event[] = [];
    for (let index = this.#firstIndex; index > 0 && index <= this.#lastIndex; index++) {
      const event = this.#history[index % HISTORY_MAX];
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  /** Replaces the history. @param events oldest first, of indexes without a gap */
  replaceHistory(events: readonly V2Event[]): void {
    this.#history.length = 0;
    this.#lastIndex = 0;
    for (const event of events) this.remember(event);
  }

  /** Keeps an event without telling anybody. */
  remember(event: V2Event): void {
    const index = event.node.modifiedIndex;
    this.#history[index % HISTORY_MAX] = event;
    this.#firstIndex = this.#lastIndex === 0 ? index : Math.max(this.#firstIndex, index - HISTORY_MAX + 1);
    this.#lastIndex = index;
  }

  /** Keeps an event and tells the watchers of its path and of the paths above it. */
  notify(event: V2Event): void {
    this.remember(event);
    let path = '/';
    this.notifyAt(event, path, false);
    for (const segment of segmentsOf(event.node.key)) {
      path = joinKey(path, segment);
      this.notifyAt(event, path, false);
    }
  }

  /** Tells the watchers of one path. @param isRemoved the path went with its directory: they hear of it, recursive or not */
  notifyAt(event: V2Event, path: string, isRemoved: boolean): void {
    const isOwn = event.node.key === path;
    for (const watcher of this.#byPath.get(path) ?? []) {
      if (!isOwn && isHiddenBelow(path, event.node.key)) continue;
      if ((!watcher.recursive && !isOwn && !isRemoved) || event.node.modifiedIndex < watcher.sinceIndex) continue;
      if (watcher.queue.length < QUEUE_MAX) watcher.queue.push(event);
      else watcher.isClosed = true;
      if (watcher.isClosed || !watcher.stream) this.#stop(watcher);
    }
  }

  /**
   * A watcher comes.
   * @param since first index that it wants; a future one is waited for
   * @param index the store's present one
   */
  watch(path: string, { recursive, stream }: WatchOptions, since: bigint, index: number): WatchResult {
    if (since < this.#firstIndex) {
      const cause = `the requested history has been cleared [${this.#firstIndex}/${since}]`;
      return { ok: false, error: v2Error(V2Code.EventIndexCleared, cause, index) };
    }
    const known = this.#scan(path, recursive, since);
    const watcher: Watcher = {
      id: this.nextId++,
      path,
      recursive,
      stream,
      sinceIndex: since,
      startIndex: index,
      queue: known === undefined ? [] : [known],
      isWaiting: known === undefined,
      isClosed: false,
    };
    this.add(watcher);
    return { ok: true, watcher };
  }

  /** Takes up a watcher as it is. */
  add(watcher: Watcher): void {
    this.watchers.set(watcher.id, watcher);
    if (!watcher.isWaiting) return;
    const there = this.#byPath.get(watcher.path);
    if (there === undefined) this.#byPath.set(watcher.path, new Set([watcher]));
    else there.add(watcher);
  }

  /** Takes up the watchers of a store that this one replaces. */
  takeWatchers(from: WatcherHub): void {
    this.nextId = from.nextId;
    for (const watcher of from.watchers.values()) this.add(watcher);
  }

  /** A watcher goes. */
  remove(id: number): void {
    const watcher = this.watchers.get(id);
    if (watcher === undefined) return;
    this.#stop(watcher);
    this.watchers.delete(id);
  }

  #stop(watcher: Watcher): void {
    watcher.isWaiting = false;
    const there = this.#byPath.get(watcher.path);
    if (there?.delete(watcher) === true && there.size === 0) this.#byPath.delete(watcher.path);
  }

  /** The first event from an index on that concerns a path. */
  #scan(path: string, recursive: boolean, since: bigint): V2Event | undefined {
    const below = path === '/' ? '/' : `${path}/`;
    if (since > this.#lastIndex) return undefined;
    for (let index = Number(since); index <= this.#lastIndex; index++) {
      const event = this.#history[index % HISTORY_MAX];
      if (event === undefined || event.isRefresh) continue;
      const { action, node, prevNode } = event;
      if (node.key === path || (recursive && node.key.startsWith(below))) return event;
      // A directory that went took what was below it along. etcd compares the names' beginnings, so /foobar went with /foo too.
      if ((action === 'delete' || action === 'expire') && prevNode?.dir === true && path.startsWith(prevNode.key)) return event;
    }
    return undefined;
  }
}
