/**
 * How the commands are written: straight-line generator code that asks for calls, input and time, and is resumed with answers. A
 * generator cannot be stored, so a running command is (phase, data, answers so far): to resume, the phase is run again from its
 * start over the recorded answers, and only what it does after the last one counts. A phase must therefore be deterministic, and a
 * long-running command goes from phase to phase so that its answers do not pile up.
 */

import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { codeName, type ApiError } from '#api/errors.ts';
import type { Method } from '#api/rpc.ts';
import type { FileAnswer, FileRequest } from '#ctl/file-request.ts';
import type { ChildEvent, ProgramStart } from '#ctl/program.ts';
import type { HttpOutcome, HttpRequest } from '#ctl/etcdctl/http-call.ts';
import { isList, type FlagValue } from '#ctl/etcdctl/flags.ts';

/** What a running command waits for. */
export type Ask =
  /** One unary call. Without an endpoint the client's balancer chooses and fails over. */
  | { readonly type: 'call'; readonly method: string; readonly body: Bytes; readonly endpoint: string | undefined }
  /** The same call to several endpoints at once; the answers come in the order of their arrival. */
  | { readonly type: 'calls'; readonly method: string; readonly body: Bytes; readonly endpoints: readonly string[] }
  /** Everything on standard input, up to its end. */
  | { readonly type: 'input' }
  /** The next line of standard input. */
  | { readonly type: 'line' }
  /** Something done with the machine's files. */
  | { readonly type: 'file'; readonly request: FileRequest }
  /** The end of a child; what else happens waits. */
  | { readonly type: 'child'; readonly child: number }
  /** The next thing to happen: on streams, HTTP requests, timers, children, signals; on input too if `lines`. */
  | { readonly type: 'next'; readonly lines: boolean };

/** How a unary call ended. */
export interface CallAnswer {
  readonly type: 'call';
  readonly endpoint: string;
  /** The response if it succeeded. */
  readonly body: Bytes;
  /** Undefined on success. */
  readonly error: ApiError | undefined;
  readonly tookMicros: number;
}

export type Answer =
  | CallAnswer
  | { readonly type: 'calls'; readonly answers: readonly CallAnswer[] }
  | { readonly type: 'input'; readonly data: Bytes }
  /** `data` lacks its newline; `end` says that the input ended before a newline. */
  | { readonly type: 'line'; readonly data: Bytes; readonly end: boolean }
  | { readonly type: 'signal'; readonly signal: 'INT' | 'TERM' }
  | { readonly type: 'timer'; readonly timer: number }
  | { readonly type: 'file'; readonly answer: FileAnswer }
  | { readonly type: 'http'; readonly request: number; readonly outcome: HttpOutcome }
  | { readonly type: 'child'; readonly child: number; readonly event: ChildEvent }
  /** The end of a call that was started with `call`. */
  | { readonly type: 'called'; readonly lane: number; readonly answer: CallAnswer }
  | { readonly type: 'stream'; readonly stream: number; readonly body: Bytes }
  /** A stream ended; `error` undefined is a clean end. */
  | { readonly type: 'stream-end'; readonly stream: number; readonly error: ApiError | undefined };

/** How a phase ends: the program's exit, or the next phase. */
export type Outcome =
  { readonly type: 'exit'; readonly code: number } | { readonly type: 'become'; readonly phase: string; readonly data: Plain };

export type Script = Generator<Ask, Outcome, Answer>;

/** What a command was started with. */
export interface CommandLine {
  readonly start: ProgramStart;
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, FlagValue>>;
  /** Names of the flags that were given. */
  readonly changed: readonly string[];
  /** How many arguments stood before `--`; -1 without one. */
  readonly dash: number;
  readonly endpoints: readonly string[];
  /** `--command-timeout`, µs. */
  readonly timeoutMicros: number;
}

