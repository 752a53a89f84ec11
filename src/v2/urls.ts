/** Peer URLs as etcd takes them (client/pkg/types, NewURLs): Go's url.Parse, then etcd's own rules, each with its text. */

export type UrlsResult = { readonly ok: true; readonly urls: readonly string[] } | { readonly ok: false; readonly message: string };

/** Why Go cannot parse a URL; '' if it can. Covers what a URL of a member may look like, not all of RFC 3986. */
function parseProblem(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'net/url: invalid control character in URL';
  if (text.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === undefined) return /^[^/]*:/.test(text) ? 'first path segment in URL cannot contain colon' : '';
  const host = /^[^:]*:\/\/([^/?#]*)/.exec(text)?.[1];
  if (host === undefined) return '';
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(host)?.[0];
  if (bad !== undefined) return `invalid URL escape ${JSON.stringify(bad)}`;
  const odd = /[ "<>\\^`{|}]/.exec(host)?.[0];
  if (odd !== undefined) return `invalid character ${JSON.stringify(odd)} in host name`;
  const port = /:[^:\]]*$/.exec(host)?.[0];
  return port !== undefined && !/^:\d*$/.test(port) ? `invalid port ${JSON.stringify(port)} after host` : '';
}

function problemOf(text: string): string {
  const problem = parseProblem(text);
  if (problem !== '') return `parse ${JSON.stringify(text)}: ${problem}`;
  const [, scheme = '', host = '', path = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(text) ?? [];
  if (!['http', 'https', 'unix', 'unixs'].includes(scheme.toLowerCase())) return `URL scheme must be http, https, unix, or unixs: ${text}`;
  if (!/^(?:[^:[\]]*|\[[^[\]]*\]):\d*$/.test(host)) return `URL address does not have the form "host:port": ${text}`;
  return path === '' ? '' : `URL must not contain a path: ${text}`;
}

/** Checks URLs and sorts them. */
export function parseUrls(texts: readonly string[]): UrlsResult {
  if (texts.length === 0) return { ok: false, message: 'no valid URLs given' };
  const urls: string[] = [];
  for (const text of texts) {
    const url = text.trim();
    const message = problemOf(url);
    if (message !== '') return { ok: false, message };
    urls.push(url);
  }
  return { ok: true, urls: urls.sort() };
}
