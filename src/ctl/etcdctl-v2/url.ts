/** Addresses as Go's net/url reads and writes them, as far as the v2 client needs them. */

import { goQuote } from '#ctl/duration.ts';
import { utf8 } from '#kernel/bytes.ts';

/** An endpoint of the v2 client. */
export type Endpoint = {
  /** As it was given, without a trailing slash; what messages and requests begin with. */
  readonly base: string;
  readonly scheme: string;
  /** `host:port`, where the connection goes. */
  readonly address: string;
};

export type EndpointResult = { readonly type: 'ok'; readonly endpoint: Endpoint } | { readonly type: 'error'; readonly message: string };

/** Reads an endpoint. A bare `host:port` is a URL without a scheme for a name, and none at all for a number, as in Go. */
export function parseEndpoint(text: string): EndpointResult {
  const error = (why: string): EndpointResult => ({ type: 'error', message: `parse ${goQuote(text)}: ${why}` });
  if (text.startsWith(':')) return error('missing protocol scheme');
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === undefined && /^[^/]*:/.test(text)) return error('first path segment in URL cannot contain colon');
  const full = scheme === undefined ? `http://${text}` : text;
  const match = /^[^:]+:\/\/([^/?#]*)/.exec(full);
  const authority = match?.[1]?.replace(/^.*@/, '') ?? '';
  const port = /:([^:\]]*)$/.exec(authority)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return error(`invalid port ${goQuote(`:${port}`)} after host`);
  const host = port === undefined ? authority : authority.slice(0, authority.length - port.length - 1);
  return {
    type: 'ok',
    endpoint: {
      base: full.replace(/\/+$/, ''),
      scheme: (scheme ?? 'http').toLowerCase(),
      address: `${host}:${port === undefined || port === '' ? '80' : port}`,
    },
  };
}

const escapeBytes = (text: string, keep: RegExp): string => {
  let out = '';
  for (const byte of utf8(text)) {
    const ch = String.fromCharCode(byte);
    out += keep.test(ch) ? ch : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
};

/** A path as Go writes it in a URL. */
export const escapePath = (path: string): string => escapeBytes(path, /[A-Za-z0-9\-_.~$&+,/:;=@]/);
const escapeQuery = (text: string): string => escapeBytes(text, /[A-Za-z0-9\-_.~ ]/).replaceAll(' ', '+');

/** Go's url.Values.Encode: sorted by name. */
export const encodeValues = (values: Readonly<Record<string, string>>): string =>
  Object.keys(values)
    .toSorted()
    .map((k) => `${escapeQuery(k)}=${escapeQuery(values[k] ?? '')}`)
    .join('&');

/** The path of a key under `/v2/keys`: cleaned, with its trailing slash kept. */
export function keyPath(key: string): string {
  const path = `/v2/keys${key === '' || key.startsWith('/') ? key : `/${key}`}`;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  return path.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}
