/**
 * A run as it is given away: a link (`run=…`, deflated and base64url; `head=…`, where it stood and the hash of its trace there; `view.NAME=…`, how it was
 * looked at) and a file with the same as JSON, a command a line. What comes from outside is checked and bounded; an error is a value.
 */

import { Inflate, deflateSync } from 'fflate';
import { concatBytes, type Bytes } from '#kernel/bytes.ts';
import { lineOfPath } from '#host/json-lines.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { decodeRunSpec, encodeRunSpec, validateRunSpec, type RunSpec, type RunSpecResult } from '#sim/run-spec.ts';
import { LINK_CHARACTERS_MAX, VIEW_ENTRIES_MAX, VIEW_VALUE_MAX, type SharedRun, type ViewOptions } from '#view/shared-run.ts';

/** Where a run stood when it was given away: the hash of its trace up to and with the instant `at` (virtual µs). */
export interface RunHead {
  readonly at: number;
  /** SHA-256, 64 digits of lower-case hex. */
  readonly trace: string;
}

export interface GivenRun {
  readonly spec: RunSpec;
  /** Undefined for one of which nothing was played, or that was written down by hand. */
  readonly head: RunHead | undefined;
  readonly view: ViewOptions;
}

/** `where` is a path into the run, in a file with its line; empty for the whole. */
export type GivenRunResult =
  { readonly type: 'ok'; readonly run: GivenRun } | { readonly type: 'error'; readonly where: string; readonly message: string };

const PREFIX = 'run=';
const HEAD = 'head=';
const VIEW = 'view.';
/** Marks the file, with the version of its form. */
const FILE_MARK = 'etcd-playground run';
const FILE_FORM = 1;
/** Marks the file of a trace, which carries the run that made it. */
const TRACE_MARK = 'etcd-playground trace';
/** Characters of a file. */
const FILE_CHARACTERS_MAX = 32 * 1024 * 1024;
/** Bytes of a run behind a link, inflated. */
const RUN_BYTES_MAX = 4 * 1024 * 1024;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function toBase64url(bytes: Bytes): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, bytes.length - i + 1);
    for (let d = 0; d < digits; d++) text += ALPHABET[(word >> (18 - 6 * d)) & 63] ?? '';
  }
  return text;
}

