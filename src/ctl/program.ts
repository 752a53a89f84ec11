/**
 * A program that a client runs in the world (etcdctl, curl, …), as a reducer over plain state: `start` gives the first state and
 * effects, `step` takes a state and one event. Plain state makes a running program part of a checkpoint. Programs never read a clock:
 * events carry the client's time.
 */

import type { Bytes } from '#kernel/bytes.ts';
import type { SimTime } from '#kernel/brand.ts';
import type { Plain } from '#kernel/plain.ts';
import type { FileAnswer, FileRequest } from '#ctl/file-request.ts';

/** How a program was started. */
export interface ProgramStart {
  /** The words, the program's name first. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly now: SimTime;
  /** Unix milliseconds at virtual time 0. */
  readonly epochMillis: number;
  /** Width of the terminal in columns, 0 if the output is not a terminal. */
  readonly columns: number;
  /** Modelled etcd release, for version texts. */
  readonly profile: string;
}

/** What became of a call; `call` is the number that the program chose when it opened it. */
export type CallEvent =
  | { readonly type: 'message'; readonly body: Bytes }
  /** The call ended with a gRPC status: 0 is OK. */
  | { readonly type: 'end'; readonly code: number; readonly message: string }
  /** The endpoint's port is closed: `connect: connection refused`. */
  | { readonly type: 'refused' }
  /** The connection broke after it was made: `code = Unavailable desc = transport is closing` in etcdctl's words. */
  | { readonly type: 'broken' }
  | { readonly type: 'http-head'; readonly status: number; readonly headers: readonly (readonly [string, string])[] }
  | { readonly type: 'http-body'; readonly body: Bytes; readonly last: boolean };

/** What a child process does. */
export type ChildEvent =
  /** Only of a child whose output is `piped`. */
  | { readonly type: 'output'; readonly stderr: boolean; readonly data: Bytes }
  /** It ended; 137 if it was killed. */
  | { readonly type: 'exit'; readonly code: number }
  /** There is no program of that name, or there are too many processes. */
  | { readonly type: 'failed'; readonly message: string };

export type ProgramEvent =
  | { readonly type: 'stdin'; readonly data: Bytes }
  | { readonly type: 'stdin-end' }
  | { readonly type: 'signal'; readonly signal: 'INT' | 'TERM' }
  | { readonly type: 'timer'; readonly timer: number }
  | { readonly type: 'call'; readonly call: number; readonly event: CallEvent }
  /** Answer to the `file` effect of that number, in the same instant. */
  | { readonly type: 'file'; readonly file: number; readonly answer: FileAnswer }
  | { readonly type: 'child'; readonly child: number; readonly event: ChildEvent };

export type ProgramEffect =
  | { readonly type: 'stdout'; readonly data: Bytes }
  | { readonly type: 'stderr'; readonly data: Bytes }
  /** Opens a call to an endpoint (`host:port`); `token` is the auth token or ''. An unroutable endpoint answers `refused`. */
  | {
      readonly type: 'open';
      readonly call: number;
      readonly endpoint: string;
      readonly method: string;
      readonly body: Bytes;
      readonly token: string;
      /** Metadata `hasleader`: a member without a leader is to refuse it, and to end it if it has lost its leader. */
      readonly requireLeader?: boolean;
    }
  | {
      readonly type: 'open-http';
      readonly call: number;
      readonly endpoint: string;
      readonly method: string;
      readonly target: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Bytes;
    }
  | { readonly type: 'send'; readonly call: number; readonly body: Bytes }
  | { readonly type: 'half-close'; readonly call: number }
  | { readonly type: 'cancel'; readonly call: number }
  /** Fires once, `afterMicros` from now; a timer of the same number is replaced. */
  | { readonly type: 'timer'; readonly timer: number; readonly afterMicros: number }
  | { readonly type: 'cancel-timer'; readonly timer: number }
  /** Does something with the machine's files; the answer comes as an event. A relative path begins at `PWD` of the environment. */
  | { readonly type: 'file'; readonly file: number; readonly request: FileRequest }
  /**
   * Runs another program, a millisecond from now. `inherit`: what it says is said in this program's name, and a Ctrl-C reaches it too; `piped`: it comes as
   * events. Without `input` its standard input stays open for `child-input`. It ends with its parent at the latest.
   */
  | {
      readonly type: 'spawn';
      readonly child: number;
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly output: 'inherit' | 'piped';
      readonly input: Bytes | undefined;
    }
  | { readonly type: 'child-input'; readonly child: number; readonly data: Bytes; readonly end: boolean }
  | { readonly type: 'child-signal'; readonly child: number; readonly signal: 'INT' | 'TERM' | 'KILL' }
  /** Ends the program: open calls are cancelled, timers dropped, children killed. */
  | { readonly type: 'exit'; readonly code: number };

/** The new state and what to do. */
export interface ProgramStep {
  readonly state: Plain;
  readonly effects: readonly ProgramEffect[];
}

export interface Program {
  start(start: ProgramStart): ProgramStep;
  step(state: Plain, event: ProgramEvent, now: SimTime): ProgramStep;
}

/** Programs by the name that starts them. */
export type ProgramRegistry = Readonly<Record<string, Program>>;
