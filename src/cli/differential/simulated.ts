/** The simulated cluster as a target: each request is a curl in a client of the world, virtual time jumps. */

import { Lab, labOptions, type Outcome } from '#cli/conformance/etcd/lab.ts';
import { curlWords, type Answer, type RequestOperation } from '#cli/differential/operation.ts';
import type { Target } from '#cli/differential/target.ts';

const BASE = 'http://127.0.0.1:2379';
const MICROS_PER_MILLI = 1000;
const SETTLE_MICROS = 300_000;
const TRAILER = 'Grpc-Trailer-Content-Type: application/grpc\r\n';

/** Takes `curl -i`'s output apart. */
function answerOf({ stdout, code }: Outcome): Answer {
  const outcome = code === '0' ? 'ended' : code === '28' || code.startsWith('signal') ? 'open' : 'broken';
  const cut = stdout.indexOf('\r\n\r\n');
  if (cut < 0) return { outcome, status: 0, headers: [], body: '' };
  const [first = '', ...headers] = stdout.slice(0, cut).split('\r\n');
  const body = stdout.slice(cut + 4);
  const hasTrailer = headers.includes('Trailer: Grpc-Trailer-Content-Type') && body.endsWith(TRAILER);
  return {
    outcome,
    status: Number(first.split(' ')[1] ?? 0),
    headers: hasTrailer ? [...headers, TRAILER.trimEnd()] : headers,
    body: hasTrailer ? body.slice(0, -TRAILER.length) : body,
  };
}

/** Mutable; owns a world. */
export class SimulatedTarget implements Target {
  readonly #lab: Lab;
  readonly #streams = new Map<string, string>();

  /** @param profile the etcd that is modelled @throws Error for an unknown profile or flag */
  constructor(profile: string, args: readonly string[]) {
    const options = labOptions('single', profile, args);
    if (typeof options === 'string') throw new Error(options);
    this.#lab = new Lab(options);
    this.#lab.begin(undefined);
  }

  ask(request: RequestOperation): Promise<Answer> {
    const limit = request.lookMillis === undefined ? [] : ['-m', `${request.lookMillis / 1000}`];
    const words = ['curl', '-s', '-i', '-N', ...limit, ...curlWords(request, `${BASE}${request.path}`)];
    const answer = answerOf(this.#lab.run(words));
    if (answer.outcome === 'open') this.#lab.pass(SETTLE_MICROS);
    return Promise.resolve(answer);
  }

  open(name: string, path: string, body: string): Promise<void> {
    this.#streams.set(
      name,
      this.#lab.launch(['curl', '-s', '-i', '-N', ...curlWords({ method: 'POST', headers: [], body }, `${BASE}${path}`)]),
    );
    this.#lab.pass(SETTLE_MICROS);
    return Promise.resolve();
  }

  close(name: string): Promise<Answer> {
    const process = this.#streams.get(name);
    if (process === undefined) return Promise.reject(new Error(`no stream ${name}`));
    this.#streams.delete(name);
    this.#lab.pass(SETTLE_MICROS);
    return Promise.resolve(answerOf(this.#lab.finish(process, 'INT')));
  }

  pass(millis: number): Promise<void> {
    this.#lab.pass(millis * MICROS_PER_MILLI);
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.#lab.dispose();
    return Promise.resolve();
  }
}
