/**
 * Runs a command as a program: plain state in, effects out. See script.ts for how a phase is resumed. Owns the client's side of calls
 * and streams, standard input, and the numbers of calls and timers.
 */

import { assert } from '#kernel/assert.ts';
import type { SimTime } from '#kernel/brand.ts';
import { concatBytes, EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { Code, errorFromStatus } from '#api/errors.ts';
import type { CallEvent, ProgramEffect, ProgramEvent, ProgramStep } from '#ctl/program.ts';
import {
  endpointAddress,
  onCallEvent,
  onDeadline,
  REDIAL_MICROS,
  TRANSPORT_CLOSING,
  type CallStep,
  type UnaryCall,
} from '#ctl/etcdctl/client.ts';
import type { Phase } from '#ctl/etcdctl/command.ts';
import { takeAnswer } from '#ctl/etcdctl/take-answer.ts';
import type { Launch, LoginContext, Operation, RunnerState, Stream } from '#ctl/etcdctl/run-state.ts';
import { CommandFailure, type Answer, type Ask, type Outcome, type Script } from '#ctl/etcdctl/script.ts';

/** Timers of scripts are below; two for each call in progress and one for each stream above. */
const CALL_TIMERS = 10_000;
const STREAM_TIMERS = 5_000;
/** The Go client's own limit on a request. */
const SEND_BYTES_MAX = 2 << 20;
const INPUT_BYTES_MAX = 64 << 20;
const PENDING_MAX = 100_000;

export function launch(phases: ReadonlyMap<string, Phase>, l: Launch): ProgramStep {
  const state: RunnerState = {
    ...l,
    data: null,
    answers: [],
    ask: undefined,
    pending: [],
    input: EMPTY_BYTES,
    inputEnded: false,
    token: '',
    pinned: 0,
    nextCall: 1,
    calls: [],
    gathered: [],
    streams: [],
  };
  const runner = new Runner(phases, state, l.start.now);
  runner.proceed();
  return runner.result();
}

export function resume(phases: ReadonlyMap<string, Phase>, state: Plain, event: ProgramEvent, now: SimTime): ProgramStep {
  const runner = new Runner(phases, { ...(state as unknown as RunnerState) }, now); // what `launch` and this function returned before
  runner.handle(event);
  return runner.result();
}

/** One step of a program; lives no longer than the step. */
class Runner {
  readonly #phases: ReadonlyMap<string, Phase>;
  readonly #state: RunnerState;
  readonly #now: SimTime;
  readonly #effects: ProgramEffect[] = [];
  #exited = false;

  constructor(phases: ReadonlyMap<string, Phase>, state: RunnerState, now: SimTime) {
    this.#phases = phases;
    this.#state = state;
    this.#now = now;
  }

  result(): ProgramStep {
    return { state: this.#state as unknown as Plain, effects: this.#effects }; // made of plain values only
  }

  #emit(effect: ProgramEffect): void {
    this.#effects.push(effect);
  }

  handle(event: ProgramEvent): void {
    const s = this.#state;
    switch (event.type) {
      case 'stdin':
        assert(s.input.length + event.data.length <= INPUT_BYTES_MAX, 'standard input beyond its limit');
        s.input = concatBytes([s.input, event.data]);
        break;
      case 'stdin-end':
        s.inputEnded = true;
        break;
      case 'signal':
        if (s.ask?.type !== 'next') return this.#exit(event.signal === 'INT' ? 130 : 143);
        this.#enqueue({ type: 'signal', signal: event.signal });
        break;
      case 'timer':
        this.#onTimer(event.timer);
        break;
      case 'call':
        this.#onCall(event.call, event.event);
        break;
      case 'file':
      case 'child':
        return; // no command asks for them
    }
    this.proceed();
  }

  #exit(code: number): void {
    this.#exited = true;
    this.#emit({ type: 'exit', code });
  }

  #enqueue(answer: Answer): void {
    assert(this.#state.pending.length < PENDING_MAX, 'events beyond the limit of a program');
    this.#state.pending = [...this.#state.pending, answer];
  }

  /** Runs the script as far as it can go with what is there. */
  proceed(): void {
    const s = this.#state;
    while (!this.#exited) {
      if (s.ask !== undefined) {
        const answer = takeAnswer(s, s.ask);
        if (answer === undefined) return;
        s.answers = [...s.answers, answer];
        s.ask = undefined;
      }
      const ended = this.#runPhase();
      if (ended === undefined) return;
      if (ended.type === 'exit') return this.#exit(ended.code);
      s.phase = ended.phase;
      s.data = ended.data;
      s.answers = [];
    }
  }

  /** Replays the phase over its answers, then goes on live. Undefined: it waits for something that is not there yet. */
  #runPhase(): Outcome | undefined {
    const s = this.#state;
    const phase = this.#phases.get(s.phase);
    assert(phase !== undefined, () => `no phase ${s.phase}`);
    let operations: Operation[] = [];
    const script: Script = phase(
      this.#context((o) => operations.push(o)),
      s.data,
    );
    try {
      let step = script.next();
      for (const answer of s.answers) {
        assert(step.done !== true, () => `phase ${s.phase} ended early in its replay`);
        operations = [];
        step = script.next(answer);
      }
      for (;;) {
        this.#apply(operations);
        operations = [];
        if (step.done === true) return step.value;
        this.#begin(step.value);
        const answer = takeAnswer(s, step.value);
        if (answer === undefined) {
          s.ask = step.value;
          return undefined;
        }
        s.answers = [...s.answers, answer];
        step = script.next(answer);
      }
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      this.#apply(operations);
      this.#emit({ type: 'stderr', data: utf8(`Error: ${error.message}\n`) });
      return { type: 'exit', code: error.code };
    }
  }

  #context(record: (o: Operation) => void): LoginContext {
    const { start, args, flags, changed, dash, endpoints } = this.#state;
    const effect = (e: ProgramEffect): void => record({ type: 'effect', effect: e });
    return {
      start,
      args,
      flags,
      changed,
      dash,
      endpoints,
      stdout: (text) => effect({ type: 'stdout', data: typeof text === 'string' ? utf8(text) : text }),
      stderr: (text) => effect({ type: 'stderr', data: utf8(text) }),
      open: (stream, method, body, endpoint) => record({ type: 'open', stream, method, body, endpoint }),
      send: (stream, body) => record({ type: 'send', stream, body }),
      close: (stream) => record({ type: 'close', stream }),
      timer: (timer, afterMicros) => effect({ type: 'timer', timer, afterMicros }),
      cancelTimer: (timer) => effect({ type: 'cancel-timer', timer }),
      setToken: (token) => record({ type: 'token', token }),
    };
  }

  #apply(operations: readonly Operation[]): void {
    const s = this.#state;
    for (const o of operations) {
      if (o.type === 'effect') this.#emit(o.effect);
      else if (o.type === 'token') s.token = o.token;
      else if (o.type === 'open')
        this.#openStream({ stream: o.stream, call: 0, method: o.method, first: o.body, index: s.pinned, fixed: o.endpoint, refused: 0 });
      else {
        const stream = s.streams.find((x) => x.stream === o.stream);
        if (stream === undefined) continue;
        if (o.type === 'send') this.#emit({ type: 'send', call: stream.call, body: o.body });
        else {
          this.#emit({ type: 'cancel', call: stream.call });
          s.streams = s.streams.filter((x) => x !== stream);
        }
      }
    }
  }

  /** Starts what an ask needs. */
  #begin(ask: Ask): void {
    const s = this.#state;
    if (ask.type === 'call')
      this.#startCall(
        ask.method,
        ask.body,
        ask.endpoint === undefined ? s.endpoints : [ask.endpoint],
        ask.endpoint === undefined ? s.pinned : 0,
      );
    if (ask.type === 'calls') for (const endpoint of ask.endpoints) this.#startCall(ask.method, ask.body, [endpoint], 0);
  }

  #startCall(method: string, body: Bytes, endpoints: readonly string[], index: number): void {
    const s = this.#state;
    const id = s.nextCall++;
    const call: UnaryCall = { id, method, body, endpoints, index, refused: 0, attempt: 0, response: EMPTY_BYTES, startedMicros: this.#now };
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
    s.gathered = [
      ...s.gathered,
      { type: 'call', endpoint, body: step.body, error: step.error, tookMicros: this.#now - call.startedMicros },
    ];
  }

  #onTimer(timer: number): void {
    const s = this.#state;
    if (timer >= CALL_TIMERS) {
      const call = s.calls.find((c) => c.id === Math.floor((timer - CALL_TIMERS) / 2));
      if (call === undefined) return;
      if (timer % 2 === 1) return this.#carryOut({ type: 'attempt', call });
      if (call.attempt !== 0) this.#emit({ type: 'cancel', call: call.attempt });
      return this.#carryOut(onDeadline(call));
    }
    if (timer < STREAM_TIMERS) return this.#enqueue({ type: 'timer', timer });
    const stream = s.streams.find((x) => x.stream === timer - STREAM_TIMERS);
    if (stream !== undefined) this.#openStream({ ...stream, refused: 0 });
  }

  #onCall(number: number, event: CallEvent): void {
    const s = this.#state;
    const call = s.calls.find((c) => c.attempt === number);
    if (call !== undefined) return this.#carryOut(onCallEvent(call, event));
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

  #openStream(stream: Stream): void {
    const s = this.#state;
    const call = s.nextCall++;
    const endpoint = endpointAddress(stream.fixed ?? s.endpoints[stream.index % s.endpoints.length] ?? '');
    s.streams = [...s.streams.filter((x) => x.stream !== stream.stream), { ...stream, call }];
    this.#emit({ type: 'open', call, endpoint, method: stream.method, body: stream.first, token: s.token });
  }

  /** A stream has no deadline: its client dials on, endpoint after endpoint, with a pause after each round. */
  #onRefused(stream: Stream): void {
    const count = stream.fixed === undefined ? this.#state.endpoints.length : 1;
    const moved = { ...stream, index: (stream.index + 1) % count, refused: stream.refused + 1, call: 0 };
    if (moved.refused < count) return this.#openStream(moved);
    this.#state.streams = this.#state.streams.map((x) => (x === stream ? moved : x));
    this.#emit({ type: 'timer', timer: STREAM_TIMERS + stream.stream, afterMicros: REDIAL_MICROS });
  }
}
