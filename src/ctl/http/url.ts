/** Addresses of HTTP requests: cut apart, joined for a redirect, percent-encoded. */

import { statusTextOf } from '#api/json/gateway.ts';
import { utf8 } from '#kernel/bytes.ts';

export interface Url {
  /** `host:port`, the port always there. */
  readonly endpoint: string;
  /** As the Host header names it. */
  readonly host: string;
  /** Path and query, beginning with `/`. */
  readonly target: string;
}

export type UrlResult =
  { readonly type: 'ok'; readonly url: Url } | { readonly type: 'error'; readonly reason: 'malformed' | 'scheme'; readonly scheme: string };

/** Reads an address; `http://` may be left out. */
export function parseUrl(text: string): UrlResult {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http') return { type: 'error', reason: 'scheme', scheme };
  const rest = scheme === undefined ? text : text.slice(7);
  const match = /^(?:[^/?#@]*@)?(\[[0-9a-fA-F:.]+\]|[^/?#:\s]+)(?::(\d{1,5}))?([/?][^#\s]*)?(?:#.*)?$/.exec(rest);
  if (match === null) return { type: 'error', reason: 'malformed', scheme: scheme ?? '' };
  const [, name = '', port, tail = '/'] = match;
  return {
    type: 'ok',
    url: {
      endpoint: `${name}:${port ?? '80'}`,
      host: port === undefined ? name : `${name}:${port}`,
      target: withoutDots(tail.startsWith('/') ? tail : `/${tail}`),
    },
  };
}

/** Resolves `.` and `..` in the path, as curl does before it sends one. */
function withoutDots(target: string): string {
  const cut = target.indexOf('?');
  const path = cut < 0 ? target : target.slice(0, cut);
  const query = target.slice(path.length);
  const out: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '..') out.pop();
    if (part !== '.' && part !== '..') out.push(part);
    else if (last) out.push('');
  }
  return `/${out.join('/')}${query}`;
}

/** Where a Location header leads. */
export function redirectTarget(from: Url, location: string): UrlResult {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return parseUrl(location);
  const base = from.target.replace(/[?#].*$/, '').replace(/[^/]*$/, '');
  return { type: 'ok', url: { endpoint: from.endpoint, host: from.host, target: location.startsWith('/') ? location : base + location } };
}

/** Percent-encodes everything but letters, digits and `-._~`. */
export function percentEncode(text: string): string {
  let out = '';
  for (const byte of utf8(text)) {
    const ch = String.fromCharCode(byte);
    out += /[A-Za-z0-9._~-]/.test(ch) ? ch : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Adds a query to a target. */
export const withQuery = (target: string, query: string): string =>
  query === '' ? target : `${target}${target.includes('?') ? '&' : '?'}${query}`;

/** The first line of a response as Go's server writes it. */
export const statusLine = (status: number): string => `HTTP/1.1 ${status} ${statusTextOf(status) || `status code ${status}`}`;
