/** Puts requests of the v2 API on their way through the log. */

import { InternalRaftRequest, Request } from '#api/gen/raft-internal.ts';
import type { EventId } from '#kernel/brand.ts';
import { bytesOfText } from '#v2/go-text.ts';
import type { Parts } from '#etcd/parts.ts';
import { register } from '#etcd/propose.ts';
import type { Waiter } from '#etcd/proposals.ts';

/** Fields of a request, with texts instead of bytes. */
export interface V2Fields extends Partial<Omit<Request, 'ID' | 'Path' | 'Val' | 'PrevValue'>> {
  readonly path: string;
  readonly value?: string;
  readonly prevValue?: string;
}

/** Puts a v2 request on its way through the log. */
export function proposeV2(m: Parts, waiter: Waiter, { path, value = '', prevValue = '', ...fields }: V2Fields, cause: EventId): void {
  const id = m.ids.next();
  const bytes = { Path: bytesOfText(path), Val: bytesOfText(value), PrevValue: bytesOfText(prevValue) };
  const v2 = Request.create({ ...fields, ...bytes, ID: id });
  register(m, { id, waiter, data: InternalRaftRequest.encode(InternalRaftRequest.create({ ID: id, v2 })).finish() }, cause);
}
