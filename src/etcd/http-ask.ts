/** An HTTP request with its target taken apart, and the answers that all handlers share. */

import type { EventId } from '#kernel/brand.ts';
import type { InboxItem } from '#etcd/contract.ts';
import { sendPlainError, type Framing, type Header } from '#etcd/http-head.ts';
import type { Parts } from '#etcd/parts.ts';

export type HttpItem = Extract<InboxItem, { type: 'http' }>;

export interface Ask {
  readonly item: HttpItem;
  readonly event: EventId;
  /** Without escapes. */
  readonly path: string;
  /** With its `?`, or ''. */
  readonly query: string;
  readonly isPeer: boolean;
}

/** The value of a request's header, '' without one. @param name in lower case */
export const headerOf = ({ headers }: Pick<HttpItem, 'headers'>, name: string): string =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';

export const framingOf = ({ item, isPeer }: Ask, status: number, headers: readonly Header[] = []): Framing => ({
  status,
  headers,
  isPeer,
  isHead: item.method === 'HEAD',
});

/** Refuses another method than those that a handler allows. */
export function isRefused(m: Parts, ask: Ask, ...allowed: readonly string[]): boolean {
  if (allowed.includes(ask.item.method)) return false;
  sendPlainError(m, ask.item.id, framingOf(ask, 405, [['Allow', allowed.join(',')]]), 'Method Not Allowed', ask.event);
  return true;
}
