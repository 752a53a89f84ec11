/** Puts an output in the order in which it was recorded: what real etcd prints in any order is sorted on both sides. */

import { scanJson, type JsonNode } from '#api/json/scan.ts';
import type { Flag } from '#cli/conformance/etcd/transcript.ts';

/** Applies the flags of a step to one stream of its output. */
export function canonical(output: string, flags: ReadonlySet<Flag>): string {
  let text = output.replaceAll('\r', '');
  if (flags.has('sortlines')) text = sortLines(text);
  if (flags.has('sortmembers')) text = sortMembers(text);
  if (flags.has('sortkeys')) text = sortLeaseKeys(text);
  if (flags.has('sortlist'))
    text = text
      .split('\n')
      .map((line) => line.split(' ').sort().join(' '))
      .join('\n');
  if (flags.has('sortnodes')) text = overJson(text, sortNodes);
  return text;
}

/** The client library's own log lines are no part of what etcdctl says. */
export const withoutClientLog = (text: string): string => text.replace(/^\{"level":"(?:warn|info)".*\n?/gm, '');

function sortLines(text: string): string {
  const isWhole = text.endsWith('\n');
  const lines = (isWhole ? text.slice(0, -1) : text).split('\n').sort();
  return lines.join('\n') + (isWhole ? '\n' : '');
}

const MEMBER_ROW = /^(?:[0-9a-f]{12,16}(?:: name|, |: |\[)|\| [0-9a-f]{12,16} )/;
const withoutId = (row: string): string => row.replace(/^(?:\| )?[0-9a-f]+/, '');

function sortMembers(text: string): string {
  const named = text.replace(
    /(ETCD_INITIAL_CLUSTER=")([^"]*)"/g,
    (_, head: string, list: string) => `${head}${list.split(',').sort().join(',')}"`,
  );
  const lines = named.split('\n');
  const rows = lines.flatMap((line, i) => (MEMBER_ROW.test(line) ? [i] : []));
  const sorted = rows.map((i) => lines[i] ?? '').sort((a, b) => (withoutId(a) < withoutId(b) ? -1 : 1));
  for (const [k, i] of rows.entries()) lines[i] = sorted[k] ?? '';
  return overJson(lines.join('\n'), (node) => {
    if (node.type !== 'object') return node;
    const entries = node.entries.map(([key, value]) => {
      if (key !== 'members' || value.type !== 'array') return [key, value] as const;
      return [key, { ...value, items: value.items.toSorted((a, b) => (urlsOf(a) < urlsOf(b) ? -1 : 1)) }] as const;
    });
    return { ...node, entries };
  });
}

const urlsOf = (node: JsonNode): string => {
  const urls = node.type === 'object' ? node.entries.find(([key]) => key === 'peerURLs')?.[1] : undefined;
  return urls === undefined ? '' : write(urls);
};

function sortNodes(node: JsonNode): JsonNode {
  if (node.type === 'array') return { ...node, items: node.items.map(sortNodes) };
  if (node.type !== 'object') return node;
  const keyOf = (n: JsonNode): string => {
    const key = n.type === 'object' ? n.entries.find(([name]) => name === 'key')?.[1] : undefined;
    return key?.type === 'string' ? key.text : '';
  };
  const entries = node.entries.map(([name, value]) => {
    const inner = sortNodes(value);
    if (name !== 'nodes' || inner.type !== 'array') return [name, inner] as const;
    return [name, { ...inner, items: inner.items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) }] as const;
  });
  return { ...node, entries };
}

const sortLeaseKeys = (text: string): string =>
  text
    .replace(/attached keys\(\[(.*?)\]\)/g, (_, keys: string) => `attached keys([${keys.split(' ').sort().join(' ')}])`)
    .replace(/"keys":\[(.*?)\]/g, (_, keys: string) => `"keys":[${keys.split(',').sort().join(',')}]`)
    .replace(/(?:^"Key" : .*\n){2,}/gm, (rows) => sortLines(rows));

/** Rewrites the first JSON object of a text, keeping every number as it is spelled. */
function overJson(text: string, change: (node: JsonNode) => JsonNode): string {
  const match = /\{".*\}/s.exec(text);
  if (match === null) return text;
  const scanned = scanJson(match[0]);
  if (scanned.type === 'error') return text;
  return text.slice(0, match.index) + write(change(scanned.node)) + text.slice(match.index + match[0].length);
}

function write(node: JsonNode): string {
  switch (node.type) {
    case 'null':
      return 'null';
    case 'bool':
      return `${node.value}`;
    case 'number':
      return node.text;
    case 'string':
      return JSON.stringify(node.text);
    case 'array':
      return `[${node.items.map(write).join(',')}]`;
    case 'object':
      return `{${node.entries.map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`;
  }
}
