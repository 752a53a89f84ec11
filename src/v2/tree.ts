/**
 * The tree of the v2 store (v2store/node.go): directories with named children and files with a value, each with the index that made it,
 * the one that changed it last, and perhaps a time at which it goes. Children keep the order in which they came.
 */

import type { NodeView } from '#v2/event.ts';
import { compareText } from '#v2/go-text.ts';
import { joinKey } from '#v2/key-path.ts';

/** Mutable; owned by the store. */
export interface TreeNode {
  readonly name: string;
  readonly parent: TreeNode | undefined;
  readonly createdIndex: number;
  modifiedIndex: number;
  /** Unix nanoseconds, 0n for one that stays. */
  expiration: bigint;
  /** Empty for a directory. */
  value: string;
  /** Absent for a file. */
  readonly children: Map<string, TreeNode> | undefined;
}

interface NewNode {
  readonly name: string;
  readonly parent: TreeNode | undefined;
  readonly index: number;
  readonly expiration: bigint;
}

export const newDirectory = ({ name, parent, index, expiration }: NewNode): TreeNode => ({
  name,
  parent,
  createdIndex: index,
  modifiedIndex: index,
  expiration,
  value: '',
  children: new Map(),
});

export const newFile = (fields: NewNode, value: string): TreeNode => ({ ...newDirectory(fields), value, children: undefined });

export const isDirectory = (node: TreeNode): boolean => node.children !== undefined;

/** Its full path. */
export function pathOf(node: TreeNode): string {
  const names: string[] = [];
  for (let at: TreeNode | undefined = node; at?.parent !== undefined; at = at.parent) names.push(at.name);
  return `/${names.reverse().join('/')}`;
}

/** Names with an underscore do not appear in listings. */
const isHidden = ({ name }: TreeNode): boolean => name.startsWith('_');

const NANOS = 1_000_000_000n;

/** Seconds until a time, rounded up, as etcd shows them: less than a second ago is 0. */
export function secondsLeft(expiration: bigint, now: bigint): number {
  if (expiration === 0n) return 0;
  const left = expiration - now;
  return Number(left / NANOS + (left % NANOS > 0n ? 1n : 0n));
}

/** What a node shows of itself in an event: without its children. */
export const viewOf = (node: TreeNode, path: string, now: bigint): NodeView => ({
  key: path,
  ...(node.children === undefined ? { value: node.value } : {}),
  dir: node.children !== undefined,
  expiration: node.expiration,
  ttl: secondsLeft(node.expiration, now),
  modifiedIndex: node.modifiedIndex,
  createdIndex: node.createdIndex,
});

export interface Listing {
  readonly recursive: boolean;
  readonly sorted: boolean;
}

/** A node with its children, and with `recursive` theirs. Depth is bounded by the paths that requests may name. */
export function listingOf(node: TreeNode, path: string, listing: Listing, now: bigint): NodeView {
  const view = viewOf(node, path, now);
  if (node.children === undefined) return view;
  const nodes = [...node.children.values()]
    .filter((child) => !isHidden(child))
    .map((child) => (listing.recursive ? listingOf : childView)(child, joinKey(path, child.name), listing, now));
  return { ...view, nodes: listing.sorted ? nodes.sort((a, b) => compareText(a.key, b.key)) : nodes };
}

const childView = (node: TreeNode, path: string, _: Listing, now: bigint): NodeView => viewOf(node, path, now);
