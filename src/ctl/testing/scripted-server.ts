/** Runs a program against answers written in a test: no world, no member; time passes only when the test says so. */

import { concatBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import type { Method } from '#api/rpc.ts';
import { fileFailure, type FileAnswer, type FileRequest } from '#ctl/file-request.ts';
import type { ChildEvent, Program, ProgramEffect, ProgramEvent } from '#ctl/program.ts';

/** What a scripted endpoint does with a call. */
export type Answer =
  | { readonly type: 'ok'; readonly body: Bytes }
  | { readonly type: 'error'; readonly code: number; readonly message: string }
  | { readonly type: 'refuse' }
  | { readonly type: 'silence' };

/** Gets the endpoint, the method's path and the request; streams get each of their messages. */
export type Handler = (endpoint: string, method: string, body: Bytes) => Answer;

export const ok = <T>(method: Pick<Method<unknown, T>, 'response'>, value: T): Answer => ({
  type: 'ok',
  body: method.response.encode(value).finish(),
});

/** 2024-01-01T00:00:00Z. */
const EPOCH_MILLIS = 1_704_067_200_000;

/** A running program. */
export class ScriptedRun {
  readonly #program: Program;
  readonly #encodeEvery: number;
  readonly #handler: Handler;
  #state: Plain = null;
  #now = 0;
  readonly #timers = new Map<number, number>();
  readonly #endpoints = new Map<number, { readonly endpoint: string; readonly method: string }>();
  stdout = '';
  stderr = '';
  code: number | undefined;
  /** Every call that was opened: `endpoint method`. */
  readonly calls: string[] = [];
  readonly files = new Map<string, Bytes>();
  readonly restores: Extract<FileRequest, { readonly type: 'restore' }>[] = [];
  /** Whether the machine's disk is full. */
  full = false;
  readonly children: Extract<ProgramEffect, { readonly type: 'spawn' }>[] = [];
  /** Effects as they came, for what the texts do not show. */
  readonly effects: ProgramEffect[] = [];

  constructor(
    program: Program,
    argv: readonly string[],
    handler: Handler,
    options: {
      readonly env?: Readonly<Record<string, string>>;
      readonly profile?: string;
      readonly files?: Readonly<Record<string, Bytes>>;
      readonly encodeEvery?: number;
      readonly columns?: number;
    } = {},
  ) {
    this.#program = program;
    this.#handler = handler;
    this.#encodeEvery = options.encodeEvery ?? 1;
    for (const [name, data] of Object.entries(options.files ?? {})) this.files.set(name, data);
    const step = program.start({
      argv,
      env: options.env ?? {},
      now: simTime(0),
      epochMillis: EPOCH_MILLIS,
      columns: options.columns ?? 80,
      profile: options.profile ?? '3.5',
    });
    this.#take(step.state, step.effects);
  }

  #steps = 0;
  /** The state goes through its encoding each time, by default: a checkpoint may fall anywhere. Long runs ask for less. */
  #take(state: Plain, effects: readonly ProgramEffect[]): void {
    this.#state = this.#steps++ % this.#encodeEvery === 0 ? decodePlain(encodePlain(state)) : state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: ProgramEffect): void {
    this.effects.push(effect);
    switch (effect.type) {
      case 'stdout':
        this.stdout += fromUtf8(effect.data);
        break;
      case 'stderr':
        this.stderr += fromUtf8(effect.data);
        break;
      case 'open':
        this.calls.push(`${effect.endpoint} ${effect.method.replace(/.*\//, '')}`);
        this.#endpoints.set(effect.call, effect);
        this.#answer(effect.call, effect.body);
        break;
      case 'send':
        this.#answer(effect.call, effect.body);
        break;
      case 'timer':
        this.#timers.set(effect.timer, this.#now + effect.afterMicros);
        break;
      case 'cancel-timer':
        this.#timers.delete(effect.timer);
        break;
      case 'exit':
        this.code = effect.code;
        break;
      case 'spawn':
        this.children.push(effect);
        break;
      case 'file':
        this.#queue.push({ type: 'file', file: effect.file, answer: this.#onFile(effect.request) });
        break;
      case 'child-input':
      case 'child-signal':
      case 'open-http':
      case 'half-close':
      case 'cancel':
        break;
    }
  }

  readonly #queue: ProgramEvent[] = [];

  /** Files in one folder; `full` refuses every write, a snapshot's status is its length. */
  #onFile(request: FileRequest): FileAnswer {
    if (request.type === 'restore') {
      this.restores.push(request);
      return this.files.has(request.snapshot)
        ? { type: 'restored', clusterId: 'cdf818194e3a8c32', members: [{ id: '8e9e05c52164694d', peerUrls: request.peerUrls }] }
        : { type: 'refused', message: `open ${request.snapshot}: no such file or directory` };
    }
    const found = this.files.get(request.path);
    switch (request.type) {
      case 'write': {
        if (request.path.includes('/')) return fileFailure('ENOENT');
        if (this.full && request.data.length > 0) return fileFailure('ENOSPC');
        this.files.set(request.path, request.append && found !== undefined ? concatBytes([found, request.data]) : request.data);
        return { type: 'done' };
      }
      case 'rename':
        if (found === undefined) return fileFailure('ENOENT');
        this.files.delete(request.path);
        this.files.set(request.to, found);
        return { type: 'done' };
      case 'remove':
        return this.files.delete(request.path) ? { type: 'done' } : fileFailure('ENOENT');
      case 'snapshot-status':
        return found === undefined
          ? fileFailure('ENOENT')
          : { type: 'snapshot', hash: 0x9920e556, revision: 2, keys: 5, bytes: found.length };
      default:
        return found === undefined ? fileFailure('ENOENT') : { type: 'data', data: found };
    }
  }

  #answer(call: number, body: Bytes): void {
    const to = this.#endpoints.get(call);
    if (to === undefined) return;
    const answer = this.#handler(to.endpoint, to.method, body);
    const stream = /Watch$|KeepAlive$|Snapshot$/.test(to.method);
    if (answer.type === 'refuse') this.#queue.push({ type: 'call', call, event: { type: 'refused' } });
    if (answer.type === 'error')
      this.#queue.push({ type: 'call', call, event: { type: 'end', code: answer.code, message: answer.message } });
    if (answer.type === 'ok') {
      this.#queue.push({ type: 'call', call, event: { type: 'message', body: answer.body } });
      if (!stream) this.#queue.push({ type: 'call', call, event: { type: 'end', code: 0, message: '' } });
    }
  }

  #step(event: ProgramEvent): void {
    if (this.code !== undefined) return;
    const step = this.#program.step(this.#state, event, simTime(this.#now));
    this.#take(step.state, step.effects);
  }

  /** Delivers what is on its way. */
  settle(): this {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    return this;
  }

  /** Lets time pass, timers firing in order. */
  pass(micros: number): this {
    this.settle();
    const until = this.#now + micros;
    for (;;) {
      const due = [...this.#timers].filter(([, at]) => at <= until).toSorted((a, b) => a[1] - b[1])[0];
      if (due === undefined || this.code !== undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1];
      this.#step({ type: 'timer', timer: due[0] });
      this.settle();
    }
    this.#now = until;
    return this;
  }

  input(text: string): this {
    this.#step({ type: 'stdin', data: utf8(text) });
    return this.settle();
  }

  end(): this {
    this.#step({ type: 'stdin-end' });
    return this.settle();
  }

  /** A child ends, or never began. */
  child(child: number, event: ChildEvent): this {
    this.#step({ type: 'child', child, event });
    return this.settle();
  }

  signal(signal: 'INT' | 'TERM'): this {
    this.#step({ type: 'signal', signal });
    return this.settle();
  }

  /** A message on the newest stream of a method. */
  push(method: string, body: Bytes): this {
    const call = [...this.#endpoints].findLast(([, to]) => to.method === method)?.[0];
    if (call !== undefined) this.#step({ type: 'call', call, event: { type: 'message', body } });
    return this.settle();
  }

  /** The newest stream of a method ends with a status. */
  close(method: string, code = 0, message = ''): this {
    const call = [...this.#endpoints].findLast(([, to]) => to.method === method)?.[0];
    if (call !== undefined) this.#step({ type: 'call', call, event: { type: 'end', code, message } });
    return this.settle();
  }

  /** The connection of the newest stream of a method breaks. */
  break(method: string): this {
    const call = [...this.#endpoints].findLast(([, to]) => to.method === method)?.[0];
    if (call !== undefined) this.#step({ type: 'call', call, event: { type: 'broken' } });
    return this.settle();
  }
}
