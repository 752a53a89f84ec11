/**
 * Large watch responses in pieces, for watchers that asked for it (sendFragments of server/etcdserver/api/v3rpc/watch.go): each piece is smaller
 * than the limit or has one event, and all but the last say that more of the same response follows.
 */

import { Event } from '#api/gen/kv.ts';
import type { WatchResponse } from '#api/gen/rpc.ts';
import { WatchService } from '#api/rpc.ts';
import type { Parts } from '#etcd/parts.ts';

/** What etcd allows above the request limit in one message. */
const GRPC_OVERHEAD_BYTES = 512 * 1024;

/** A response's size above which it is cut. */
export const fragmentLimit = ({ config }: Pick<Parts, 'config'>): number => config.maxRequestBytes + GRPC_OVERHEAD_BYTES;

type Response = Partial<WatchResponse> & { readonly events: readonly Event[] };

/** @param limit bytes */
export function fragmentsOf(whole: Response, limit: number): readonly Response[] {
  const { events } = whole;
  if (events.length < 2) return [whole];
  const { response } = WatchService.Watch;
  const empty = response.encode(response.create({ ...whole, events: [], fragment: true })).finish().length;
  const sizes = events.map((event) => framed(Event.encode(event).finish().length));
  if (sizes.reduce((sum, size) => sum + size, empty) < limit) return [whole];
  const pieces: Response[] = [];
  for (let at = 0; at < events.length;) {
    const first = at++;
    for (let size = empty + (sizes[first] ?? 0); at < events.length; at++) {
      size += sizes[at] ?? 0;
      if (size >= limit) break;
    }
    pieces.push({ ...whole, events: events.slice(first, at), fragment: at < events.length });
  }
  return pieces;
}

/** A message inside another: its tag and length before it. */
const framed = (bytes: number): number => bytes + 1 + (bytes < 0x80 ? 1 : bytes < 0x4000 ? 2 : bytes < 0x20_0000 ? 3 : 4);
