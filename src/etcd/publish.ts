/**
 * Publishing (server/etcdserver, publish): each member tells the others its name and client URLs through the log, at every start, again and
 * again until it succeeds. Before that it serves no client.
 */

import type { Request } from '#api/gen/raft-internal.ts';
import type { EventId } from '#kernel/brand.ts';
import { textOfBytes } from '#v2/go-text.ts';
import { formatId } from '#etcd/identity.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { logServing } from '#etcd/start-log.ts';
import { requestTimeoutMicros, type Parts } from '#etcd/parts.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';
import { ATTRIBUTES, MEMBERS } from '#etcd/v2-store.ts';

/** Proposes this member's attributes. */
export function publish(m: Parts, cause: EventId): void {
  const { name, clientUrls } = m.config;
  const value = JSON.stringify({ name, clientURLs: clientUrls });
  proposeV2(m, { type: 'publish' }, { Method: 'PUT', path: `${MEMBERS}/${formatId(m.self)}/${ATTRIBUTES}`, value }, cause);
}

/** The publishing is applied: this member serves from now on. */
export function finishPublish(m: Parts, cause: EventId): void {
  const { name, clientUrls } = m.config;
  m.out.log(
    'published',
    {
      'local-member-id': formatId(m.self),
      'local-member-attributes': `{Name:${name} ClientURLs:[${clientUrls.join(' ')}]}`,
      'request-path': `${MEMBERS}/${formatId(m.self)}/${ATTRIBUTES}`,
      'cluster-id': formatId(m.clusterId),
      'publish-timeout': goDuration(requestTimeoutMicros(m)),
    },
    cause,
  );
  if (m.loop.isServing) return;
  m.loop.isServing = true;
  logServing(m);
}

export interface Attributes {
  readonly id: bigint;
  readonly name: string;
  readonly clientUrls: readonly string[];
}

/** What a request publishes; undefined if it is another one. */
export function parseAttributes(r: Request): Attributes | undefined {
  const [, zero, members, hex = '', attributes, ...more] = textOfBytes(r.Path).split('/');
  if (`/${zero}/${members}` !== MEMBERS || attributes !== ATTRIBUTES || more.length > 0) return undefined;
  if (!/^[0-9a-f]{1,16}$/.test(hex)) return undefined;
  const value: unknown = JSON.parse(textOfBytes(r.Val));
  if (typeof value !== 'object' || value === null) return undefined;
  const name = 'name' in value && typeof value.name === 'string' ? value.name : '';
  const urls: readonly unknown[] = 'clientURLs' in value && Array.isArray(value.clientURLs) ? value.clientURLs : [];
  return { id: BigInt(`0x${hex}`), name, clientUrls: urls.filter((url) => typeof url === 'string') };
}
