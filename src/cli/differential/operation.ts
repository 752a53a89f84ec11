/** One step of a differential sequence: what is asked of both servers, as plain data, and how it reads as a curl command. */

export interface RequestOperation {
  readonly type: 'request';
  readonly method: string;
  /** With its query. May hold `{{NAME}}` of an earlier capture, as headers and body may. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined: none is sent. */
  readonly body: string | undefined;
  /** What of the answer later steps may name: the first group of the pattern in its body. */
  readonly capture?: { readonly name: string; readonly pattern: string };
  /** Only status and headers are compared: the body says what depends on the machine. */
  readonly headOnly?: boolean;
  /** The order of a listing and Raft's index are no facts of the answer. */
  readonly isLoose?: boolean;
  /** An answer may never end (a stream, a lock that another holds): it is looked at for so long, milliseconds. */
  readonly lookMillis?: number;
}

export type Operation =
  | RequestOperation
  /** A stream that stays open while further steps are taken. */
  | { readonly type: 'open'; readonly name: string; readonly path: string; readonly body: string }
  /** Its answer so far is compared and the client goes away. */
  | { readonly type: 'close'; readonly name: string }
  | { readonly type: 'pass'; readonly millis: number };

/** What came back. `open`: the answer had not ended when it was looked at. `broken`: the connection ended without a whole answer. */
export interface Answer {
  readonly outcome: 'ended' | 'open' | 'broken';
  readonly status: number;
  /** `Name: value` in the order in which they came. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** A request as most clients of the gateway send it. */
export const post = (path: string, body: unknown, more: Partial<RequestOperation> = {}): RequestOperation => ({
  type: 'request',
  method: 'POST',
  path,
  headers: [],
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
});

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** The words of curl that do this, without the output of `-i`. */
export function curlWords(op: Pick<RequestOperation, 'method' | 'headers' | 'body'>, url: string): readonly string[] {
  const usual = op.body === undefined ? 'GET' : 'POST';
  return [
    ...(op.method === 'HEAD' ? ['-I'] : op.method === usual ? [] : ['-X', op.method]),
    ...op.headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(op.body === undefined ? [] : ['--data-binary', op.body]),
    url,
  ];
}

/** The step as a person would type it. @param base `http://127.0.0.1:2379` */
export function operationText(op: Operation, base: string): string {
  const line = (words: readonly string[]): string =>
    ['curl', ...words].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word))).join(' ');
  switch (op.type) {
    case 'request': {
      const capture = op.capture === undefined ? '' : `   # {{${op.capture.name}}} is ${op.capture.pattern} of the answer`;
      return line(['-i', ...curlWords(op, `${base}${op.path}`)]) + capture;
    }
    case 'open':
      return `${line(['-iN', ...curlWords({ method: 'POST', headers: [], body: op.body }, `${base}${op.path}`)])} &   # ${op.name}`;
    case 'close':
      return `kill -INT …   # ${op.name}`;
    case 'pass':
      return `sleep ${op.millis / 1000}`;
  }
}
