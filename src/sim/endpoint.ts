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

/** Whether a member's process answers there: it listens, or has told others so. */
export function listensAt(config: MemberConfig, endpoint: string): boolean {
  const wanted = normalise(endpoint);
  const urls = [...config.clientUrls, ...config.peerUrls, ...config.listenClientUrls, ...config.listenPeerUrls];
  return wanted !== undefined && urls.some((url) => normalise(url) === wanted);
}

/** A place that a member has, and when it was started last: a counter over the world's starts. */
interface Listener {
  readonly actor: number;
  readonly config: MemberConfig;
  readonly startedAs: number;
}

/** Number of the member that listens there, 0 if nobody does. Of several that had the address the one that was started last has it. */
export function memberAt(listeners: readonly Listener[], endpoint: string): number {
  let best: Listener | undefined;
  for (const one of listeners) if (listensAt(one.config, endpoint) && (best === undefined || one.startedAs > best.startedAs)) best = one;
  return best?.actor ?? 0;
}