/** Undefined for text that is no base64url. */
function fromBase64url(text: string): Bytes | undefined {
  if (text.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (const char of text) {
    const digit = ALPHABET.indexOf(char);
    if (digit === -1) return undefined;
    word = ((word << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (word >> bits) & 0xff;
  }
  return out;
}

type HowGiven = Pick<GivenRun, 'head' | 'view'>;
const BARE: HowGiven = { head: undefined, view: {} };

/** The fragment of a link, without `#`, however long it gets. */
export function runToFragment(spec: RunSpec, { head, view }: HowGiven = BARE): string {
  const parts = [PREFIX + toBase64url(deflateSync(encodeRunSpec(spec), { level: 9 }))];
  if (head !== undefined) parts.push(`${HEAD}${head.at}.${head.trace}`);
  for (const [name, value] of Object.entries(view)) parts.push(`${VIEW}${name}=${encodeURIComponent(value)}`);
  return parts.join('&');
}

/** The run as JSON, for a file or a report: a command a line. */
export function runToFile(spec: RunSpec, { head, view }: HowGiven = BARE): string {
  const parts: [string, unknown][] = [
    [FILE_MARK, FILE_FORM],
    ['engine', spec.engine],
    ['seed', spec.seed],
    ['options', spec.options],
  ];
  if (head !== undefined) parts.push(['head', head]);
  if (Object.keys(view).length > 0) parts.push(['view', view]);
  const lines = parts.map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  const commands = spec.commands.map((command) => `\n  ${JSON.stringify(command)}`).join(',');
  return `{\n${lines.join('')} "commands": [${commands}${commands === '' ? '' : '\n '}]\n}\n`;
}

/** Both ways of giving a run away; a link that browsers may not carry is left out. */
export function shareRun(spec: RunSpec, how: HowGiven): SharedRun {
  const fragment = runToFragment(spec, how);
  return {
    fragment: fragment.length <= LINK_CHARACTERS_MAX ? fragment : undefined,
    fragmentLength: fragment.length,
    file: runToFile(spec, how),
  };
}

const failed = (message: string, where = ''): { readonly type: 'error'; readonly where: string; readonly message: string } => ({
  type: 'error',
  where,
  message,
});

/** Reads what somebody was given: the text of a file, a link, or the fragment of one. */
export function readGivenRun(text: string): GivenRunResult {
  const trimmed = text.trim();
  if (trimmed === '') return failed('it is empty');
  if (trimmed.startsWith('{')) return fileToRun(text);
  const hash = trimmed.indexOf('#');
  return (
    fragmentToRun(trimmed.slice(hash + 1)) ?? failed(`neither a link to a run (…#${PREFIX}…) nor the file of one ({"${FILE_MARK}": …)`)
  );
}

/** The run in a fragment, whichever engine made it; undefined if the fragment names none. */
export function fragmentToRun(fragment: string): GivenRunResult | undefined {
  const parts = fragment.replace(/^#/, '').split('&');
  const part = parts.find((p) => p.startsWith(PREFIX));
  if (part === undefined) return undefined;
  const bytes = fromBase64url(part.slice(PREFIX.length));
  if (bytes === undefined || bytes.length === 0) return failed('the link is cut off or holds characters that do not belong there');
  const inflated = inflate(bytes);
  if (typeof inflated === 'string') return failed(inflated);
  const decoded = decodeRunSpec(inflated);
  if (decoded.type === 'error') return decoded;
  const stood = parts.find((p) => p.startsWith(HEAD));
  const [at = '', trace = ''] = stood?.slice(HEAD.length).split('.') ?? [];
  const head =
    stood === undefined ? { type: 'ok' as const, head: undefined } : checkHead({ at: /^\d{1,16}$/.test(at) ? Number(at) : at, trace });
  if (head.type === 'error') return head;
  const view: Record<string, string> = {};
  for (const each of parts.filter((p) => p.startsWith(VIEW))) {
    const [name = '', value = ''] = each.slice(VIEW.length).split('=');
    const read = fromPercent(value);
    if (read === undefined) return failed('holds a % that begins no character', `view.${name}`);
    view[name] = read;
  }
  const looked = checkView(view);
  return looked.type === 'error' ? looked : { type: 'ok', run: { spec: decoded.spec, head: head.head, view: looked.view } };
}

function fromPercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Reads the text of a file. */
function fileToRun(text: string): GivenRunResult {
  if (text.length > FILE_CHARACTERS_MAX) return failed(`the file is longer than ${FILE_CHARACTERS_MAX / 1024 / 1024} Mi characters`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failed(`not JSON: ${error.message}${lineOfPosition(text, error.message)}`);
  }
  const result = readFile(json);
  if (result.type === 'ok' || result.where === '') return result;
  const line = lineOfPath(text, result.where.split('.'));
  return line === undefined ? result : { ...result, where: `${result.where} (line ${line})` };
}

/** Engines tell a position, some a line too. */
function lineOfPosition(text: string, message: string): string {
  const position = /at position (\d+)(?!.*line)/.exec(message)?.[1];
  return position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readFile(json: unknown): GivenRunResult {
  if (!isRecord(json)) return failed('not a run: no object at the top');
  if (json[TRACE_MARK] !== undefined) return readTraceFile(json);
  const { [FILE_MARK]: form, head: stood, view, options, ...spec } = json;
  if (form === undefined) return failed(`not a run: "${FILE_MARK}" is missing`);
  if (form !== FILE_FORM) return failed(`form ${JSON.stringify(form)} is not known, this page reads ${FILE_FORM}`, FILE_MARK);
  const checked = checkSpec(spec, options);
  if (checked.type === 'error') return checked;
  const head = stood === undefined ? { type: 'ok' as const, head: undefined } : checkHead(stood);
  if (head.type === 'error') return head;
  const looked = checkView(view ?? {});
  return looked.type === 'error' ? looked : { type: 'ok', run: { spec: checked.spec, head: head.head, view: looked.view } };
}

/** A run with the options that it says; the others are those of its profile. */
function checkSpec(spec: object, options: unknown): RunSpecResult {
  if (!isRecord(options)) return failed('must be an object', 'options');
  const profile = options['profile'] === '3.4.23' ? '3.4.23' : '3.5';
  return validateRunSpec({ ...spec, options: { ...defaultRunOptions(profile), ...options } });
}

/** A trace opens the run that made it, at its last instant, standing still: what is done next comes after all that it tells. */
function readTraceFile({ run, at, traceHash }: Readonly<Record<string, unknown>>): GivenRunResult {
  if (!isRecord(run)) return failed('must be an object', 'run');
  const head = checkHead({ at, trace: traceHash });
  if (head.type === 'error') return head;
  const { options, ...spec } = run;
  const checked = checkSpec(spec, options);
  if (checked.type === 'error') return { ...checked, where: checked.where === '' ? 'run' : `run.${checked.where}` };
  return { type: 'ok', run: { spec: checked.spec, head: head.head, view: { at: String(head.head.at), time: 'stands' } } };
}

type Failed = ReturnType<typeof failed>;

function checkHead(stood: unknown): { readonly type: 'ok'; readonly head: RunHead } | Failed {
  if (!isRecord(stood)) return failed('must be an object', 'head');
  const { at, trace } = stood;
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at < 0) return failed('must be a whole number of microseconds', 'head.at');
  if (typeof trace !== 'string' || !/^[0-9a-f]{64}$/.test(trace)) return failed('must be 64 digits of lower-case hex', 'head.trace');
  return { type: 'ok', head: { at, trace } };
}

function checkView(view: unknown): { readonly type: 'ok'; readonly view: ViewOptions } | Failed {
  if (!isRecord(view)) return failed('must be an object', 'view');
  const entries = Object.entries(view);
  if (entries.length > VIEW_ENTRIES_MAX) return failed(`has more than ${VIEW_ENTRIES_MAX} entries`, 'view');
  const checked: [string, string][] = [];
  for (const [name, value] of entries) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,31}$/.test(name)) return failed(`${JSON.stringify(name)} is no name of an entry`, 'view');
    if (typeof value !== 'string' || value.length > VIEW_VALUE_MAX)
      return failed(`must be a text of at most ${VIEW_VALUE_MAX} characters`, `view.${name}`);
    checked.push([name, value]);
  }
  return { type: 'ok', view: Object.fromEntries(checked) };
}

/** A text says what is wrong. */
function inflate(bytes: Bytes): Bytes | string {
  const parts: Bytes[] = [];
  let size = 0;
  try {
    const stream = new Inflate((chunk) => {
      size += chunk.length;
      if (size > RUN_BYTES_MAX) throw new RangeError('too large');
      parts.push(chunk);
    });
    const CHUNK = 16 * 1024;
    for (let at = 0; at < bytes.length; at += CHUNK) stream.push(bytes.slice(at, at + CHUNK), at + CHUNK >= bytes.length);
  } catch (error) {
    if (error instanceof RangeError) return `the run behind the link is larger than ${RUN_BYTES_MAX / 1024 / 1024} MiB`;
    return 'the link is cut off or damaged';
  }
  return concatBytes(parts);
}
