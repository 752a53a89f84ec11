/**
 * Records what clients ask and hear in a run, by listening to the world. It changes nothing and looks into no member, so it would record the same
 * of a real cluster. What it keeps grows with the run; {@link HistoryRecorder.isFull} tells when its limit is reached, after which it hears no more.
 */

import { WatchCreateRequest_FilterType, WatchRequest, WatchResponse, type WatchCreateRequest } from '#api/gen/rpc.ts';
import { LeaseService, WatchService } from '#api/rpc.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { keyRange } from '#mvcc/byte-key.ts';
import type { ClientCallEvent } from '#sim/world-core.ts';
import { toAnswer, toRequest, toVersion } from '#checker/history-decode.ts';
import type { Answer, History, Operation, Outcome, Request, Watch, WatchAnswer, WatchedEvent } from '#checker/history.ts';

/** Operations and watch answers that are kept. */
const RECORDS_MAX = 200_000;

/**
 * gRPC codes after which a request certainly did nothing: invalid argument, not found, already exists, permission denied, resource exhausted,
 * failed precondition, out of range, unimplemented, unauthenticated. All others leave it open.
 */
const DEFINITE = new Set([3, 5, 6, 7, 8, 9, 11, 12, 16]);

interface OpenCall {
  readonly index: number;
  readonly operation: Omit<Operation, 'outcome' | 'returnedAt'>;
  readonly method: string;
  answer: Answer | undefined;
}

interface OpenWatch extends Watch {
  createdRevision: number;
  compactRevision: number | undefined;
  readonly answers: WatchAnswer[];
}

interface OpenStream {
  readonly client: string;
  readonly call: number;
  readonly member: number;
  /** Asked for and not yet confirmed, oldest first: the server answers in order. */
  readonly asked: WatchCreateRequest[];
  readonly byId: Map<number, OpenWatch>;
}

interface Caller {
  readonly name: string;
}

/** Hears of what happens at once. */
export interface HistoryHooks {
  opened(operation: Omit<Operation, 'outcome' | 'returnedAt'>): void;
  closed(operation: Operation): void;
  /** A watcher was made, or was answered. */
  watched(watch: Watch, answer: WatchAnswer | undefined): void;
}

/** Mutable; one for each run. */
export class HistoryRecorder {
  readonly #hooks: HistoryHooks;
  readonly #keeps: boolean;
  readonly #holds: (term: number) => boolean;
  readonly #operations: (Operation | undefined)[] = [];
  readonly #calls = new Map<string, OpenCall>();
  readonly #streams = new Map<string, OpenStream>();
  readonly #watches: OpenWatch[] = [];
  #records = 0;

  /**
   * @param keeps false: nothing is kept, and {@link history} is empty
   * @param holds whether a lease that is renewed in a term is sure to live as long as is said
   */
  constructor(hooks: HistoryHooks, keeps = true, holds: (term: number) => boolean = () => true) {
    this.#hooks = hooks;
    this.#keeps = keeps;
    this.#holds = holds;
  }

  get isFull(): boolean {
    return this.#keeps && this.#records >= RECORDS_MAX;
  }

  /** Hears one event of a client's call; for `WorldListener.call`. @throws WireError on a message that is none */
  hear(client: Caller, call: number, event: ClientCallEvent, at: number): void {
    const key = `${client.name}#${call}`;
    if (event.type === 'open') {
      if (!this.isFull) this.#open(key, client.name, call, event, at);
      return;
    }
    const stream = this.#streams.get(key);
    if (stream !== undefined) this.#onStream(key, stream, event, at);
    else this.#onCall(key, event, at);
  }

