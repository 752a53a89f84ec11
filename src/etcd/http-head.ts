/** HTTP answers framed as Go's server and etcd's handlers frame them: order of headers, date, length or chunks. */

import type { EventId } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { civilDate } from '#kernel/calendar.ts';
import type { CallId } from '#etcd/contract.ts';
import type { Parts } from '#etcd/parts.ts';
import { wallMillis } from '#etcd/time-of-day.ts';

export type Header = readonly [name: string, value: string];

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => `${n}`.padStart(2, '0');

/** A time as HTTP writes it: `Mon, 01 Jan 2024 00:00:00 GMT`. @param millis Unix milliseconds, not negative */
export function httpDate(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds % 86_400;
  const { year, month, day } = civilDate(days);
  const time = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${DAYS[days % 7] ?? ''}, ${two(day)} ${MONTHS[month - 1] ?? ''} ${year} ${time} GMT`;
}

/** What the client port adds to every answer. */
const CORS: readonly Header[] = [
  ['Access-Control-Allow-Headers', 'accept, content-type, authorization'],
  ['Access-Control-Allow-Methods', 'POST, GET, OPTIONS, PUT, DELETE'],
  ['Access-Control-Allow-Origin', '*'],
];

/** Go's server knows the length of an answer that fits its buffer; a longer one goes in chunks. */
const BUFFER_BYTES = 2048;

/** How an answer is framed besides its body. */
export interface Framing {
  readonly status: number;
  /** Set explicitly by the handler; sent sorted by name. */
  readonly headers?: readonly Header[];
  /** The type that Go finds out by itself when the handler set none: it comes last. */
  readonly detected?: string;
  /** In chunks, whatever the length. */
  readonly chunked?: boolean;
  /** The peer port adds no CORS headers. */
  readonly isPeer?: boolean;
  /** An answer to HEAD has the headers alone. */
  readonly isHead?: boolean;
}

/** Sends the head of an answer. @param length of the body; undefined: chunks */
export function sendHead(m: Parts, id: CallId, framing: Framing, length: number | undefined, event: EventId): void {
  const { status, headers = [], detected, isPeer = false } = framing;
  const now = wallMillis(m);
  m.out.reply(
    {
      type: 'http-head',
      id,
      status,
      headers: [
        ...(isPeer ? headers : [...CORS, ...headers]).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
        ['Date', httpDate(now)],
        // Nothing is said of a length where there is no body by the status, or where HEAD would have had chunks or a page of a redirect.
        ...(status === 204 || (framing.isHead === true && (status === 301 || length === undefined))
          ? []
          : [length === undefined ? (['Transfer-Encoding', 'chunked'] as const) : (['Content-Length', `${length}`] as const)]),
        ...(detected === undefined ? [] : [['Content-Type', detected] as const]),
      ],
    },
    event,
  );
}

/** Sends a whole answer. */
export function sendWhole(m: Parts, id: CallId, framing: Framing, body: string | Bytes, event: EventId): void {
  const bytes = typeof body === 'string' ? utf8(body) : body;
  const isChunked = framing.chunked === true || bytes.length > BUFFER_BYTES;
  sendHead(m, id, framing, isChunked ? undefined : bytes.length, event);
  m.out.reply({ type: 'http-body', id, body: framing.isHead === true ? EMPTY_BYTES : bytes, last: true }, event);
}

/** A plain error as Go's http.Error writes it. @param extra headers that sort before Content-Type */
export function sendPlainError(m: Parts, id: CallId, framing: Framing, text: string, event: EventId): void {
  const headers: readonly Header[] = [
    ...(framing.headers ?? []),
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['X-Content-Type-Options', 'nosniff'],
  ];
  sendWhole(m, id, { ...framing, headers }, `${text}\n`, event);
}
