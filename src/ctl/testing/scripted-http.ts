/** Runs a program against scripted HTTP answers and children: what it asks for is kept, what comes back is told by a function. */

import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import type { Program, ProgramEffect, ProgramEvent } from '#ctl/program.ts';

export type OpenHttp = Extract<ProgramEffect, { readonly type: 'open-http' }>;
export type Spawn = Extract<ProgramEffect, { readonly type: 'spawn' }>;

export type HttpReply =
  | { readonly type: 'response'; readonly status: number; readonly body: string; readonly headers?: readonly (readonly [string, string])[] }
  | { readonly type: 'refused' }
  | { readonly type: 'broken' }
  | { readonly type: 'silence' };

/** A run that answers at once; timers fire when told. */
export class ScriptedHttpRun {
  readonly #program: Program;
  readonly #reply: (request: OpenHttp) => HttpReply;
  #state: Plain = null;
  #now = 0;
  readonly #queue: ProgramEvent[] = [];
  readonly #timers = new Map<number, number>();
  stdout = '';
  stderr = '';
  code: number | undefined;
  readonly requests: OpenHttp[] = [];
  readonly children: Spawn[] = [];

  constructor(
    program: Program,
    argv: readonly string[],
    reply: (request: OpenHttp) => HttpReply,
    options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string; readonly columns?: number } = {},
  ) {
    this.#program = program;
    this.#reply = reply;
    if (options.stdin !== undefined) this.#queue.push({ type: 'stdin', data: utf8(options.stdin) }, { type: 'stdin-end' });
    const step = program.start({
      argv,
      env: options.env ?? {},
      now: simTime(0),
      epochMillis: 0,
      columns: options.columns ?? 0,
      profile: '3.4.23',
    });
    this.#take(step.state, step.effects);
    this.settle();
  }

  #take(state: Plain, effects: readonly ProgramEffect[]): void {
    this.#state = decodePlain(encodePlain(state));
    for (const e of effects) {
      if (e.type === 'stdout') this.stdout += fromUtf8(e.data);
      else if (e.type === 'stderr') this.stderr += fromUtf8(e.data);
      else if (e.type === 'exit') this.code = e.code;
      else if (e.type === 'timer') this.#timers.set(e.timer, this.#now + e.afterMicros);
      else if (e.type === 'cancel-timer') this.#timers.delete(e.timer);
      else if (e.type === 'spawn') this.children.push(e);
      else if (e.type === 'open-http') this.#answer(e);
    }
  }

  #answer(request: OpenHttp): void {
    this.requests.push(request);
    const reply = this.#reply(request);
    const { call } = request;
    if (reply.type === 'refused' || reply.type === 'broken') this.#queue.push({ type: 'call', call, event: { type: reply.type } });
    if (reply.type !== 'response') return;
    const { status, body, headers = [] } = reply;
    this.#queue.push({ type: 'call', call, event: { type: 'http-head', status, headers } });
    this.#queue.push({ type: 'call', call, event: { type: 'http-body', body: utf8(body), last: true } });
  }

  /** Delivers what is on its way. */
  settle(): this {
    for (let next = this.#queue.shift(); next !== undefined && this.code === undefined; next = this.#queue.shift()) {
      const step = this.#program.step(this.#state, next, simTime(this.#now));
      this.#take(step.state, step.effects);
    }
    return this;
  }

  event(event: ProgramEvent): this {
    this.#queue.push(event);
    return this.settle();
  }

  /** Lets time pass, timers firing in order. */
  pass(micros: number): this {
    const until = this.#now + micros;
    for (;;) {
      const due = [...this.#timers].filter(([, at]) => at <= until).toSorted((a, b) => a[1] - b[1])[0];
      if (due === undefined || this.code !== undefined) break;
      this.#timers.delete(due[0]);
      this.#now = due[1];
      this.event({ type: 'timer', timer: due[0] });
    }
    this.#now = until;
    return this;
  }
}
