/** Which member a client's endpoint means: client URLs of the members and, for plain HTTP, their peer URLs, with localhost and 127.0.0.1 as one host (DESIGN §5). */

import type { MemberConfig } from '#etcd/contract.ts';

const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);

/** `host:port` in one form; undefined if it is neither an address nor an http(s) URL. */
function normalise(endpoint: string): string | undefined {
  const match = /^(?:(?:https?|unix|unixs):\/\/)?(\[[0-9a-fA-F:]+\]|[^/:@\s]+):(\d{1,5})\/*$/.exec(endpoint.trim());
  if (match === null) return undefined;
  const host = (match[1] ?? '').toLowerCase();
  return `${LOCAL.has(host) ? '127.0.0.1' : host}:${match[2] ?? ''}`;
}

/** Number of the member that listens there, 0 if nobody does. */
export function memberAt(configs: readonly MemberConfig[], endpoint: string): number {
  const wanted = normalise(endpoint);
  if (wanted === undefined) return 0;
  return configs.findIndex((config) => [...config.clientUrls, ...config.peerUrls].some((url) => normalise(url) === wanted)) + 1;
}