  /** The history so far: what has no answer yet is unknown. */
  history(): History {
    const open = [...this.#calls.values()];
    const operations = [...this.#operations];
    for (const one of open)
      operations[one.index] = { ...one.operation, outcome: { type: 'unknown', message: 'no answer' }, returnedAt: Infinity };
    return { operations: operations.filter((operation) => operation !== undefined), watches: [...this.#watches] };
  }

  #open(key: string, client: string, call: number, event: Extract<ClientCallEvent, { readonly type: 'open' }>, at: number): void {
    const { member, method, body } = event;
    if (!method.startsWith('/')) return; // HTTP
    if (method === WatchService.Watch.path) {
      const stream: OpenStream = { client, call, member, asked: [], byId: new Map() };
      this.#streams.set(key, stream);
      if (body.length > 0) onWatchRequest(stream, body);
      return;
    }
    this.#records++;
    const request: Request = toRequest(method, body);
    const operation = { client, call, member, request, invokedAt: at };
    this.#calls.set(key, { index: this.#operations.length, operation, method, answer: undefined });
    if (this.#keeps) this.#operations.push(undefined);
    this.#hooks.opened(operation);
  }

  #onCall(key: string, event: ClientCallEvent, at: number): void {
    const open = this.#calls.get(key);
    if (open === undefined) return;
    switch (event.type) {
      case 'message':
        open.answer = toAnswer(open.method, event.body);
        // The stream of a lease stays open: its first answer is the one that was waited for. TTL 0 says that the lease is gone.
        if (open.method === LeaseService.LeaseKeepAlive.path)
          this.#close(key, open, renewal(open.answer, this.#holds(termOf(event.body))), at);
        return;
      case 'end':
        this.#close(key, open, outcomeOf(open.answer, event.code, event.message), at);
        return;
      case 'refused':
        this.#close(key, open, { type: 'failed', code: 14, message: 'connection refused' }, at);
        return;
      case 'broken':
      case 'cancel':
        this.#close(key, open, { type: 'unknown', message: event.type === 'broken' ? 'connection broken' : 'given up' }, Infinity);
        return;
      case 'open':
      case 'send':
      case 'http-head':
      case 'http-body':
    }
  }

  #close(key: string, { index, operation }: OpenCall, outcome: Outcome, at: number): void {
    const closed = { ...operation, outcome, returnedAt: outcome.type === 'unknown' ? Infinity : at };
    if (this.#keeps) this.#operations[index] = closed;
    this.#hooks.closed(closed);
    this.#calls.delete(key);
  }

  #onStream(key: string, stream: OpenStream, event: ClientCallEvent, at: number): void {
    if (event.type === 'send') onWatchRequest(stream, event.body);
    else if (event.type === 'message') {
      this.#records++;
      this.#onWatchResponse(stream, event.body, at);
    } else this.#streams.delete(key);
  }

  #onWatchResponse(stream: OpenStream, body: Bytes, at: number): void {
    const response = WatchResponse.decode(body);
    const id = Number(response.watchId);
    const revision = Number(response.header?.revision ?? 0n);
    if (response.created) {
      const asked = stream.asked.shift();
      if (asked === undefined || response.canceled) return;
      const watch = newWatch(stream, asked, id, revision);
      stream.byId.set(id, watch);
      if (this.#keeps) this.#watches.push(watch);
      this.#hooks.watched(watch, undefined);
      return;
    }
    // A notice for the whole stream is one for each of its watchers.
    const targets = id === -1 ? [...stream.byId.values()] : [stream.byId.get(id)];
    for (const watch of targets) {
      if (watch === undefined) continue;
      if (response.canceled) {
        stream.byId.delete(id);
        if (response.compactRevision !== 0n) watch.compactRevision = Number(response.compactRevision);
        continue;
      }
      const events = response.events.flatMap(({ type, kv, prevKv }): readonly WatchedEvent[] =>
        kv === undefined
          ? []
          : [{ type: type === 0 ? 'put' : 'delete', kv: toVersion(kv), previous: prevKv === undefined ? undefined : toVersion(prevKv) }],
      );
      const answer = { at, revision, events, fragment: response.fragment };
      if (this.#keeps) watch.answers.push(answer);
      this.#hooks.watched(watch, answer);
    }
  }
}

const termOf = (keepAlive: Bytes): number => Number(LeaseService.LeaseKeepAlive.response.decode(keepAlive).header?.raftTerm ?? 0n);

/**
 * A leader that was deposed and does not know it yet renews leases that its successor lets end, and ends leases that its successor has renewed: then the
 * word of nobody is a promise. 3.5.16 makes sure that it leads only where its loop stood still a moment ago (etcd/leadership-check.ts).
 */
function renewal(answer: Answer, holds: boolean): Outcome {
  if (answer.type !== 'lease') return { type: 'ok', answer };
  if (answer.ttl === 0n) return { type: 'failed', code: 5, message: 'the lease is gone' };
  return { type: 'ok', answer: holds ? answer : { type: 'done', revision: answer.revision } };
}

function outcomeOf(answer: Answer | undefined, code: number, message: string): Outcome {
  if (code === 0) return answer === undefined ? { type: 'unknown', message: 'no message before the end' } : { type: 'ok', answer };
  return DEFINITE.has(code) ? { type: 'failed', code, message } : { type: 'unknown', message };
}

function onWatchRequest(stream: OpenStream, body: Bytes): void {
  const { requestUnion: request } = WatchRequest.decode(body);
  if (request?.type === 'createRequest') stream.asked.push(request.value);
}

function newWatch({ client, call, member }: OpenStream, asked: WatchCreateRequest, id: number, revision: number): OpenWatch {
  return {
    client,
    call,
    member,
    id,
    range: keyRange(asked.key.length === 0 ? Uint8Array.of(0) : asked.key, asked.rangeEnd),
    startRevision: Number(asked.startRevision),
    noPut: asked.filters.includes(WatchCreateRequest_FilterType.NOPUT),
    noDelete: asked.filters.includes(WatchCreateRequest_FilterType.NODELETE),
    prevKv: asked.prevKv,
    createdRevision: revision,
    answers: [],
    compactRevision: undefined,
  };
}
