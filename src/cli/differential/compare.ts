/**
 * Holds two answers against each other. What rightly differs between two runs of one etcd is made equal first: the date, ids that a server
 * chose (by the names under which the sequence captured them), a remaining time to live, the order of a lease's keys and of alarms
 * (Go's maps have none), file sizes.
 */

import type { Answer } from '#cli/differential/operation.ts';

/** What a server chose itself, by the sequence's name for it: the newest of a name for later steps, all of them for comparing. */
export class Captures {
  readonly #newest = new Map<string, string>();
  readonly #all: (readonly [name: string, value: string])[] = [];

  add(name: string, value: string): void {
    this.#newest.set(name, value);
    this.#all.push([`${name} ${this.#all.length}`, value]);
  }

  get(name: string): string | undefined {
    return this.#newest.get(name);
  }

  all(): readonly (readonly [name: string, value: string])[] {
    return this.#all;
  }
}

/** A remaining time to live may differ by this much, in seconds: on a busy machine a sequence takes a while. Short leases are waited for. */
const TTL_SLACK = 60n;
const SHOWN_MAX = 1200;

/** Names that a capture has not filled are replaced by this: an id that nobody has. */
const UNKNOWN = '1';

/** Puts what this server chose in the place of names. */
export const substituted = (text: string, captures: Captures): string =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => captures.get(name) ?? UNKNOWN);

/** Ids as errors write them, in hex. */
const hexOf = (value: string): string | undefined => (/^\d{6,20}$/.test(value) ? BigInt(value).toString(16) : undefined);

function canonicalBody(body: string, captures: Captures): string {
  let text = body;
  for (const [name, value] of captures.all()) {
    text = text.replaceAll(value, `{{${name}}}`);
    // A lease's key in lock and election names it in hex, and comes in base64.
    const hex = hexOf(value);
    if (hex !== undefined) text = text.replaceAll(hex, `{{hex ${name}}}`);
  }
  return streamsApart(text)
    .replace(/"(dbSize|dbSizeInUse)":"\d+"/g, '"$1":"…"')
    .replace(
      /"(members|alarms)":\[([^[\]]*(?:\[[^\]]*\][^[\]]*)*)\]/g,
      (_, name: string, items: string) =>
        `"${name}":[${items
          .split(/(?<=\}),/)
          .sort()
          .join(',')}]`,
    )
    .replace(/"(keys|errors)":\[([^\]]*)\]/g, (_, name: string, items: string) => `"${name}":[${items.split(',').sort().join(',')}]`);
}

/** Watchers of one stream hear of a change in any order: each one's answers are put together. */
function streamsApart(body: string): string {
  if (!body.startsWith('{"result":')) return body;
  const watcher = (line: string): number => Number(/"watch_id":"(-?\d+)"/.exec(line)?.[1] ?? 0);
  return body
    .split(/(?<=\n)/)
    .sort((a, b) => watcher(a) - watcher(b))
    .join('');
}

const TTL = /"TTL":"(-?\d+)"/g;

/** The second text with the first one's remaining times where they are close enough. */
function withTimesOf(expected: string, actual: string): string {
  const times = [...expected.matchAll(TTL)].map((match) => BigInt(match[1] ?? '0'));
  let at = 0;
  return actual.replace(TTL, (whole, text: string) => {
    const wanted = times[at++];
    const missing = wanted === undefined ? undefined : wanted - BigInt(text);
    return missing !== undefined && missing >= -TTL_SLACK && missing <= TTL_SLACK ? `"TTL":"${wanted}"` : whole;
  });
}

/** An answer without what Go's maps and the leader's own proposals decide: the order of a listing of v2 keys, Raft's index, times. */
export function loosened(answer: Answer): Answer {
  const body = answer.body
    .split(/(?<=\n)/)
    .map(loosenedLine)
    .join('');
  // How long a time is depends on its nanoseconds; what HEAD does not show may have one.
  const hasTimes = body === '' || body.includes('"expiration":"…"');
  const headers = answer.headers
    .filter((line) => !hasTimes || !LENGTH.test(line))
    .map((line) => (line.startsWith('X-Raft-Index: ') ? 'X-Raft-Index: …' : line));
  return { ...answer, headers, body };
}

function loosenedLine(line: string): string {
  if (!line.startsWith('{')) return line;
  const timeless = line.replace(/"expiration":"[^"]*"/g, '"expiration":"…"').replace(/"ttl":\d{2,}/g, '"ttl":"…"');
  if (!timeless.includes('"nodes":[')) return timeless;
  const end = timeless.endsWith('\n') ? '\n' : '';
  return `${JSON.stringify(JSON.parse(timeless), (_, item: unknown) => (isListing(item) ? sortedNodes(item) : item))}${end}`;
}

interface Listing {
  readonly nodes: readonly { readonly key?: string }[];
}
const isListing = (item: unknown): item is Listing =>
  typeof item === 'object' && item !== null && 'nodes' in item && Array.isArray(item.nodes);
const sortedNodes = (item: Listing): Listing => ({
  ...item,
  nodes: [...item.nodes].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1)),
});

/** Headers that say nothing about etcd: the date, and how the connection is kept. */
const LEFT_OUT = /^(?:date|connection|keep-alive):/i;
const LENGTH = /^(?:content-length|transfer-encoding):/i;

function headersOf({ headers }: Answer, withLength: boolean): string {
  return headers.filter((line) => !LEFT_OUT.test(line) && (withLength || !LENGTH.test(line))).join('\n');
}

/**
 * What differs, as text to print; undefined if the answers are equal.
 * @param headOnly the bodies say what depends on the machine
 */
export function answersDiffer(
  expected: { readonly answer: Answer; readonly captures: Captures },
  actual: { readonly answer: Answer; readonly captures: Captures },
  headOnly = false,
): string | undefined {
  const [a, b] = [expected.answer, actual.answer];
  // A panic in a handler closes the connection of real etcd; there is nothing to compare with.
  if (a.outcome === 'broken') return undefined;
  const lines: string[] = [];
  const add = (what: string, wanted: string, got: string): void => {
    if (wanted !== got) lines.push(`  ${what}: real  ${shorten(wanted)}`, `  ${' '.repeat(what.length)}  here  ${shorten(got)}`);
  };
  const wanted = headOnly ? '' : canonicalBody(a.body, expected.captures);
  const got = headOnly ? '' : withTimesOf(wanted, canonicalBody(b.body, actual.captures));
  add('outcome', a.outcome, b.outcome);
  add('status', `${a.status}`, `${b.status}`);
  // The length of a body with ids or times in it is no fact of its own.
  const isExact = !headOnly && a.body === wanted && b.body === got;
  add('headers', headersOf(a, isExact), headersOf(b, isExact));
  add('body', wanted, got);
  return lines.length === 0 ? undefined : lines.join('\n');
}

const shorten = (text: string): string => {
  const shown = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return shown.length > SHOWN_MAX ? `${shown.slice(0, SHOWN_MAX)}… (${shown.length})` : shown;
};
