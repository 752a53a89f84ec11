/** What a request on the v2 store did, and a node as others see it (v2store.Event, v2store.NodeExtern); plain data, and its JSON. */

import { civilDate } from '#kernel/calendar.ts';
import { goTextJson } from '#v2/go-text.ts';

export const ACTIONS = ['get', 'create', 'set', 'update', 'delete', 'compareAndSwap', 'compareAndDelete', 'expire'] as const;
export type Action = (typeof ACTIONS)[number];

/** A node at the time of an event. */
export interface NodeView {
  /** With the store's prefix. */
  readonly key: string;
  /** Absent for a directory and for what was removed. */
  readonly value?: string;
  readonly dir: boolean;
  /** Unix nanoseconds, 0n for none. */
  readonly expiration: bigint;
  /** Seconds left, rounded up; 0 is not shown. */
  readonly ttl: number;
  readonly nodes?: readonly NodeView[];
  readonly modifiedIndex: number;
  readonly createdIndex: number;
}

export interface V2Event {
  readonly action: Action;
  readonly node: NodeView;
  readonly prevNode?: NodeView;
  /** The store's index after it. */
  readonly etcdIndex: number;
  /** A refresh is kept in the history and told to nobody. */
  readonly isRefresh: boolean;
}

/** A new node came to be: HTTP answers 201. */
export const isCreated = ({ action, prevNode }: V2Event): boolean => action === 'create' || (action === 'set' && prevNode === undefined);

const NANOS = 1_000_000_000n;
const DAY_SECONDS = 86_400n;

/**
 * Unix nanoseconds as RFC 3339 in UTC, with the digits of the fraction that are not zero.
 * @param nanos from 1677 to 2262, as int64 can hold
 */
export function rfc3339(nanos: bigint): string {
  const fraction = ((nanos % NANOS) + NANOS) % NANOS;
  const seconds = (nanos - fraction) / NANOS;
  const rest = ((seconds % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS;
  const { year, month, day } = civilDate(Number((seconds - rest) / DAY_SECONDS));
  const two = (n: bigint | number): string => `${n}`.padStart(2, '0');
  const time = `${two(rest / 3600n)}:${two((rest / 60n) % 60n)}:${two(rest % 60n)}`;
  const digits = `${fraction}`.padStart(9, '0').replace(/0+$/, '');
  return `${`${year}`.padStart(4, '0')}-${two(month)}-${two(day)}T${time}${digits === '' ? '' : `.${digits}`}Z`;
}

function nodeJson(node: NodeView, prefix: string): string {
  const key = node.key.startsWith(prefix) ? node.key.slice(prefix.length) : node.key;
  const parts: string[] = [];
  if (key !== '') parts.push(`"key":${goTextJson(key)}`);
  if (node.value !== undefined) parts.push(`"value":${goTextJson(node.value)}`);
  if (node.dir) parts.push('"dir":true');
  if (node.expiration !== 0n) parts.push(`"expiration":"${rfc3339(node.expiration)}"`);
  if (node.ttl !== 0) parts.push(`"ttl":${node.ttl}`);
  if (node.nodes !== undefined && node.nodes.length > 0) parts.push(`"nodes":[${node.nodes.map((n) => nodeJson(n, prefix)).join(',')}]`);
  if (node.modifiedIndex !== 0) parts.push(`"modifiedIndex":${node.modifiedIndex}`);
  if (node.createdIndex !== 0) parts.push(`"createdIndex":${node.createdIndex}`);
  return `{${parts.join(',')}}`;
}

/**
 * An event as the API prints it, without the newline at its end.
 * @param prefix left out of keys, such as `/1`
 * @param isBare only the action: `noValueOnSuccess`
 */
export function eventJson({ action, node, prevNode }: V2Event, prefix: string, isBare = false): string {
  if (isBare && (action === 'set' || action === 'compareAndSwap' || action === 'create' || action === 'update'))
    return `{"action":"${action}"}`;
  const before = prevNode === undefined ? '' : `,"prevNode":${nodeJson(prevNode, prefix)}`;
  return `{"action":"${action}","node":${nodeJson(node, prefix)}${before}}`;
}
