/** `http`: HTTPie's way of writing requests (`http PUT url name==value`), as the tutorials use it. */

import { base64 } from '#kernel/base64.ts';
import { scanJson, type JsonNode } from '#api/json/scan.ts';
import { concatBytes, EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { Program, ProgramEffect, ProgramEvent, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { parseUrl, percentEncode, statusLine, withQuery } from '#ctl/http/url.ts';

type Header = readonly [string, string];
type HttpieState = {
  readonly head: boolean;
  readonly body: boolean;
  readonly pretty: boolean;
  readonly headers: readonly Header[];
  readonly status: number;
  readonly received: Bytes;
  readonly stream: boolean;
};

const USAGE =
  'usage:\n    http [METHOD] URL [REQUEST_ITEM ...]\n\n  name==value   in the query      name=value   in the JSON body (with -f in a form)\n  name:=json    raw JSON          Name:value   a header\n  -v  the request too   -h  headers only   -b  body only   -f  form\n';

const step = (state: Plain, effects: readonly ProgramEffect[]): ProgramStep => ({ state, effects });
const out = (text: string): ProgramEffect => ({ type: 'stdout', data: utf8(text) });
const err = (text: string): ProgramEffect => ({ type: 'stderr', data: utf8(text) });

interface Items {
  readonly query: string[];
  readonly headers: Header[];
  /** Names and JSON texts. */
  readonly body: (readonly [string, string])[];
  readonly form: string[];
}

/** Sorts an item into its place; false if it is none. */
function addItem(items: Items, text: string): boolean {
  const match = /^([^:=]+)(==|:=|=|:)([\s\S]*)$/.exec(text);
  if (match === null) return false;
  const [, name = '', separator, value = ''] = match;
  if (separator === '==') items.query.push(`${percentEncode(name)}=${percentEncode(value)}`);
  else if (separator === ':') items.headers.push([name, value]);
  else {
    items.body.push([name, separator === ':=' ? value : JSON.stringify(value)]);
    items.form.push(`${percentEncode(name)}=${percentEncode(value)}`);
  }
  return true;
}

const LONG: Readonly<Record<string, string>> = {
  '--verbose': '-v',
  '--headers': '-h',
  '--body': '-b',
  '--form': '-f',
  '--json': '-j',
  '--auth': '-a',
};

/** Takes `-a USER:PASSWORD` out of the words. */
function withoutAuth(all: readonly string[]): { readonly words: readonly string[]; readonly auth: string | undefined } {
  const at = all.findIndex((word) => word === '-a' || word.startsWith('--auth='));
  if (at < 0) return { words: all, auth: undefined };
  const glued = all[at]?.startsWith('--auth=') === true;
  return { words: [...all.slice(0, at), ...all.slice(at + (glued ? 1 : 2))], auth: glued ? all[at]?.slice('--auth='.length) : all[at + 1] };
}

function start(s: ProgramStart): ProgramStep {
  const { words, auth } = withoutAuth(s.argv.slice(1).map((word) => LONG[word] ?? word));
  const flags = new Set(words.filter((w) => /^-[vhbfj]+$/.test(w)).join(''));
  const plain = words.filter((w) => !w.startsWith('-'));
  const named = /^[A-Za-z]+$/.test(plain[0] ?? '') && plain.length > 1;
  const [address, ...rest] = named ? plain.slice(1) : plain;
  if (address === undefined || words.includes('--help'))
    return step(null, [address === undefined ? err(USAGE) : out(USAGE), { type: 'exit', code: address === undefined ? 2 : 0 }]);
  const items: Items = { query: [], headers: [], body: [], form: [] };
  for (const item of rest)
    if (!addItem(items, item)) return step(null, [err(`http: error: ${item}: not a request item\n\n${USAGE}`), { type: 'exit', code: 2 }]);
  const url = parseUrl(address.startsWith(':') ? `localhost${address}` : address);
  if (url.type === 'error' && url.scheme === 'https')
    return step(null, [
      err(`http: error: members speak http here: use ${address.replace(/^https/i, 'http')}\n`),
      { type: 'exit', code: 1 },
    ]);
  if (url.type === 'error') return step(null, [err(`http: error: InvalidURL: ${address}\n`), { type: 'exit', code: 1 }]);
  const form = flags.has('f');
  const body =
    items.body.length === 0
      ? EMPTY_BYTES
      : utf8(form ? items.form.join('&') : `{${items.body.map(([k, v]) => `${JSON.stringify(k)}: ${v}`).join(', ')}}`);
  const method = named ? (plain[0] ?? '').toUpperCase() : items.body.length > 0 ? 'POST' : 'GET';
  const target = withQuery(url.url.target, items.query.join('&'));
  const type: readonly Header[] =
    body.length === 0
      ? []
      : [
          ['Content-Type', form ? 'application/x-www-form-urlencoded; charset=utf-8' : 'application/json'],
          ['Content-Length', String(body.length)],
        ];
  const headers: readonly Header[] = [
    ['Host', url.url.host],
    ['User-Agent', 'HTTPie/3.2.1'],
    ['Accept', body.length > 0 && !form ? 'application/json, */*;q=0.5' : '*/*'],
    ...type,
    ...(auth === undefined ? [] : [['Authorization', `Basic ${base64(utf8(auth))}`] as const]),
    ...items.headers,
  ];
  const terminal = s.columns > 0;
  const state: HttpieState = {
    head: flags.has('h') || (!flags.has('b') && terminal),
    body: !flags.has('h'),
    pretty: terminal,
    headers: [],
    status: 0,
    received: EMPTY_BYTES,
    stream: target.includes('stream=true') || /\/v3(beta)?\/watch/.test(target),
  };
  const shown = flags.has('v')
    ? [
        out(
          `${method} ${target} HTTP/1.1\n${headers
            .map(([k, v]) => `${k}: ${v}\n`)
            .toSorted()
            .join('')}\n${body.length > 0 ? `${fromUtf8(body)}\n\n` : ''}\n`,
        ),
      ]
    : [];
  return step(state, [...shown, { type: 'open-http', call: 1, endpoint: url.url.endpoint, method, target, headers, body }]);
}

/** JSON with sorted keys and four blanks a level, as HTTPie formats it. */
function pretty(node: JsonNode, indent: string): string {
  const inner = `${indent}    `;
  switch (node.type) {
    case 'object': {
      const entries = node.entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
      return entries.length === 0
        ? '{}'
        : `{\n${entries.map(([k, v]) => `${inner}${JSON.stringify(k)}: ${pretty(v, inner)}`).join(',\n')}\n${indent}}`;
    }
    case 'array':
      return node.items.length === 0 ? '[]' : `[\n${node.items.map((i) => inner + pretty(i, inner)).join(',\n')}\n${indent}]`;
    case 'string':
      return JSON.stringify(node.text);
    case 'number':
      return node.text;
    case 'bool':
      return String(node.value);
    case 'null':
      return 'null';
  }
}

function shownBody(state: HttpieState): string {
  const text = fromUtf8(state.received);
  if (!state.pretty) return text;
  const scanned = scanJson(text);
  return `${scanned.type === 'ok' ? pretty(scanned.node, '') : text}\n\n`;
}

function onEvent(plain: Plain, event: ProgramEvent): ProgramStep {
  const state = plain as HttpieState | null; // what this program returned before
  if (state === null) return step(plain, []);
  if (event.type === 'signal') return step(state, [{ type: 'exit', code: event.signal === 'INT' ? 130 : 143 }]);
  if (event.type !== 'call') return step(plain, []);
  const call = event.event;
  switch (call.type) {
    case 'http-head': {
      const headers = call.headers
        .map(([k, v]) => `${k}: ${v}\n`)
        .toSorted()
        .join('');
      return step(
        { ...state, headers: call.headers, status: call.status },
        state.head ? [out(`${statusLine(call.status)}\n${headers}\n`)] : [],
      );
    }
    case 'http-body': {
      if (state.stream && !call.last) return step(state, state.body ? [{ type: 'stdout', data: call.body }] : []);
      const received = concatBytes([state.received, call.body]);
      const next = { ...state, received };
      return call.last
        ? step(next, [...(state.body && received.length > 0 ? [out(shownBody(next))] : []), { type: 'exit', code: 0 }])
        : step(next, []);
    }
    case 'refused':
      return step(state, [err('http: error: ConnectionError: [Errno 111] Connection refused\n'), { type: 'exit', code: 1 }]);
    default:
      return step(state, [err('http: error: ConnectionError: Connection aborted\n'), { type: 'exit', code: 1 }]);
  }
}

/** The program `http`. */
export const httpie: Program = { start, step: (state, event) => onEvent(state, event) };
