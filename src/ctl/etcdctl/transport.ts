/**
 * The client's side of a command's calls: unary calls with their deadline and failover, streams that dial on, HTTP requests. It owns the
 * numbers of calls and of its timers.
 */

import type { SimTime } from '#kernel/brand.ts';
import { concatBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { Code, errorFromStatus } from '#api/errors.ts';
import { WatchService } from '#api/rpc.ts';
import type { CallEvent, ProgramEffect } from '#ctl/program.ts';
import {
  endpointAddress,
  onCallEvent,
  onDeadline,
  REDIAL_MICROS,
  TRANSPORT_CLOSING,
  type CallStep,
  type UnaryCall,
} from '#ctl/etcdctl/client.ts';
import type { HttpOutcome, HttpRequest } from '#ctl/etcdctl/http-call.ts';
import type { RunnerState, Stream } from '#ctl/etcdctl/run-state.ts';
import type { Answer, Ask } from '#ctl/etcdctl/script.ts';

/** Timers of scripts are below; one for each stream, two for each HTTP request and two for each call in progress above. */
const STREAM_TIMERS = 5_000;
const HTTP_TIMERS = 8_000;
const CALL_TIMERS = 10_000;
/** The Go client's own limit on a request. */
const SEND_BYTES_MAX = 2 << 20;

/** Works on the state of one step; lives no longer than it. */
export class Transport {
  readonly #state: RunnerState;
  readonly #now: SimTime;
  readonly #emit: (effect: ProgramEffect) => void;
  readonly #enqueue: (answer: Answer) => void;

  constructor(state: RunnerState, now: SimTime, emit: (effect: ProgramEffect) => void, enqueue: (answer: Answer) => void) {
    this.#state = state;
    this.#now = now;
    this.#emit = emit;
    this.#enqueue = enqueue;
  }

  /** Starts what an ask needs. */
  begin(ask: Ask): void {
    const s = this.#state;
    if (ask.type === 'call')
      this.startCall(
        0,
        ask.method,
        ask.body,
        ask.endpoint === undefined ? s.endpoints : [ask.endpoint],
        ask.endpoint === undefined ? s.pinned : 0,
      );
    if (ask.type === 'calls') for (const endpoint of ask.endpoints) this.startCall(0, ask.method, ask.body, [endpoint], 0);
  }

  /** Starts a unary call. @param lane see {@link UnaryCall} */
  startCall(lane: number, method: string, body: Bytes, endpoints: readonly string[], index: number): void {
    const s = this.#state;
    const id = s.nextCall++;
    const call: UnaryCall = {
      id,
      lane,
      method,
      body,
      endpoints,
      index,
      refused: 0,
      attempt: 0,
      response: EMPTY_BYTES,
      startedMicros: this.#now,
    };
    s.calls = [...s.calls, call];
    if (body.length > SEND_BYTES_MAX)
      return this.#carryOut({
        type: 'done',
        call,
        body: EMPTY_BYTES,
        error: {
          code: Code.ResourceExhausted,
          message: `trying to send message larger than max (${body.length} vs. ${SEND_BYTES_MAX})`,
          effect: 'definite',
        },
      });
    if (s.timeoutMicros <= 0) return this.#carryOut(onDeadline(call));
    this.#emit({ type: 'timer', timer: CALL_TIMERS + 2 * id, afterMicros: s.timeoutMicros });
    this.#carryOut({ type: 'attempt', call });
  }

  #carryOut(step: CallStep): void {
    const s = this.#state;
    const { id } = step.call;
    let { call } = step;
    if (step.type === 'attempt') {
      const attempt = s.nextCall++;
      call = { ...call, attempt };
      this.#emit({
        type: 'open',
        call: attempt,
        endpoint: endpointAddress(call.endpoints[call.index] ?? ''),
        method: call.method,
        body: call.body,
        token: s.token,
      });
      this.#emit({ type: 'half-close', call: attempt });
    }
    if (step.type === 'pause') this.#emit({ type: 'timer', timer: CALL_TIMERS + 2 * id + 1, afterMicros: step.afterMicros });
    if (step.type !== 'done') {
      s.calls = s.calls.map((c) => (c.id === id ? call : c));
      return;
    }
    s.calls = s.calls.filter((c) => c.id !== id);
    this.#emit({ type: 'cancel-timer', timer: CALL_TIMERS + 2 * id });
    if (call.attempt === 0) this.#emit({ type: 'cancel-timer', timer: CALL_TIMERS + 2 * id + 1 });
    const endpoint = call.endpoints[call.index] ?? '';
    if (step.error === undefined && call.endpoints === s.endpoints) s.pinned = call.index;
    const answer = { type: 'call', endpoint, body: step.body, error: step.error, tookMicros: this.#now - call.startedMicros } as const;
    if (call.lane > 0) this.#enqueue({ type: 'called', lane: call.lane, answer });
    else s.gathered = [...s.gathered, answer];
  }

  /** A timer fired, the script's own included. */
  onTimer(timer: number): void {
    const s = this.#state;
    if (timer >= CALL_TIMERS) {
      const call = s.calls.find((c) => c.id === Math.floor((timer - CALL_TIMERS) / 2));
      if (call === undefined) return;
      if (timer % 2 === 1) return this.#carryOut({ type: 'attempt', call });
      if (call.attempt !== 0) this.#emit({ type: 'cancel', call: call.attempt });
      return this.#carryOut(onDeadline(call));
    }
    if (timer < STREAM_TIMERS) return this.#enqueue({ type: 'timer', timer });
    if (timer >= HTTP_TIMERS) {
      const request = Math.floor((timer - HTTP_TIMERS) / 2);
      return this.#finishRequest(request, { type: timer % 2 === 0 ? 'head-timeout' : 'deadline' });
    }
    const stream = s.streams.find((x) => x.stream === timer - STREAM_TIMERS);
    if (stream !== undefined) this.openStream({ ...stream, refused: 0 });
  }

  /** Something happened on a call. */
  onCall(number: number, event: CallEvent): void {
    const s = this.#state;
    const call = s.calls.find((c) => c.attempt === number);
    if (call !== undefined) return this.#carryOut(onCallEvent(call, event));
    if (s.requests.some((r) => r.call === number)) return this.#onHttp(number, event);
    const stream = s.streams.find((x) => x.call === number);
    if (stream === undefined) return;
    if (event.type === 'message') return this.#enqueue({ type: 'stream', stream: stream.stream, body: event.body });
    if (event.type === 'refused') return this.#onRefused(stream);
    if (event.type !== 'end' && event.type !== 'broken') return;
    s.streams = s.streams.filter((x) => x !== stream);
    this.#enqueue({
      type: 'stream-end',
      stream: stream.stream,
      error: event.type === 'broken' ? TRANSPORT_CLOSING : errorFromStatus(event.code, event.message),
    });
  }

  /** Opens a stream, or opens it again. */
  openStream(stream: Stream): void {
    const s = this.#state;
    const call = s.nextCall++;
    const endpoint = endpointAddress(stream.fixed ?? s.endpoints[stream.index % s.endpoints.length] ?? '');
    s.streams = [...s.streams.filter((x) => x.stream !== stream.stream), { ...stream, call }];
    // etcdctl's watches ask for a leader; its keep-alives do not.
    const needs = stream.method === WatchService.Watch.path ? { requireLeader: true } : {};
    this.#emit({ type: 'open', call, endpoint, method: stream.method, body: stream.first, token: s.token, ...needs });
  }

  sendOnStream(number: number, body: Bytes): void {
    const stream = this.#state.streams.find((x) => x.stream === number);
    if (stream !== undefined) this.#emit({ type: 'send', call: stream.call, body });
  }

  closeStream(number: number): void {
    const stream = this.#state.streams.find((x) => x.stream === number);
    if (stream === undefined) return;
    this.#emit({ type: 'cancel', call: stream.call });
    this.#state.streams = this.#state.streams.filter((x) => x !== stream);
  }

  /** A stream has no deadline: its client dials on, endpoint after endpoint, with a pause after each round. */
  #onRefused(stream: Stream): void {
    const count = stream.fixed === undefined ? this.#state.endpoints.length : 1;
    const moved = { ...stream, index: (stream.index + 1) % count, refused: stream.refused + 1, call: 0 };
    if (moved.refused < count) return this.openStream(moved);
    this.#state.streams = this.#state.streams.map((x) => (x === stream ? moved : x));
    this.#emit({ type: 'timer', timer: STREAM_TIMERS + stream.stream, afterMicros: REDIAL_MICROS });
  }

  /** Sends an HTTP request. */
  request(request: number, of: HttpRequest): void {
    const s = this.#state;
    const open = s.requests.find((r) => r.request === request);
    if (open !== undefined) this.#emit({ type: 'cancel', call: open.call });
    const call = s.nextCall++;
    s.requests = [...s.requests.filter((r) => r !== open), { request, call, status: 0, headers: [], body: EMPTY_BYTES }];
    const { endpoint, method, target, headers, body } = of;
    this.#emit({ type: 'open-http', call, endpoint, method, target, headers, body });
    if (of.headMicros > 0) this.#emit({ type: 'timer', timer: HTTP_TIMERS + 2 * request, afterMicros: of.headMicros });
    if (of.totalMicros > 0) this.#emit({ type: 'timer', timer: HTTP_TIMERS + 2 * request + 1, afterMicros: of.totalMicros });
  }

  #onHttp(number: number, event: CallEvent): void {
    const s = this.#state;
    const at = s.requests.findIndex((r) => r.call === number);
    const open = s.requests[at];
    if (open === undefined) return;
    if (event.type === 'http-head') {
      this.#emit({ type: 'cancel-timer', timer: HTTP_TIMERS + 2 * open.request });
      s.requests = s.requests.with(at, { ...open, status: event.status, headers: event.headers });
    } else if (event.type === 'http-body') {
      const body = concatBytes([open.body, event.body]);
      if (!event.last) s.requests = s.requests.with(at, { ...open, body });
      else this.#finishRequest(open.request, { type: 'response', status: open.status, headers: open.headers, body });
    } else if (event.type === 'refused') this.#finishRequest(open.request, event);
    else this.#finishRequest(open.request, { type: 'broken', begun: open.status !== 0 });
  }

  #finishRequest(request: number, outcome: HttpOutcome): void {
    const s = this.#state;
    const open = s.requests.find((r) => r.request === request);
    if (open === undefined) return;
    s.requests = s.requests.filter((r) => r !== open);
    if (outcome.type === 'head-timeout' || outcome.type === 'deadline') this.#emit({ type: 'cancel', call: open.call });
    this.#emit({ type: 'cancel-timer', timer: HTTP_TIMERS + 2 * request });
    this.#emit({ type: 'cancel-timer', timer: HTTP_TIMERS + 2 * request + 1 });
    this.#enqueue({ type: 'http', request, outcome });
  }
}
