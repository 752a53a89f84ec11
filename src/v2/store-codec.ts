/** The v2 store as bytes: for Raft snapshots (what all members share) and for checkpoints (the watchers and this member's reads too). */

import { assert } from '#kernel/assert.ts';
import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';
import { ACTIONS, type NodeView, type V2Event } from '#v2/event.ts';
import { bytesOfText, textOfBytes } from '#v2/go-text.ts';
import { StoreStats } from '#v2/stats.ts';
import { V2Store } from '#v2/store.ts';
import { isDirectory, type TreeNode } from '#v2/tree.ts';
import type { Watcher } from '#v2/watcher-hub.ts';

const writeText = (w: Writer, text: string): Writer => w.bytes(bytesOfText(text));
const readText = (r: Reader): string => textOfBytes(r.bytes());
const writeTime = (w: Writer, nanos: bigint): Writer => w.u64(BigInt.asUintN(64, nanos));
const readTime = (r: Reader): bigint => BigInt.asIntN(64, r.u64());
/** Seconds may be negative. */
const writeSeconds = (w: Writer, seconds: number): Writer => writeTime(w, BigInt(seconds));

function writeView(w: Writer, view: NodeView): void {
  assert(view.nodes === undefined, () => 'an event of the history lists children');
  writeText(w, view.key)
    .bool(view.dir)
    .bool(view.value !== undefined);
  if (view.value !== undefined) writeText(w, view.value);
  writeSeconds(writeTime(w, view.expiration), view.ttl);
  w.varint(view.modifiedIndex).varint(view.createdIndex);
}

function readView(r: Reader): NodeView {
  const key = readText(r);
  const dir = r.bool();
  const value = r.bool() ? { value: readText(r) } : {};
  return { key, ...value, dir, expiration: readTime(r), ttl: Number(readTime(r)), modifiedIndex: r.varint(), createdIndex: r.varint() };
}

function writeEvent(w: Writer, event: V2Event): void {
  w.u8(ACTIONS.indexOf(event.action))
    .varint(event.etcdIndex)
    .bool(event.isRefresh)
    .bool(event.prevNode !== undefined);
  writeView(w, event.node);
  if (event.prevNode !== undefined) writeView(w, event.prevNode);
}

function readEvent(r: Reader): V2Event {
  const action = ACTIONS[r.u8()];
  if (action === undefined) throw new DecodeError('unknown action of a v2 event');
  const head = { action, etcdIndex: r.varint(), isRefresh: r.bool() };
  const hasPrevious = r.bool();
  const node = readView(r);
  return hasPrevious ? { ...head, node, prevNode: readView(r) } : { ...head, node };
}

function writeNode(w: Writer, node: TreeNode): void {
  writeText(w, node.name).varint(node.createdIndex).varint(node.modifiedIndex).bool(isDirectory(node));
  writeTime(w, node.expiration);
  if (node.children === undefined) {
    writeText(w, node.value);
    return;
  }
  w.varint(node.children.size);
  for (const child of node.children.values()) writeNode(w, child);
}

function readNode(r: Reader, parent: TreeNode | undefined, mortal: Set<TreeNode>): TreeNode {
  const name = readText(r);
  const createdIndex = r.varint();
  const modifiedIndex = r.varint();
  const children = r.bool() ? new Map<string, TreeNode>() : undefined;
  const expiration = readTime(r);
  const node: TreeNode = { name, parent, createdIndex, modifiedIndex, expiration, value: '', children };
  if (expiration !== 0n) mortal.add(node);
  if (children === undefined) node.value = readText(r);
  else
    for (let n = r.varint(); n > 0; n--) {
      const child = readNode(r, node, mortal);
      children.set(child.name, child);
    }
  return node;
}

function writeWatcher(w: Writer, watcher: Watcher): void {
  writeText(w.varint(watcher.id), watcher.path).bool(watcher.recursive).bool(watcher.stream);
  w.u64(watcher.sinceIndex).varint(watcher.startIndex).bool(watcher.isWaiting).bool(watcher.isClosed).varint(watcher.queue.length);
  for (const event of watcher.queue) writeEvent(w, event);
}

const readWatcher = (r: Reader): Watcher => ({
  id: r.varint(),
  path: readText(r),
  recursive: r.bool(),
  stream: r.bool(),
  sinceIndex: r.u64(),
  startIndex: r.varint(),
  isWaiting: r.bool(),
  isClosed: r.bool(),
  queue: Array.from({ length: r.varint() }, () => readEvent(r)),
});

/** @param what `replicated`: what all members share; `all`: watchers and counted reads too */
export function writeV2Store(w: Writer, store: V2Store, what: 'replicated' | 'all'): void {
  w.varint(store.index);
  store.stats.save(w, what);
  writeNode(w, store.root);
  const history = store.hub.history();
  w.varint(history.length);
  for (const event of history) writeEvent(w, event);
  const watchers = what === 'all' ? [...store.hub.watchers.values()] : [];
  w.varint(what === 'all' ? store.hub.nextId : 1).varint(watchers.length);
  for (const watcher of watchers) writeWatcher(w, watcher);
}

/** @param namespaces as the store was made with. @throws DecodeError */
export function readV2Store(r: Reader, namespaces: readonly string[]): V2Store {
  const store = new V2Store(namespaces);
  store.index = r.varint();
  store.stats = StoreStats.restore(r);
  store.root = readNode(r, undefined, store.mortal);
  store.hub.replaceHistory(Array.from({ length: r.varint() }, () => readEvent(r)));
  store.hub.nextId = r.varint();
  for (let n = r.varint(); n > 0; n--) store.hub.add(readWatcher(r));
  return store;
}
