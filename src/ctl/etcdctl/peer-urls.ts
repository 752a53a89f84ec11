/** The rules that etcd has for peer URLs. */

import { goQuote } from '#ctl/duration.ts';

/** What is wrong with one of the URLs, in etcd's words; undefined if they are all right. */
export function peerUrlProblem(urls: readonly string[]): string | undefined {
  for (const url of urls) {
    if (/^[^/a-zA-Z][^/]*:/.test(url)) return `parse ${goQuote(url)}: first path segment in URL cannot contain colon`;
    const match = /^([a-z]+):\/\/([^/]*)(\/.*)?$/.exec(url);
    if (match === null || !['http', 'https', 'unix', 'unixs'].includes(match[1] ?? ''))
      return `URL scheme must be http, https, unix, or unixs: ${url}`;
    if (!/:\d+$/.test(match[2] ?? '')) return `URL address does not have the form "host:port": ${url}`;
    if (match[3] !== undefined) return `URL must not contain a path: ${url}`;
  }
  return undefined;
}
