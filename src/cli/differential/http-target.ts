/** Asks an HTTP server of this machine, and keeps what it says as it came: order and spelling of headers, text of bodies. */

import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { TargetGone, type Target } from '#cli/differential/target.ts';
import type { Answer, RequestOperation } from '#cli/differential/operation.ts';

/** A request that should end is given up after so long: etcd itself gives up after 7 s. */
const ANSWER_MILLIS = 12_000;
/** A stream settles this long before the next step, and before it is looked at. */
const SETTLE_MILLIS = 300;

const sleep = (millis: number): Promise<void> => new Promise((done) => setTimeout(done, millis));

interface Transfer {
  readonly client: ClientRequest;
  readonly chunks: Buffer[];
  response: IncomingMessage | undefined;
  outcome: Answer['outcome'];
  /** Resolves when it has ended, one way or the other. */
  readonly ended: Promise<void>;
}

const pairs = (flat: readonly string[]): string[] => flat.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${flat[i + 1] ?? ''}`] : []));

function answerOf(transfer: Transfer): Answer {
  const { response, chunks, outcome } = transfer;
  if (response === undefined) return { outcome: outcome === 'ended' ? 'broken' : outcome, status: 0, headers: [], body: '' };
  // Node asks to keep the connection and Go says so to nobody; a close is told.
  const headers = [...pairs(response.rawHeaders), ...pairs(response.rawTrailers)];
  return { outcome, status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}

/** Mutable; owns its connections. */
export class HttpTarget implements Target {
  readonly #host: string;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #streams = new Map<string, Transfer>();

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  #begin({ method, path, headers, body }: Pick<RequestOperation, 'method' | 'path' | 'headers' | 'body'>): Transfer {
    const own = new Set(headers.map(([name]) => name.toLowerCase()));
    const defaults: readonly (readonly [string, string])[] = [
      // The simulated member knows itself under etcd's default port.
      ['Host', '127.0.0.1:2379'],
      ['User-Agent', 'curl/7.88.1'],
      ['Accept', '*/*'],
      ...(body === undefined
        ? []
        : [['Content-Length', `${Buffer.byteLength(body)}`] as const, ['Content-Type', 'application/x-www-form-urlencoded'] as const]),
    ];
    const all = [...defaults.filter(([name]) => !own.has(name.toLowerCase())), ...headers];
    const client = httpRequest({
      host: this.#host,
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers: all.flat(),
      setHost: false,
    });
    let resolve: () => void = () => undefined;
    const ended = new Promise<void>((done) => (resolve = done));
    const transfer: Transfer = { client, chunks: [], response: undefined, outcome: 'open', ended };
    const end = (outcome: Answer['outcome']): void => {
      if (transfer.outcome === 'open') transfer.outcome = outcome;
      resolve();
    };
    client.on('response', (response) => {
      transfer.response = response;
      response.on('data', (chunk: Buffer) => transfer.chunks.push(chunk));
      response.on('end', () => end(response.complete ? 'ended' : 'broken'));
      response.on('error', () => end('broken'));
    });
    client.on('error', () => end('broken'));
    client.end(body);
    return transfer;
  }

  async ask(request: RequestOperation): Promise<Answer> {
    const answer = await this.attempt(request);
    if (answer.outcome === 'broken' && !(await this.#isAlive())) throw new TargetGone('the server has stopped');
    return answer;
  }

  /** Asks without caring why nothing comes back. */
  protected async attempt(request: RequestOperation): Promise<Answer> {
    const transfer = this.#begin(request);
    const look = request.lookMillis ?? ANSWER_MILLIS;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([transfer.ended, new Promise((done) => (timer = setTimeout(done, look)))]);
    clearTimeout(timer);
    const answer = answerOf(transfer);
    if (answer.outcome === 'open') {
      // The server hears of it after a while, and takes back what the call had begun.
      transfer.client.destroy();
      await sleep(SETTLE_MILLIS);
    }
    return answer;
  }

  async #isAlive(): Promise<boolean> {
    await sleep(SETTLE_MILLIS);
    const probe = this.#begin({ method: 'GET', path: '/version', headers: [], body: undefined });
    await probe.ended;
    return probe.response !== undefined;
  }

  async open(name: string, path: string, body: string): Promise<void> {
    this.#streams.set(name, this.#begin({ method: 'POST', path, headers: [], body }));
    await sleep(SETTLE_MILLIS);
  }

  async close(name: string): Promise<Answer> {
    await sleep(SETTLE_MILLIS);
    const transfer = this.#streams.get(name);
    this.#streams.delete(name);
    if (transfer === undefined) throw new Error(`no stream ${name}`);
    const answer = answerOf(transfer);
    transfer.client.destroy();
    return answer;
  }

  pass(millis: number): Promise<void> {
    return sleep(millis);
  }

  dispose(): Promise<void> {
    for (const { client } of this.#streams.values()) client.destroy();
    this.#agent.destroy();
    return Promise.resolve();
  }
}
