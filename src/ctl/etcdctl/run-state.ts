/** What a running command consists of: plain data from step to step. */

import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { FileAnswer } from '#ctl/file-request.ts';
import type { ProgramEffect } from '#ctl/program.ts';
import type { UnaryCall } from '#ctl/etcdctl/client.ts';
import type { HttpCall, HttpRequest } from '#ctl/etcdctl/http-call.ts';
import type { Answer, Ask, CallAnswer, CommandLine, ScriptContext } from '#ctl/etcdctl/script.ts';

/** A streaming call; `index` counts the endpoints, `refused` those that refused since the last pause. */
export interface Stream {
  readonly stream: number;
  readonly call: number;
  readonly method: string;
  readonly first: Bytes;
  readonly index: number;
  readonly fixed: string | undefined;
  readonly refused: number;
}

/** All of a running command; plain data. */
export interface RunnerState extends CommandLine {
  phase: string;
  data: Plain;
  answers: readonly Answer[];
  ask: Ask | undefined;
  pending: readonly Answer[];
  input: Bytes;
  inputEnded: boolean;
  token: string;
  /** Index of the endpoint that worked last. */
  pinned: number;
  nextCall: number;
  calls: readonly UnaryCall[];
  /** Answers of an unfinished `calls`. */
  gathered: readonly CallAnswer[];
  streams: readonly Stream[];
  requests: readonly HttpCall[];
  /** Answer to a `file` ask. */
  fileAnswer: FileAnswer | undefined;
}

/** What a script did since its last answer. */
export type Operation =
  | { readonly type: 'effect'; readonly effect: ProgramEffect }
  | { readonly type: 'open'; readonly stream: number; readonly method: string; readonly body: Bytes; readonly endpoint: string | undefined }
  | { readonly type: 'send'; readonly stream: number; readonly body: Bytes }
  | { readonly type: 'close'; readonly stream: number }
  | { readonly type: 'request'; readonly request: number; readonly of: HttpRequest }
  | { readonly type: 'call'; readonly lane: number; readonly method: string; readonly body: Bytes }
  | { readonly type: 'token'; readonly token: string };

/** What a command starts with. */
export interface Launch extends CommandLine {
  readonly phase: string;
}

/** A context that can also keep the token of a login. */
export interface LoginContext extends ScriptContext {
  setToken(token: string): void;
}
