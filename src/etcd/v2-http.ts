/** The paths of the v2 API (`--enable-v2`) and who serves them. */

import { framingOf, isRefused, type Ask } from '#etcd/http-ask.ts';
import { sendWhole } from '#etcd/http-head.ts';
import type { Parts } from '#etcd/parts.ts';
import { serveAuth } from '#etcd/v2-auth.ts';
import { serveKeys } from '#etcd/v2-keys.ts';
import { serveMembers } from '#etcd/v2-members.ts';
import { serveStats } from '#etcd/v2-stats.ts';

const isUnder = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);

/** Serves a request of the v2 API. @returns false if it is none */
export function serveV2(m: Parts, ask: Ask): boolean {
  const { path } = ask;
  if (isUnder(path, '/v2/keys')) serveKeys(m, ask);
  else if (isUnder(path, '/v2/members')) serveMembers(m, ask);
  else if (path === '/v2/machines') serveMachines(m, ask);
  else if (path === '/v2/stats/store') serveStats(m, ask, 'store');
  else if (path === '/v2/stats/self') serveStats(m, ask, 'self');
  else if (path === '/v2/stats/leader') serveStats(m, ask, 'leader');
  else return serveAuth(m, ask);
  return true;
}

/** The client URLs of all members, as text. */
function serveMachines(m: Parts, ask: Ask): void {
  if (isRefused(m, ask, 'GET', 'HEAD')) return;
  const urls = m.machine.cluster.list().flatMap(({ clientUrls }) => clientUrls);
  const framing = { ...framingOf(ask, 200), detected: 'text/plain; charset=utf-8' };
  sendWhole(m, ask.item.id, framing, urls.toSorted().join(', '), ask.event);
}
