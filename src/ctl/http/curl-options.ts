/** The options of curl that people use against etcd; the others are refused by name. */

import { percentEncode } from '#ctl/http/url.ts';

/** An address, maybe one that stands for several, and what is done with its answers; plain data. */
export type CurlTarget = {
  readonly url: string;
  /** Answers are thrown away. */
  readonly discard: boolean;
  /** File that an answer goes to. `#1` stands for what the first glob of the address stands for. */
  readonly output: string | undefined;
  /** `-O`: the file is named as the address ends. */
  readonly remoteName: boolean;
};

/** Plain data. */
export type CurlOptions = {
  readonly targets: readonly CurlTarget[];
  /** `-g`: `[1-9]` and `{a,b}` in addresses are nothing special. */
  readonly globOff: boolean;
  readonly method: string | undefined;
  readonly headers: readonly string[];
  /** Pieces of `-d`, joined by `&`; undefined without one. `@-` is standard input. */
  readonly data: string | undefined;
  readonly dataFromInput: boolean;
  /** File of `-d @file`. */
  readonly dataFile: string | undefined;
  /** `--data-binary`: line ends of a file or of standard input are kept. */
  readonly dataBinary: boolean;
  readonly include: boolean;
  readonly head: boolean;
  readonly get: boolean;
  readonly follow: boolean;
  readonly silent: boolean;
  readonly showError: boolean;
  readonly fail: boolean;
  readonly verbose: boolean;
  /** `-N`: output is not collected. */
  readonly noBuffer: boolean;
  readonly user: string | undefined;
  readonly writeOut: string;
  /** Seconds, 0 for none. */
  readonly maxTime: number;
};

export type CurlParse =
  | { readonly type: 'ok'; readonly options: CurlOptions }
  | { readonly type: 'exit'; readonly stdout: string; readonly stderr: string; readonly code: number };

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** Long names by letter. */
const SHORT: Readonly<Record<string, string>> = {
  s: 'silent',
  S: 'show-error',
  i: 'include',
  I: 'head',
  L: 'location',
  X: 'request',
  d: 'data',
  H: 'header',
  u: 'user',
  w: 'write-out',
  o: 'output',
  m: 'max-time',
  G: 'get',
  N: 'no-buffer',
  f: 'fail',
  k: 'insecure',
  g: 'globoff',
  v: 'verbose',
  A: 'user-agent',
  O: 'remote-name',
  V: 'version',
  h: 'help',
  '4': 'ipv4',
  '#': 'progress-bar',
};
const WITH_VALUE = new Set([
  'request',
  'data',
  'data-raw',
  'data-binary',
  'data-ascii',
  'data-urlencode',
  'json',
  'header',
  'user',
  'write-out',
  'output',
  'max-time',
  'connect-timeout',
  'user-agent',
  'url',
  'retry',
]);
const SWITCHES = new Set([...Object.values(SHORT), 'no-progress-meter', 'http1.1', 'compressed', 'noproxy', 'globoff']);

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          send data, POST unless -X says otherwise
     --data-urlencode <d>   send data percent-encoded
 -f, --fail                 an HTTP error is an error
 -g, --globoff             [1-9] and {a,b} in a URL mean themselves
 -G, --get                  put the data into the URL
 -H, --header <header>      send a header
 -I, --head                 ask for the headers only
 -i, --include              print the response's headers too
     --json <data>          send JSON
 -L, --location             follow redirects
 -m, --max-time <seconds>   give up after so long
 -N, --no-buffer            print at once, in a pipe too
 -O, --remote-name          write the answer to a file named as the URL ends
 -o, --output <file>        write the answer to a file
 -s, --silent               no error messages
 -u, --user <user:password> basic authentication
 -v, --verbose              print what goes over the wire
 -w, --write-out <format>   print after the answer: %{http_code}, %{content_type}
 -X, --request <method>     the method
