/** curl, as far as etcd's documentation and tutorials use it. */

import { concatBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { FileAnswer } from '#ctl/file-request.ts';
import type { CallEvent, Program, ProgramEffect, ProgramEvent, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { addressOf, bytesLine, CONNECTED_TIMER, hostOf, open, portOf } from '#ctl/http/curl-request.ts';
import { hold, save } from '#ctl/http/curl-output.ts';
import { err, headerOf, out, step, type CurlState } from '#ctl/http/curl-state.ts';
import { writeOut } from '#ctl/http/curl-write-out.ts';
import { parseUrlGlob, urlAt, type UrlGlobResult } from '#ctl/http/url-glob.ts';
import { parseCurl, type CurlOptions } from '#ctl/http/curl-options.ts';
import { parseUrl, redirectTarget, statusLine } from '#ctl/http/url.ts';

const DEADLINE_TIMER = 1;
const DATA_FILE = 1;
const WRITE_ERROR = 23;
const REDIRECTS_MAX = 50;

/** A transfer ends with curl's error, unless that is to be silent. */
function fail(state: CurlState, code: number, message: string, before: readonly ProgramEffect[] = []): ProgramStep {
  const { options, connection } = state;
  const quiet = options.silent && !options.showError;
  const wasOpened = state.endpoint !== '';
  return step(
    {
      ...state,
      failure: message,
      unsaid: '',
      connection: wasOpened ? { number: connection.number + 1, endpoint: undefined } : connection,
    },
    [
      ...before,
      ...(options.verbose && wasOpened ? [err(`${state.unsaid}* ${message}\n* Closing connection ${connection.number}\n`)] : []),
      ...(quiet ? [] : [err(`curl: (${code}) ${message}\n`)]),
      ...(wasOpened ? [{ type: 'cancel', call: state.call } as const] : []),
      { type: 'exit', code },
    ],
  );
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
  const state: CurlState = {
    ...FRESH,
    options,
    turn: { target: 0, item: 0 },
    place: { url: '', discard: false, output: undefined },
    connection: { number: 0, endpoint: undefined },
    terminal: s.columns > 0,
    input: EMPTY_BYTES,
    call: 0,
    startedMicros: s.now,
    held: s.columns > 0 || options.noBuffer ? undefined : EMPTY_BYTES,
  };
  if (options.dataFromInput) return step(state, []);
  if (options.dataFile !== undefined)
    return step(state, [{ type: 'file', file: DATA_FILE, request: { type: 'read', path: options.dataFile } }]);
  return proceed(begin(state, s.now), s.now);
}

/** What is not known of a transfer before it begins. */
const FRESH = {
  asGet: false,
  endpoint: '',
  host: '',
  target: '',
  method: '',
  redirects: 0,
  status: 0,
  headers: [],
  unsaid: '',
  failure: '',
  received: 0,
  saved: EMPTY_BYTES,
  ending: undefined,
} as const;

/** Begins the transfer whose turn it is. */
function begin(before: CurlState, now: number): ProgramStep {
  const { options, turn } = before;
  const state: CurlState = { ...before, ...FRESH, startedMicros: now };
  const target = options.targets[turn.target];
  if (target === undefined) return step(state, [{ type: 'exit', code: 0 }]);
  const glob = globOf(options, turn.target);
  if (glob.type === 'error') {
    const { message, position } = glob;
    return fail(state, 3, `${message} in URL position ${position}:\n${target.url}\n${' '.repeat(position - 1)}^`);
  }
  const { url: address, values } = urlAt(glob.glob, turn.item);
  const named = target.remoteName ? remoteName(address) : target.output;
  const output = named?.replace(/#(\d+)/g, (whole, n: string) => values[Number(n) - 1] ?? whole);
  const at: CurlState = { ...state, place: { url: address, discard: target.discard, output } };
  const url = parseUrl(address);
  if (url.type === 'error') {
    if (url.reason !== 'scheme') return fail(at, 3, 'URL using bad/illegal format or missing URL');
    if (url.scheme !== 'https') return fail(at, 1, `Protocol "${url.scheme}" not supported or disabled in libcurl`);
    // A hint of ours, so -s does not hide it. Real curl ends with 35 against a member without TLS.
    const hint = `members speak http here: use http://${address.slice('https://'.length)}`;
    return fail({ ...at, options: { ...options, showError: true } }, 35, hint);
  }
  const timer: readonly ProgramEffect[] =
    options.maxTime > 0 ? [{ type: 'timer', timer: DEADLINE_TIMER, afterMicros: Math.round(options.maxTime * 1e6) }] : [];
  const opened = open(at, url.url);
  return step(opened.state, [...timer, ...opened.effects]);
}

const globOf = ({ targets, globOff }: CurlOptions, index: number): UrlGlobResult => {
  const url = targets[index]?.url ?? '';
  return globOff ? { type: 'ok', glob: { parts: [url], count: 1 } } : parseUrlGlob(url);
};

/** Whose turn is next; undefined after the last. What never got as far as a request ends its whole address. */
function turnAfter({ options, turn, endpoint }: CurlState): CurlState['turn'] | undefined {
  const glob = globOf(options, turn.target);
  if (endpoint !== '' && glob.type === 'ok' && turn.item + 1 < glob.glob.count) return { ...turn, item: turn.item + 1 };
  return turn.target + 1 < options.targets.length ? { target: turn.target + 1, item: 0 } : undefined;
}

/** After a transfer comes what `-w` says and the next transfer; curl ends with the code of the last. Signals end it at once. */
function proceed(next: ProgramStep, now: number): ProgramStep {
  let { state, effects } = next;
  for (;;) {
    const current = state as CurlState | null; // what this program returned before
    const end = effects.find((effect) => effect.type === 'exit');
    if (current === null || end === undefined || end.code >= SIGNAL_CODES) return { state, effects };
    const said = writeOut(current, now - current.startedMicros, end.code);
    const before = [
      ...effects.filter((effect) => effect !== end),
      ...(said.complaints === '' ? [] : [err(said.complaints)]),
      ...(said.text === '' ? [] : [out(said.text)]),
    ];
    const turn = turnAfter(current);
    if (turn === undefined) return step(current, [...before, end]);
    const begun = begin({ ...current, turn }, now);
    ({ state } = begun);
    effects = [...before, ...begun.effects];
  }
}
const SIGNAL_CODES = 128;

/** `-O`: the last part of the path. */
function remoteName(url: string): string {
  const name = url.replace(/[?#].*$/, '').replace(/.*\//, '');
  return name === '' ? 'curl_response' : name;
}

function onEvent(plain: Plain, event: ProgramEvent, now: number): ProgramStep {
  const state = plain as CurlState | null; // what this program returned before
  if (state === null) return step(null, []);
  switch (event.type) {
    case 'stdin':
      return step({ ...state, input: concatBytes([state.input, event.data]) }, []);
    case 'stdin-end':
      return state.options.dataFromInput && state.call === 0 ? begin(state, now) : step(state, []);
    case 'signal':
      return step(state, [...(state.unsaid === '' ? [] : [err(state.unsaid)]), { type: 'exit', code: event.signal === 'INT' ? 130 : 143 }]);
    case 'timer': {
      if (event.timer === CONNECTED_TIMER) return step({ ...state, unsaid: '' }, state.unsaid === '' ? [] : [err(state.unsaid)]);
      const elapsed = Math.round((now - state.startedMicros) / 1000);
      return fail(state, 28, `Operation timed out after ${elapsed} milliseconds with ${state.received} bytes received`);
    }
    case 'file':
      return event.file === DATA_FILE ? withData(state, event.answer, now) : written(state, event.answer);
    case 'child':
      return step(state, []);
    case 'call':
      return event.call === state.call ? onCall(state, event.event) : step(state, []);
  }
}

/** What needs no name service. Names that members have answer by themselves. */
const isAddress = (host: string): boolean => host === 'localhost' || /^[\d.]+$/.test(host) || host.startsWith('[');

function onCall(state: CurlState, event: CallEvent): ProgramStep {
  const { options } = state;
  switch (event.type) {
    case 'refused': {
      const [host, port] = [hostOf(state.endpoint), portOf(state.endpoint)];
      if (!isAddress(host)) return fail({ ...state, unsaid: '' }, 6, `Could not resolve host: ${host}`);
      const said = options.verbose ? [err(`* connect to ${addressOf(state.endpoint)} port ${port} failed: Connection refused\n`)] : [];
      return fail({ ...state, unsaid: '' }, 7, `Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server`, said);
    }
    case 'broken':
      return state.status === 0
        ? fail(state, 52, 'Empty reply from server')
        : fail(state, 18, 'transfer closed with outstanding read data remaining');
    case 'http-head':
      return onHead({ ...state, status: event.status, headers: event.headers });
    case 'http-body':
      return onBody(state, event.body, event.last);
    case 'message':
    case 'end':
      return fail(state, 1, 'Received HTTP/0.9 when not allowed');
  }
}

const isRedirect = (state: CurlState): boolean =>
  state.options.follow && [301, 302, 303, 307, 308].includes(state.status) && headerOf(state, 'location') !== undefined;

function onHead(before: CurlState): ProgramStep {
  const { options } = before;
  const { unsaid } = before;
  const state = { ...before, unsaid: '' };
  const head = `${statusLine(state.status)}\r\n${state.headers.map(([k, v]) => `${k}: ${v}\r\n`).join('')}`;
  const isRefused = options.fail && state.status >= 400;
  const effects: ProgramEffect[] = [];
  if (options.verbose)
    effects.push(err(unsaid + `${head}${isRefused ? '' : '\r\n'}`.replace(/^(?=.)/gm, '< ').replace(/^\r\n/gm, '< \r\n')));
  if (isRefused) return fail(state, 22, `The requested URL returned error: ${state.status}`, effects);
  if ((options.include || options.head) && !state.place.discard) effects.push(out(`${head}\r\n`));
  return step(state, effects);
}

function onBody(state: CurlState, body: Bytes, last: boolean): ProgramStep {
  const { options } = state;
  const { discard } = state.place;
  const next = { ...state, received: state.received + body.length };
  const effects: ProgramEffect[] = [];
  const shown = options.head ? '' : bytesLine(state, '{', body.length);
  if (shown !== '') effects.push(err(shown));
  if (body.length > 0 && !(discard || options.head || isRedirect(state))) effects.push(out(body));
  if (!last) return step(next, effects);
  if (options.verbose) effects.push(err(`* Connection #${state.connection.number} to host ${hostOf(state.endpoint)} left intact\n`));
  if (isRedirect(state)) return follow(next, effects);
  // The only trailer that etcd sends: after a failed call of the gateway.
  if (options.include && !discard && headerOf(state, 'trailer') === 'Grpc-Trailer-Content-Type')
    effects.push(out('Grpc-Trailer-Content-Type: application/grpc\r\n'));
  return step(next, [...effects, { type: 'exit', code: 0 }]);
}

function follow(state: CurlState, before: readonly ProgramEffect[]): ProgramStep {
  const { options } = state;
  if (state.redirects >= REDIRECTS_MAX) return fail(state, 47, `Maximum (${REDIRECTS_MAX}) redirects followed`, before);
  const url = redirectTarget(state, headerOf(state, 'location') ?? '');
  if (url.type === 'error') return fail(state, 3, 'URL using bad/illegal format or missing URL', before);
  // After 301 and 302 a POST becomes a GET without a body, unless -X names the method.
  const asGet = state.status !== 307 && state.status !== 308 && options.method === undefined && options.data !== undefined;
  const opened = open({ ...state, redirects: state.redirects + 1, asGet: state.asGet || asGet, received: 0 }, url.url);
  const to = `http://${url.url.host}${url.url.target}`;
  const shown = options.verbose ? [err(`* Issue another request to this URL: '${to}'\n`)] : [];
  return step(opened.state, [...before, ...shown, ...opened.effects]);
}

/** The file of `-d @file` was read; without it the request goes out empty. */
function withData(state: CurlState, answer: FileAnswer, now: number): ProgramStep {
  const isThere = answer.type === 'data';
  const warning = `Warning: Couldn't read data from file "${state.options.dataFile ?? ''}", this makes an empty POST.\n`;
  const begun = begin(isThere ? { ...state, input: answer.data } : state, now);
  return { state: begun.state, effects: [...(isThere ? [] : [err(warning)]), ...begun.effects] };
}

function written(state: CurlState, answer: FileAnswer): ProgramStep {
  if (answer.type !== 'error') return step(state, [{ type: 'exit', code: state.ending ?? 0 }]);
  const quiet = state.options.silent && !state.options.showError;
  const warning = `Warning: Failed to open the file ${state.place.output ?? ''}: ${answer.message.slice(0, 1).toUpperCase()}${answer.message.slice(1)}\n`;
  return step(state, [
    ...(quiet ? [] : [err(warning), err(`curl: (${WRITE_ERROR}) Failure writing output to destination\n`)]),
    { type: 'exit', code: WRITE_ERROR },
  ]);
}

/** The program `curl`. */
export const curl: Program = { start, step: (state, event, now) => hold(proceed(save(onEvent(state, event, now), event), now), event) };
