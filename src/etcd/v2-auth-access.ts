/**
 * Who may use which keys of the v2 API (etcdserver/api/v2auth). Users, roles and whether they count are kept in the v2 store itself, under
 * `/2`; etcd looks them up with each request, which its counters of reads show.
 */

import { nanosOf } from '#etcd/v2-store.ts';
import type { HttpItem } from '#etcd/http-ask.ts';
import type { Parts } from '#etcd/parts.ts';

const AUTH = '/2';

/** Whether users and roles count. */
export function isAuthEnabled(m: Parts): boolean {
  const result = m.machine.v2.get(`${AUTH}/enabled`, { recursive: false, sorted: false }, nanosOf(m));
  return result.ok && result.event.node.value === 'true';
}

/** Whether a request may change the cluster. */
export const mayAdminister = (m: Parts, _item: HttpItem): boolean => !isAuthEnabled(m);

/** Whether a request may use a key. @param _path of the key as it was sent, without `/v2/keys` */
export function mayUseKey(m: Parts, _item: HttpItem, _path: string, _recursive: boolean): boolean {
  return !isAuthEnabled(m);
}