`;

interface Draft {
  urls: string[];
  /** Of `-o`; undefined for `-O`. */
  outputs: (string | undefined)[];
  data: string[];
  file: string | undefined;
  headers: string[];
  values: Map<string, string>;
  switches: Set<string>;
}

function encodeData(text: string): string {
  const cut = text.indexOf('=');
  return cut < 0 ? percentEncode(text) : `${text.slice(0, cut)}${cut === 0 ? '' : '='}${percentEncode(text.slice(cut + 1))}`;
}

function set(draft: Draft, name: string, value: string): void {
  if ((name === 'data' || name === 'data-binary' || name === 'data-ascii') && /^@./.test(value) && value !== '@-') {
    draft.file = value.slice(1);
    if (name === 'data-binary') draft.switches.add('binary');
  } else if (name === 'data-binary' && value === '@-') {
    draft.data.push(value);
    draft.switches.add('binary');
  } else if (name === 'data' || name === 'data-raw' || name === 'data-binary' || name === 'data-ascii') draft.data.push(value);
  else if (name === 'data-urlencode') draft.data.push(encodeData(value));
  else if (name === 'json') {
    draft.data.push(value);
    draft.headers.push('Content-Type: application/json', 'Accept: application/json');
  } else if (name === 'header') draft.headers.push(value);
  else if (name === 'url') draft.urls.push(value);
  else if (name === 'output') draft.outputs.push(value);
  else draft.values.set(name, value);
}

const unknown = (word: string): CurlParse => ({ type: 'exit', stdout: '', stderr: `curl: option ${word}: is unknown\n${HINT}`, code: 2 });
const needsValue = (word: string): CurlParse => ({
  type: 'exit',
  stdout: '',
  stderr: `curl: option ${word}: requires parameter\n${HINT}`,
  code: 2,
});

/** Reads the words after `curl`. */
export function parseCurl(words: readonly string[]): CurlParse {
  const draft: Draft = { urls: [], outputs: [], data: [], file: undefined, headers: [], values: new Map(), switches: new Set() };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      draft.urls.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const name = word.slice(2);
      if (WITH_VALUE.has(name)) {
        const value = words[++i];
        if (value === undefined) return needsValue(word);
        set(draft, name, value);
      } else if (name === 'remote-name') draft.outputs.push(undefined);
      else if (SWITCHES.has(name)) draft.switches.add(name);
      else return unknown(word);
      continue;
    }
    for (let k = 1; k < word.length; k++) {
      const name = SHORT[word[k] ?? ''];
      if (name === undefined) return unknown(`-${word[k] ?? ''}`);
      if (!WITH_VALUE.has(name)) {
        if (name === 'remote-name') draft.outputs.push(undefined);
        else draft.switches.add(name);
        continue;
      }
      const value = k + 1 < word.length ? word.slice(k + 1) : words[++i];
      if (value === undefined) return needsValue(`-${word[k] ?? ''}`);
      set(draft, name, value);
      break;
    }
  }
  return finish(draft);
}

/** The n-th `-o` or `-O` is for the n-th address. */
function targetOf(url: string, index: number, { outputs }: Draft): CurlTarget {
  const output = outputs[index];
  return {
    url,
    discard: output === '/dev/null',
    output: output === '/dev/null' || output === '-' ? undefined : output,
    remoteName: index < outputs.length && output === undefined,
  };
}

/** Nothing at all was given. */
const isEmpty = ({ outputs, data, file, headers, values, switches }: Draft): boolean =>
  outputs.length + data.length + headers.length + values.size + switches.size === 0 && file === undefined;

function finish(draft: Draft): CurlParse {
  const { switches, values } = draft;
  if (switches.has('help')) return { type: 'exit', stdout: HELP, stderr: '', code: 0 };
  if (switches.has('version')) return { type: 'exit', stdout: 'curl 7.88.1 (etcd playground)\nProtocols: http\n', stderr: '', code: 0 };
  if (draft.urls.length === 0)
    return { type: 'exit', stdout: '', stderr: `${isEmpty(draft) ? '' : 'curl: no URL specified!\n'}${HINT}`, code: 2 };
  const agent = values.get('user-agent');
  const fromInput = draft.data.includes('@-');
  const options: CurlOptions = {
    targets: draft.urls.map((url, i) => targetOf(url, i, draft)),
    globOff: switches.has('globoff'),
    method: values.get('request'),
    headers: agent === undefined ? draft.headers : [...draft.headers, `User-Agent: ${agent}`],
    data: draft.data.length === 0 && draft.file === undefined ? undefined : draft.data.filter((d) => d !== '@-').join('&'),
    dataFromInput: fromInput,
    dataFile: draft.file,
    dataBinary: switches.has('binary'),
    include: switches.has('include'),
    head: switches.has('head'),
    get: switches.has('get'),
    follow: switches.has('location'),
    silent: switches.has('silent'),
    showError: switches.has('show-error'),
    fail: switches.has('fail'),
    verbose: switches.has('verbose'),
    noBuffer: switches.has('no-buffer'),
    user: values.get('user'),
    writeOut: values.get('write-out') ?? '',
    maxTime: Number(values.get('max-time') ?? '0') || 0,
  };
  return { type: 'ok', options };
}
