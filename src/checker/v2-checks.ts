/**
 * The v2 API's promises, held against each answer as it comes: its writes are ordered by their indexes, and that order fits real time; a quorum read
 * shows what that order holds; a local read shows some state of the past; what one client hears from one member does not go back (etcd's v2 API
 * documentation: modifiedIndex, X-Etcd-Index, quorum=true).
 */

import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import type { ClientCallEvent } from '#sim/world-core.ts';
import { KnownChanges } from '#checker/known-changes.ts';
import { rememberIn } from '#checker/remember.ts';
import type { Scoreboard } from '#checker/scoreboard.ts';

/** Writes and sessions that are remembered; the oldest are forgotten. */
const REMEMBERED_MAX = 5000;
const PATH = '/v2/keys';

interface Floor {
  readonly index: number;
  readonly by: string;
}

interface OpenRequest {
  readonly name: string;
  readonly session: string;
  readonly method: string;
  readonly target: string;
  readonly isQuorum: boolean;
  readonly invokedAt: number;
  readonly floor: Floor;
  status: number;
  index: number;
  body: string;
}

interface V2Node {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly dir?: unknown;
  readonly modifiedIndex?: unknown;
}

interface Answer {
  readonly action: string;
  readonly key: string;
  /** Undefined where it was deleted, or is a directory. */
  readonly value: string | undefined;
  readonly isDirectory: boolean;
  readonly modified: number;
}

/** Mutable; one for each run. */
export class V2Checks {
  readonly #board: Scoreboard;
  readonly #open = new Map<string, OpenRequest>();
  readonly #known = new KnownChanges();
  readonly #writers = new Map<number, string>();
  readonly #sessions = new Map<string, { readonly index: number; readonly returnedAt: number; readonly by: string }>();
  #newest: Floor = { index: 0, by: '' };

  constructor(board: Scoreboard) {
    this.#board = board;
  }

  /** Another store is served from now on. */
  forget(): void {
    this.#known.clear();
    this.#writers.clear();
    this.#sessions.clear();
    this.#open.clear();
    this.#newest = { index: 0, by: '' };
  }

  /** Hears one event of a client's call. @param at virtual µs */
  hear(client: string, call: number, event: ClientCallEvent, at: number): void {
    const name = `${client}#${call}`;
    if (event.type === 'open') {
      const { target } = event;
      if (target === undefined || !target.startsWith(PATH) || /[?&](?:wait|recursive)=true/.test(target)) return;
      const isQuorum = event.method !== 'GET' || /[?&]quorum=true/.test(target);
      const common = { name, session: `${client} ${event.member}`, method: event.method, target, isQuorum, invokedAt: at };
      this.#open.set(name, { ...common, floor: this.#newest, status: 0, index: 0, body: '' });
      return;
    }
    const request = this.#open.get(name);
    if (request === undefined) return;
    if (event.type === 'http-head') {
      request.status = event.status;
      request.index = Number(event.headers.find(([header]) => header.toLowerCase() === 'x-etcd-index')?.[1] ?? 0);
    } else if (event.type === 'http-body') {
      request.body += textOf(event.body);
      if (!event.last) return;
      this.#open.delete(name);
      if (request.index > 0) this.#close(request, at);
    } else if (event.type !== 'message') this.#open.delete(name);
  }

  #report({ name }: OpenRequest, at: number, detail: string, ...events: readonly string[]): void {
    this.#board.violated({ property: 'v2-order', members: [name], index: 0, at: simTime(at), detail, events });
  }

  #close(request: OpenRequest, at: number): void {
    this.#board.checked('v2-order', at);
    const answer = request.status < 300 ? answerOf(request.body) : undefined;
    const text = `${request.name}, ${(request.invokedAt / 1000).toFixed(3)} ms to ${(at / 1000).toFixed(3)} ms: ${request.method} ${request.target} → ${request.status}, index ${request.index}${answer === undefined ? '' : `, modified ${answer.modified}`}`;
    this.#checkSession(request, at, text);
    if (answer !== undefined && request.method !== 'GET') this.#takeWrite(request, answer, at, text);
    else if (request.method === 'GET') this.#checkRead(request, answer, at, text);
  }

  #checkSession(request: OpenRequest, at: number, text: string): void {
    const { session, index, invokedAt } = request;
    const before = this.#sessions.get(session);
    if (before !== undefined && index < before.index) {
      if (before.returnedAt < invokedAt)
        this.#report(request, at, `the member answered with index ${index} after ${before.index}`, before.by, text);
      return;
    }
    rememberIn(this.#sessions, session, { index, returnedAt: at, by: text }, REMEMBERED_MAX);
  }

  #takeWrite(request: OpenRequest, { key, value, modified, isDirectory }: Answer, at: number, text: string): void {
    const other = this.#writers.get(modified);
    if (other !== undefined) this.#report(request, at, `index ${modified} was given to another write too`, other, text);
    rememberIn(this.#writers, modified, text, REMEMBERED_MAX);
    if (modified <= request.floor.index)
      this.#report(
        request,
        at,
        `wrote at index ${modified} though index ${request.floor.index} had been answered before it began`,
        request.floor.by,
        text,
      );
    if (!isDirectory) this.#learn(request, key, modified, value, at, text);
    this.#raise(Math.max(modified, request.index), text);
  }

  #raise(index: number, by: string): void {
    if (index > this.#newest.index) this.#newest = { index, by };
  }

  #learn(request: OpenRequest, key: string, revision: number, value: string | undefined, at: number, text: string): void {
    const known = this.#known.learn({ key, revision, value, whole: undefined, by: text });
    if (known !== undefined)
      this.#report(request, at, `shows ${key} of index ${revision} otherwise than it was seen before`, known.by, text);
  }

  #checkRead(request: OpenRequest, answer: Answer | undefined, at: number, text: string): void {
    const { index, isQuorum, floor } = request;
    if (isQuorum && index < floor.index)
      this.#report(
        request,
        at,
        `a quorum read at index ${index} though index ${floor.index} had been answered before it began`,
        floor.by,
        text,
      );
    if (isQuorum) this.#raise(index, text);
    if (answer === undefined || answer.isDirectory) return;
    const last = this.#known.lastAt(answer.key, index);
    if (last !== undefined && last.revision > answer.modified)
      this.#report(
        request,
        at,
        `read ${answer.key} of index ${answer.modified} at index ${index}, after it had been changed at ${last.revision}`,
        last.by,
        text,
      );
    this.#learn(request, answer.key, answer.modified, answer.value, at, text);
  }
}

const textOf = (body: Bytes): string => fromUtf8(body);

/** What the body of a successful answer says; undefined if it is none of a single node. */
function answerOf(body: string): Answer | undefined {
  let parsed: { readonly action?: unknown; readonly node?: V2Node } | null;
  try {
    parsed = JSON.parse(body) as typeof parsed; // looked at field by field below
  } catch {
    return undefined;
  }
  const { action, node } = parsed ?? {};
  if (typeof action !== 'string' || typeof node?.key !== 'string' || typeof node.modifiedIndex !== 'number') return undefined;
  const isGone = action === 'delete' || action === 'compareAndDelete' || action === 'expire';
  const value = isGone || typeof node.value !== 'string' ? undefined : node.value;
  return { action, key: node.key, value, isDirectory: node.dir === true, modified: node.modifiedIndex };
}
