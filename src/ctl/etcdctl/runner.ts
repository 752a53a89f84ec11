/**
 * Runs a command as a program: plain state in, effects out. See script.ts for how a phase is resumed. Owns standard
 * input and the queue of what has happened; transport.ts has the calls.
 */

import { assert } from '#kernel/assert.ts';
import type { SimTime } from '#kernel/brand.ts';
import { concatBytes, EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { ProgramEffect, ProgramEvent, ProgramStep } from '#ctl/program.ts';
import type { Phase } from '#ctl/etcdctl/command.ts';
import { takeAnswer } from '#ctl/etcdctl/take-answer.ts';
import type { Launch, LoginContext, Operation, RunnerState } from '#ctl/etcdctl/run-state.ts';
import { CommandFailure, type Answer, type Ask, type Outcome, type Script } from '#ctl/etcdctl/script.ts';
import { Transport } from '#ctl/etcdctl/transport.ts';

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
    requests: [],
    fileAnswer: undefined,
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
  readonly #effects: ProgramEffect[] = [];
  readonly #transport: Transport;
  #exited = false;

  constructor(phases: ReadonlyMap<string, Phase>, state: RunnerState, now: SimTime) {
    this.#phases = phases;
    this.#state = state;
    this.#transport = new Transport(
      state,
      now,
      (effect) => this.#emit(effect),
      (answer) => this.#enqueue(answer),
    );
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
        this.#transport.onTimer(event.timer);
        break;
      case 'call':
        this.#transport.onCall(event.call, event.event);
        break;
      case 'file':
        s.fileAnswer = event.answer;
        break;
      case 'child':
        this.#enqueue({ type: 'child', child: event.child, event: event.event });
        break;
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
      if (error.message !== '') this.#emit({ type: 'stderr', data: utf8(error.message) });
      return { type: 'exit', code: error.code };
    }
  }

  #context(record: (o: Operation) => void): LoginContext {
    const { start, args, flags, changed, dash, endpoints, timeoutMicros } = this.#state;
    const effect = (e: ProgramEffect): void => record({ type: 'effect', effect: e });
    return {
      start,
      args,
      flags,
      changed,
      dash,
      endpoints,
      timeoutMicros,
      stdout: (text) => effect({ type: 'stdout', data: typeof text === 'string' ? utf8(text) : text }),
      stderr: (text) => effect({ type: 'stderr', data: utf8(text) }),
      open: (stream, method, body, endpoint) => record({ type: 'open', stream, method, body, endpoint }),
      send: (stream, body) => record({ type: 'send', stream, body }),
      close: (stream) => record({ type: 'close', stream }),
      call: (lane, method, body) => record({ type: 'call', lane, method, body }),
      request: (request, of) => record({ type: 'request', request, of }),
      spawn: (child, argv, env) => effect({ type: 'spawn', child, argv, env, output: 'inherit', input: EMPTY_BYTES }),
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
      else if (o.type === 'call') this.#transport.startCall(o.lane, o.method, o.body, s.endpoints, s.pinned);
      else if (o.type === 'request') this.#transport.request(o.request, o.of);
      else if (o.type === 'send') this.#transport.sendOnStream(o.stream, o.body);
      else if (o.type === 'close') this.#transport.closeStream(o.stream);
      else
        this.#transport.openStream({
          stream: o.stream,
          call: 0,
          method: o.method,
          first: o.body,
          index: s.pinned,
          fixed: o.endpoint,
          refused: 0,
        });
    }
  }

  /** Starts what an ask needs. */
  #begin(ask: Ask): void {
    if (ask.type === 'file') this.#emit({ type: 'file', file: 1, request: ask.request });
    else this.#transport.begin(ask);
  }
}
