/**
 * Publishing (server/etcdserver, publish): each member tells the others its name and client URLs through the log, at every start, again and
 * again until it succeeds. Before that it serves no client.
 */

import { InternalRaftRequest, Request } from '#api/gen/raft-internal.ts';
import type { EventId } from '#kernel/brand.ts';
import { formatId } from '#etcd/identity.ts';
import type { Parts } from '#etcd/parts.ts';
import { register } from '#etcd/propose.ts';

const PREFIX = '/0/members/';
const SUFFIX = '/attributes';

/** Proposes this member's attributes. */
export function publish(m: Parts, cause: EventId): void {
  const id = m.ids.next();
  const { name, clientUrls } = m.config;
  const v2 = Request.create({
    ID: id,
    Method: 'PUT',
    Path: `${PREFIX}${formatId(m.self)}${SUFFIX}`,
    Val: JSON.stringify({ name, clientURLs: clientUrls }),
  });
  register(
    m,
    { id, waiter: { type: 'publish' }, data: InternalRaftRequest.encode(InternalRaftRequest.create({ ID: id, v2 })).finish() },
    cause,
  );
}

/** The publishing is applied: this member serves from now on. */
export function finishPublish(m: Parts, cause: EventId): void {
  const { name, clientUrls } = m.config;
  m.out.log(
    'published',
    { 'local-member-id': formatId(m.self), 'local-member-attributes': `{Name:${name} ClientURLs:[${clientUrls.join(' ')}]}` },
    cause,
  );
  if (m.loop.isServing) return;
  m.loop.isServing = true;
  m.out.log('ready-to-serve', {}, cause);
}

export interface Attributes {
  readonly id: bigint;
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** What a request publishes; undefined if it is another one. */
export function parseAttributes(r: Request): Attributes | undefined {
  if (!r.Path.startsWith(PREFIX) || !r.Path.endsWith(SUFFIX)) return undefined;
  const hex = r.Path.slice(PREFIX.length, -SUFFIX.length);
  if (!/^[0-9a-f]{1,16}$/.test(hex)) return undefined;
  const value: unknown = JSON.parse(r.Val);
  if (typeof value !== 'object' || value === null) return undefined;
  const name = 'name' in value && typeof value.name === 'string' ? value.name : '';
  const urls: readonly unknown[] = 'clientURLs' in value && Array.isArray(value.clientURLs) ? value.clientURLs : [];
  return { id: BigInt(`0x${hex}`), name, clientUrls: urls.filter((url) => typeof url === 'string') };
}
