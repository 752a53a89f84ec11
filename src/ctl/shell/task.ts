/**
 * Cooperative tasks: what runs in a shell at the same time. A task is a generator that yields what it waits for; nothing runs while all wait. Tasks live
 * outside the world or inside one program of it; either way they see only what they are given, so they are as deterministic as their inputs.
 */

import type { Plain } from '#kernel/plain.ts';
import type { Pipe } from '#ctl/shell/pipe.ts';

/** What a task waits for. `W` is what the host can answer: a world outside, effects of a program inside. */
export type Wait<W> =
  /** Until there is something to read, or nothing will come any more. */
  | { readonly type: 'readable'; readonly pipe: Pipe }
  /** Until there is room to write, or nobody reads any more. */
  | { readonly type: 'writable'; readonly pipe: Pipe }
  /** Until those tasks have ended. */
  | { readonly type: 'ended'; readonly tasks: readonly TaskHandle[] }
  /** Until every other task waits for something. */
  | { readonly type: 'idle' }
  /** Resumed with the host's answer. */
  | { readonly type: 'host'; readonly wait: W };

/** Resumed with the answer to a host's wait, undefined otherwise. */
export type Task<T, W = unknown> = Generator<Wait<W>, T, Plain>;

/** Thrown into tasks that a signal ends. `code` is the exit code: 130 for Ctrl-C, 143 for TERM, 137 for KILL. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code: number;
  constructor(code: number) {
    super(`interrupted: ${code}`);
    this.code = code;
  }
}

/** Tasks and processes that a signal reaches together: a line in the foreground, or a job in the background. */
export interface TaskGroup {
  readonly name: string;
  /** Exit code of the signal that ended it. */
  interrupted: number | undefined;
  /** Processes of the host that run now: how to signal each. */
  readonly processes: Map<string, (signal: 'INT' | 'TERM' | 'KILL') => void>;
}

export interface TaskHandle {
  readonly group: TaskGroup;
  done: boolean;
  /** Exit code, once done. */
  code: number;
}

interface Running<W> extends TaskHandle {
  readonly task: Task<number, W>;
  wait: Wait<W> | undefined;
  answer: Plain;
  /** Number of the host's wait that it is in. */
  ticket: number;
  /** It is on the stack: it cannot be resumed within itself. */
  isActive: boolean;
}

/** A wait that the host has to answer. */
export interface HostWait<W> {
  readonly ticket: number;
  readonly wait: W;
}

/** Tasks at a time: more are refused, as `fork` refuses. */
export const TASKS_MAX = 500;

/** Runs tasks until all of them wait. Mutable; owned by a shell. */
export class Scheduler<W> {
  #running: Running<W>[] = [];
  #nextTicket = 1;

  newGroup(name: string): TaskGroup {
    return { name, interrupted: undefined, processes: new Map() };
  }

  get isFull(): boolean {
    return this.#running.length >= TASKS_MAX;
  }

  /** Adds a task; it begins to run with the next {@link Scheduler.run}, or in the one under way. */
  spawn(task: Task<number, W>, group: TaskGroup): TaskHandle {
    const handle: Running<W> = { task, group, done: false, code: 0, wait: undefined, answer: undefined, ticket: 0, isActive: false };
    this.#running.push(handle);
    return handle;
  }

  /** What the host has to answer. */
  waits(): readonly HostWait<W>[] {
    return this.#running.flatMap((r) => (r.wait?.type === 'host' ? [{ ticket: r.ticket, wait: r.wait.wait }] : []));
  }

  /** Answers one of {@link Scheduler.waits}; nothing happens if it is no more. Call {@link Scheduler.run} afterwards. */
  answer(ticket: number, answer: Plain): void {
    const waiting = this.#running.find((r) => r.ticket === ticket && r.wait?.type === 'host');
    if (waiting === undefined) return;
    waiting.wait = undefined;
    waiting.answer = answer;
  }

  /** Groups that tasks run in. */
  groups(): readonly TaskGroup[] {
    return [...new Set(this.#running.map((r) => r.group))];
  }

  /** Runs until every task waits for the host, for input or for another task. */
  run(): void {
    for (;;) {
      let progress = false;
      for (const r of this.#running.slice()) progress = this.#advance(r) || progress;
      if (progress) continue;
      const idle = this.#running.find((r) => r.wait?.type === 'idle');
      if (idle === undefined) return;
      idle.wait = undefined;
      this.#advance(idle);
    }
  }

  /** @returns whether it ran */
  #advance(r: Running<W>): boolean {
    if (r.done || r.isActive || (r.wait !== undefined && !isOver(r.wait))) return false;
    const { answer } = r;
    r.answer = undefined;
    this.#step(r, () => r.task.next(answer));
    return true;
  }

  #step(r: Running<W>, go: () => IteratorResult<Wait<W>, number>): void {
    r.isActive = true;
    try {
      const next = go();
      if (next.done === true) return this.#end(r, next.value);
      r.wait = next.value;
      if (next.value.type === 'host') r.ticket = this.#nextTicket++;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.#end(r, error.code);
    } finally {
      r.isActive = false;
    }
  }

  #end(r: Running<W>, code: number): void {
    r.done = true;
    r.code = code;
    this.#running = this.#running.filter((other) => other !== r);
  }

  /** Ends a task where it waits; what it must tidy up happens in its `finally`. */
  cancel(handle: TaskHandle, code = 130): void {
    const r = this.#running.find((other) => other === handle);
    if (r === undefined || r.isActive) return;
    r.wait = undefined;
    this.#step(r, () => r.task.throw(new Interrupted(code)));
  }

  /**
   * A signal for all of a group: its processes get it, its other tasks end at once. A task that waits for a process ends when that has ended.
   * @param code what the shell's own tasks end with
   */
  signal(group: TaskGroup, signal: 'INT' | 'TERM' | 'KILL', code: number): void {
    group.interrupted ??= code;
    for (const send of Array.from(group.processes.values())) send(signal);
    if (group.processes.size > 0) return;
    for (const r of this.#running.slice()) if (r.group === group) this.cancel(r, code);
  }
}

function isOver(wait: Wait<unknown>): boolean {
  switch (wait.type) {
    case 'readable':
      return wait.pipe.isReadable;
    case 'writable':
      return wait.pipe.isWritable;
    case 'ended':
      return wait.tasks.every((t) => t.done);
    case 'idle':
    case 'host':
      return false;
  }
}