/** Names a program's streams and timers by small numbers of its own choice. */
export interface ScriptContext extends CommandLine {
  stdout(text: string | Bytes): void;
  stderr(text: string): void;
  /** Opens a streaming call with its first message; its answers come through `next`. */
  open(stream: number, method: string, body: Bytes, endpoint?: string): void;
  send(stream: number, body: Bytes): void;
  close(stream: number): void;
  /** Starts a unary call without waiting for it; its end comes through `next`. @param lane from 1 */
  call(lane: number, method: string, body: Bytes): void;
  /** Sends an HTTP request; its outcome comes through `next`. One of the same number that is still open is given up. */
  request(request: number, of: HttpRequest): void;
  /** Runs a program that says what it says in this one's name, with no input; how it ended comes through `next`. */
  spawn(child: number, argv: readonly string[], env: Readonly<Record<string, string>>): void;
  /** @param timer from 1 */
  timer(timer: number, afterMicros: number): void;
  cancelTimer(timer: number): void;
}

/** Ends the command: its message goes to stderr as it is, and it exits. Thrown within a script only, caught by the runner. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** etcdctl's exit codes. */
export const Exit = {
  Success: 0,
  Error: 1,
  BadConnection: 2,
  InvalidInput: 3,
  BadFeature: 4,
  Interrupted: 5,
  IO: 6,
  BadArgs: 128,
} as const;

/** Ends the command with a text on stderr, '' for none. */
export const stop = (code: number, stderr: string): never => {
  throw new CommandFailure(code, stderr);
};
/** Ends the command with `Error: message`. */
export const fail = (code: number, message: string): never => stop(code, `Error: ${message}\n`);

export const exit = (code: number = Exit.Success): Outcome => ({ type: 'exit', code });
export const become = (phase: string, data: Plain): Outcome => ({ type: 'become', phase, data });

/** The result of a typed call. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly tookMicros: number; readonly endpoint: string }
  | { readonly ok: false; readonly error: ApiError; readonly tookMicros: number; readonly endpoint: string };

/** Turns an answer into a typed result. */
export function decodeAnswer<Response>(method: Pick<Method<unknown, Response>, 'response'>, answer: CallAnswer): Result<Response> {
  const { tookMicros, endpoint } = answer;
  if (answer.error !== undefined) return { ok: false, error: answer.error, tookMicros, endpoint };
  return { ok: true, value: method.response.decode(answer.body), tookMicros, endpoint };
}

/** Makes a unary call and waits for its end. */
export function* call<Request, Response>(
  method: Method<Request, Response>,
  request: Request,
  endpoint?: string,
): Generator<Ask, Result<Response>, Answer> {
  const answer = yield { type: 'call', method: method.path, body: method.request.encode(request).finish(), endpoint };
  if (answer.type !== 'call') return fail(Exit.Error, `internal: ${answer.type} instead of the end of a call`);
  return decodeAnswer(method, answer);
}

/** Makes a unary call; its failure ends the command as etcdctl does. */
export function* must<Request, Response>(
  method: Method<Request, Response>,
  request: Request,
  endpoint?: string,
): Generator<Ask, Response, Answer> {
  const result = yield* call(method, request, endpoint);
  return result.ok ? result.value : fail(Exit.Error, errorText(result.error));
}

/** How etcdctl prints an error of a call: etcd's own texts and Go's context errors bare, all others in gRPC's wrapper. */
export function errorText(error: ApiError): string {
  if (error.message.startsWith('etcdserver: ') || error.message.startsWith('context ') || error.message.startsWith('etcdclient: '))
    return error.message;
  return `rpc error: code = ${codeName(error.code)} desc = ${error.message}`;
}

export const flagString = (ctx: ScriptContext, name: string): string => {
  const v = ctx.flags[name];
  return typeof v === 'string' ? v : '';
};
export const flagBool = (ctx: ScriptContext, name: string): boolean => ctx.flags[name] === true;
export const flagInt = (ctx: ScriptContext, name: string): bigint => {
  const v = ctx.flags[name];
  return typeof v === 'bigint' ? v : typeof v === 'number' ? BigInt(v) : 0n;
};
export const flagList = (ctx: ScriptContext, name: string): readonly string[] => {
  const v = ctx.flags[name];
  return isList(v) ? v : [];
};
