/** The request that curl sends, and what `-v` says of it. */

import { base64 } from '#kernel/base64.ts';
import { EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { ProgramEffect } from '#ctl/program.ts';
import type { CurlOptions } from '#ctl/http/curl-options.ts';
import { err, type CurlState, type Header } from '#ctl/http/curl-state.ts';
import { withQuery, type Url } from '#ctl/http/url.ts';

const VERSION = 'curl/7.88.1';
/** A member that has not refused by then has a connection, as far as `-v` says. */
export const CONNECTED_TIMER = 2;
const CONNECTED_MICROS = 100_000;

/** Sends the request. */
export function open(state: CurlState, url: Url): { readonly state: CurlState; readonly effects: readonly ProgramEffect[] } {
  const { options } = state;
  const data = options.data === undefined || state.asGet ? undefined : inputText(state) + options.data;
  const hasBody = data !== undefined && !options.get;
  const body = hasBody ? utf8(data) : EMPTY_BYTES;
  const method = options.method ?? (options.head ? 'HEAD' : hasBody ? 'POST' : 'GET');
  const target = options.get && data !== undefined && state.redirects === 0 ? withQuery(url.target, data) : url.target;
  const headers = requestHeaders(options, url.host, body, hasBody);
  const call = state.call + 1;
  const { number } = state.connection;
  const isReused = state.connection.endpoint === url.endpoint;
  const connection = { number: isReused || state.connection.endpoint === undefined ? number : number + 1, endpoint: url.endpoint };
  const sent: CurlState = { ...state, ...url, connection, target, method, call, status: 0, headers: [] };
  const lines = headers.map(([k, v]) => `> ${k}: ${v}\r\n`).join('');
  const request = `> ${method} ${target} HTTP/1.1\r\n${lines}> \r\n${bytesLine(sent, '}', body.length)}`;
  const said = isReused
    ? `* Re-using existing connection #${number} with host ${hostOf(url.endpoint)}\n`
    : `*   Trying ${addressOf(url.endpoint)}:${portOf(url.endpoint)}...\n`;
  const connected = `* Connected to ${hostOf(url.endpoint)} (${addressOf(url.endpoint)}) port ${portOf(url.endpoint)} (#${connection.number})\n`;
  const auth = options.user === undefined ? '' : `* Server auth using Basic with user '${options.user.replace(/:.*$/s, '')}'\n`;
  return {
    state: { ...sent, unsaid: options.verbose ? (isReused ? '' : connected) + auth + request : '' },
    effects: [
      ...(options.verbose ? [err(said), { type: 'timer', timer: CONNECTED_TIMER, afterMicros: CONNECTED_MICROS } as const] : []),
      { type: 'open-http', call, endpoint: url.endpoint, method, target, headers, body },
    ],
  };
}

/** What `-v` says of bytes that do not go over the terminal. */
export const bytesLine = ({ terminal, place, options }: CurlState, mark: string, length: number): string =>
  options.verbose && length > 0 && (!terminal || place.discard || place.output !== undefined) ? `${mark} [${length} bytes data]\n` : '';
export const hostOf = (endpoint: string): string => endpoint.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
export const portOf = (endpoint: string): string => /\d+$/.exec(endpoint)?.[0] ?? '';
export const addressOf = (endpoint: string): string => (hostOf(endpoint) === 'localhost' ? '127.0.0.1' : hostOf(endpoint));

function requestHeaders(options: CurlOptions, host: string, body: Bytes, hasBody: boolean): readonly Header[] {
  const own = options.headers.flatMap((line): readonly Header[] => {
    const cut = line.indexOf(':');
    return cut <= 0 ? [] : [[line.slice(0, cut).trim(), line.slice(cut + 1).trim()]];
  });
  const defaults: readonly Header[] = [
    ['Host', host],
    ...(options.user === undefined ? [] : [['Authorization', `Basic ${base64(utf8(options.user))}`] as const]),
    ['User-Agent', VERSION],
    ['Accept', '*/*'],
    ...(hasBody ? [['Content-Length', String(body.length)] as const, ['Content-Type', 'application/x-www-form-urlencoded'] as const] : []),
  ];
  const named = new Set(own.map(([k]) => k.toLowerCase()));
  return [...defaults.filter(([k]) => !named.has(k.toLowerCase())), ...own.filter(([, v]) => v !== '')];
}

/** Without its line ends, unless they are to be kept. */
const inputText = (state: CurlState): string => {
  const text = fromUtf8(state.input);
  return state.options.dataBinary ? text : text.replace(/[\r\n]/g, '');
};
