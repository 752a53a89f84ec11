/** curl, as far as etcd's documentation and tutorials use it. */

import { base64 } from '#api/json/base64.ts';
import { concatBytes, EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { FileAnswer } from '#ctl/file-request.ts';
import type { CallEvent, Program, ProgramEffect, ProgramEvent, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { parseCurl, type CurlOptions } from '#ctl/http/curl-options.ts';
import { parseUrl, redirectTarget, statusLine, withQuery, type Url } from '#ctl/http/url.ts';

type Header = readonly [string, string];

/** A transfer under way; plain data. */
type CurlState = {
  readonly options: CurlOptions;
  readonly endpoint: string;
  readonly host: string;
  readonly target: string;
  readonly input: Bytes;
  readonly call: number;
  readonly redirects: number;
  readonly status: number;
  readonly headers: readonly Header[];
  readonly received: number;
  readonly startedMicros: number;
  /** Output that waits, as in stdio's buffer, because it goes into a pipe; undefined on a terminal or with -N. */
  readonly held: Bytes | undefined;
  /** What goes into the file of `-o`, and the exit code that waits for its writing. */
  readonly saved: Bytes;
  readonly ending: number | undefined;
};

const DEADLINE_TIMER = 1;
/** Numbers of the questions about files. */
const DATA_FILE = 1;
const OUTPUT_FILE = 2;
const WRITE_ERROR = 23;
const REDIRECTS_MAX = 50;
const VERSION = 'curl/7.88.1';
/** stdio's buffer of a pipe. */
const HELD_BYTES_MAX = 4096;

const out = (data: string | Bytes): ProgramEffect => ({ type: 'stdout', data: typeof data === 'string' ? utf8(data) : data });
const err = (text: string): ProgramEffect => ({ type: 'stderr', data: utf8(text) });
const step = (state: CurlState | null, effects: readonly ProgramEffect[]): ProgramStep => ({ state, effects });

/** Ends with curl's error, unless it is to be silent. */
function failure(options: CurlOptions, code: number, message: string): readonly ProgramEffect[] {
  const quiet = options.silent && !options.showError;
  return [...(quiet ? [] : [err(`curl: (${code}) ${message}\n`)]), { type: 'exit', code }];
}

function start(s: ProgramStart): ProgramStep {
  const parsed = parseCurl(s.argv.slice(1));
  if (parsed.type === 'exit')
    return step(null, [
      ...(parsed.stdout === '' ? [] : [out(parsed.stdout)]),
      ...(parsed.stderr === '' ? [] : [err(parsed.stderr)]),
      { type: 'exit', code: parsed.code },
    ]);
  const { options } = parsed;
  const url = parseUrl(options.url);
  if (url.type === 'error') {
    if (url.reason === 'scheme') return step(null, failure(options, 1, `Protocol "${url.scheme}" not supported here: members speak http`));
    return step(null, failure(options, 3, 'URL using bad/illegal format or missing URL'));
  }
  const state: CurlState = {
    options,
    ...url.url,
    input: EMPTY_BYTES,
    call: 0,
    redirects: 0,
    status: 0,
    headers: [],
    received: 0,
    startedMicros: s.now,
    held: options.output !== undefined || s.columns > 0 || options.noBuffer ? undefined : EMPTY_BYTES,
    saved: EMPTY_BYTES,
    ending: undefined,
  };
  const timer: readonly ProgramEffect[] =
    options.maxTime > 0 ? [{ type: 'timer', timer: DEADLINE_TIMER, afterMicros: Math.round(options.maxTime * 1e6) }] : [];
  if (options.dataFromInput) return step(state, timer);
  if (options.dataFile !== undefined)
    return step(state, [...timer, { type: 'file', file: DATA_FILE, request: { type: 'read', path: options.dataFile } }]);
  const opened = open(state, url.url);
  return step(opened.state, [...timer, ...opened.effects]);
}

/** Sends the request. */
function open(state: CurlState, url: Url): { readonly state: CurlState; readonly effects: readonly ProgramEffect[] } {
  const { options } = state;
  const data = options.data === undefined ? undefined : inputText(state) + options.data;
  const hasBody = data !== undefined && !options.get;
  const body = hasBody ? utf8(data) : EMPTY_BYTES;
  const method = options.method ?? (options.head ? 'HEAD' : hasBody ? 'POST' : 'GET');
  const target = options.get && data !== undefined && state.redirects === 0 ? withQuery(url.target, data) : url.target;
  const headers = requestHeaders(options, url.host, body, hasBody);
  const call = state.call + 1;
  const shown = options.verbose
    ? [err(`* Connected to ${url.endpoint}\n> ${method} ${target} HTTP/1.1\n${headers.map(([k, v]) => `> ${k}: ${v}\n`).join('')}>\n`)]
    : [];
  return {
    state: { ...state, endpoint: url.endpoint, host: url.host, target, call, status: 0, headers: [] },
    effects: [...shown, { type: 'open-http', call, endpoint: url.endpoint, method, target, headers, body }],
  };
}

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

function onEvent(plain: Plain, event: ProgramEvent, now: number): ProgramStep {
  const state = plain as CurlState | null; // what this program returned before
  if (state === null) return step(null, []);
  switch (event.type) {
    case 'stdin':
      return step({ ...state, input: concatBytes([state.input, event.data]) }, []);
    case 'stdin-end': {
      if (!state.options.dataFromInput || state.call > 0) return step(state, []);
      const opened = open(state, state);
      return step(opened.state, opened.effects);
    }
    case 'signal':
      return step(state, [{ type: 'exit', code: event.signal === 'INT' ? 130 : 143 }]);
    case 'timer':
      return step(
        state,
        failure(
          state.options,
          28,
          `Operation timed out after ${Math.round((now - state.startedMicros) / 1000)} milliseconds with ${state.received} bytes received`,
        ),
      );
    case 'file':
      return event.file === DATA_FILE ? withData(state, event.answer) : written(state, event.answer);
    case 'child':
      return step(state, []);
    case 'call':
      return event.call === state.call ? onCall(state, event.event) : step(state, []);
  }
}

function onCall(state: CurlState, event: CallEvent): ProgramStep {
  const { options } = state;
  switch (event.type) {
    case 'refused': {
      const [host = '', port = ''] = state.endpoint.split(/:(?=\d+$)/);
      return step(state, failure(options, 7, `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`));
    }
    case 'broken':
      return step(
        state,
        state.status === 0
          ? failure(options, 52, 'Empty reply from server')
          : failure(options, 18, 'transfer closed with outstanding read data remaining'),
      );
    case 'http-head':
      return onHead({ ...state, status: event.status, headers: event.headers });
    case 'http-body':
      return onBody(state, event.body, event.last);
    case 'message':
    case 'end':
      return step(state, failure(options, 1, 'Received HTTP/0.9 when not allowed'));
  }
}

const headerOf = (state: CurlState, name: string): string | undefined => state.headers.find(([k]) => k.toLowerCase() === name)?.[1];
const isRedirect = (state: CurlState): boolean =>
  state.options.follow && [301, 302, 303, 307, 308].includes(state.status) && headerOf(state, 'location') !== undefined;

function onHead(state: CurlState): ProgramStep {
  const { options } = state;
  if (options.fail && state.status >= 400) return step(state, failure(options, 22, `The requested URL returned error: ${state.status}`));
  const lines = `${statusLine(state.status)}\r\n${state.headers.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
  const effects: ProgramEffect[] = [];
  if (options.verbose) effects.push(err(lines.replace(/\r/g, '').replace(/^/gm, '< ').replace(/< $/, '')));
  if ((options.include || options.head) && !options.discard) effects.push(out(lines));
  return step(state, effects);
}

function onBody(state: CurlState, body: Bytes, last: boolean): ProgramStep {
  const { options } = state;
  const next = { ...state, received: state.received + body.length };
  const effects: ProgramEffect[] = [];
  const hidden = options.discard || options.head || isRedirect(state);
  if (body.length > 0 && !hidden) effects.push(out(body));
  if (!last) return step(next, effects);
  if (isRedirect(state)) return follow(next, effects);
  // The only trailer that etcd sends: after a failed call of the gateway.
  if (options.include && !options.discard && headerOf(state, 'trailer') === 'Grpc-Trailer-Content-Type')
    effects.push(out('Grpc-Trailer-Content-Type: application/grpc\r\n'));
  if (options.writeOut !== '') effects.push(out(writeOut(state)));
  return step(next, [...effects, { type: 'exit', code: 0 }]);
}

function follow(state: CurlState, before: readonly ProgramEffect[]): ProgramStep {
  const { options } = state;
  if (state.redirects >= REDIRECTS_MAX)
    return step(state, [...before, ...failure(options, 47, `Maximum (${REDIRECTS_MAX}) redirects followed`)]);
  const url = redirectTarget(state, headerOf(state, 'location') ?? '');
  if (url.type === 'error') return step(state, [...before, ...failure(options, 3, 'URL using bad/illegal format or missing URL')]);
  // After 301 and 302 a POST becomes a GET without a body, unless -X names the method.
  const asGet = state.status !== 307 && state.status !== 308 && options.method === undefined && options.data !== undefined;
  const opened = open({ ...state, redirects: state.redirects + 1, options: asGet ? { ...options, data: undefined } : options }, url.url);
  return step(opened.state, [...before, ...opened.effects]);
}

function writeOut(state: CurlState): string {
  const values: Readonly<Record<string, string>> = {
    http_code: String(state.status).padStart(3, '0'),
    response_code: String(state.status).padStart(3, '0'),
    content_type: headerOf(state, 'content-type') ?? '',
    size_download: String(state.received),
    num_redirects: String(state.redirects),
  };
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return state.options.writeOut
    .replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replace(/\\([ntr])/g, (_, c: string) => escapes[c] ?? '');
}

/** Without its line ends, unless they are to be kept. */
const inputText = (state: CurlState): string => {
  const text = fromUtf8(state.input);
  return state.options.dataBinary ? text : text.replace(/[\r\n]/g, '');
};

/** The file of `-d @file` was read; without it the request goes out empty. */
function withData(state: CurlState, answer: FileAnswer): ProgramStep {
  const isThere = answer.type === 'data';
  const warning = `Warning: Couldn't read data from file "${state.options.dataFile ?? ''}", this makes an empty POST.\n`;
  const opened = open(isThere ? { ...state, input: answer.data } : state, state);
  return step(opened.state, [...(isThere ? [] : [err(warning)]), ...opened.effects]);
}

function written(state: CurlState, answer: FileAnswer): ProgramStep {
  if (answer.type !== 'error') return step(state, [{ type: 'exit', code: state.ending ?? 0 }]);
  const quiet = state.options.silent && !state.options.showError;
  const warning = `Warning: Failed to open the file ${state.options.output ?? ''}: ${answer.message.slice(0, 1).toUpperCase()}${answer.message.slice(1)}\n`;
  return step(state, [
    ...(quiet ? [] : [err(warning), err(`curl: (${WRITE_ERROR}) Failure writing output to destination\n`)]),
    { type: 'exit', code: WRITE_ERROR },
  ]);
}

/** The program `curl`. */
export const curl: Program = { start, step: (state, event, now) => save(hold(onEvent(state, event, now), event), event) };

/** With `-o` what would be printed is kept, and written before curl ends. */
function save(next: ProgramStep, event: ProgramEvent): ProgramStep {
  const state = next.state as CurlState | null; // what onEvent returned
  if (state?.options.output === undefined || event.type === 'file') return next;
  let { saved, ending } = state;
  const effects: ProgramEffect[] = [];
  for (const effect of next.effects) {
    if (effect.type === 'stdout') saved = concatBytes([saved, effect.data]);
    else if (effect.type === 'exit' && (effect.code === 0 || saved.length > 0)) {
      ending = effect.code;
      effects.push({ type: 'file', file: OUTPUT_FILE, request: { type: 'write', path: state.options.output, data: saved, append: false } });
    } else effects.push(effect);
  }
  return step({ ...state, saved, ending }, effects);
}

/** Keeps output for a pipe back until curl ends or the buffer is full; what a signal finds there is lost. */
function hold(next: ProgramStep, event: ProgramEvent): ProgramStep {
  const state = next.state as CurlState | null; // what onEvent returned
  if (state?.held === undefined) return next;
  let held = state.held;
  const effects: ProgramEffect[] = [];
  for (const effect of next.effects) {
    if (effect.type === 'stdout') held = concatBytes([held, effect.data]);
    const flush = held.length > HELD_BYTES_MAX || (effect.type === 'exit' && event.type !== 'signal');
    if (flush && held.length > 0) {
      effects.push(out(held));
      held = EMPTY_BYTES;
    }
    if (effect.type !== 'stdout') effects.push(effect);
  }
  return step({ ...state, held }, effects);
}
