/** What curl knows while it runs, and the steps that it makes. */

import { utf8, type Bytes } from '#kernel/bytes.ts';
import type { ProgramEffect, ProgramStep } from '#ctl/program.ts';
import type { CurlOptions } from '#ctl/http/curl-options.ts';

export type Header = readonly [string, string];

/** What a transfer fetches, and where to; plain data. */
export type Place = {
  readonly url: string;
  readonly discard: boolean;
  readonly output: string | undefined;
};

/** A transfer under way; plain data. */
export type CurlState = {
  readonly options: CurlOptions;
  /** Index into the addresses of the command line, and of what that address stands for. */
  readonly turn: { readonly target: number; readonly item: number };
  readonly place: Place;
  /** Number of the connection, and whom it reaches; undefined if it was closed. */
  readonly connection: { readonly number: number; readonly endpoint: string | undefined };
  /** A redirect made a GET of it. */
  readonly asGet: boolean;
  /** Answers go to a terminal. */
  readonly terminal: boolean;
  readonly endpoint: string;
  readonly host: string;
  readonly target: string;
  readonly method: string;
  readonly input: Bytes;
  readonly call: number;
  readonly redirects: number;
  readonly status: number;
  readonly headers: readonly Header[];
  /** What `-v` says once the connection stands. */
  readonly unsaid: string;
  /** Why it failed, as curl says it. */
  readonly failure: string;
  readonly received: number;
  readonly startedMicros: number;
  /** Output that waits, as in stdio's buffer, because it goes into a pipe; undefined on a terminal or with -N. */
  readonly held: Bytes | undefined;
  /** What goes into the file of `-o`, and the exit code that waits for its writing. */
  readonly saved: Bytes;
  readonly ending: number | undefined;
};

/** Number of the question that writes the file of `-o`. */
export const OUTPUT_FILE = 2;

export const out = (data: string | Bytes): ProgramEffect => ({ type: 'stdout', data: typeof data === 'string' ? utf8(data) : data });
export const err = (text: string): ProgramEffect => ({ type: 'stderr', data: utf8(text) });
export const step = (state: CurlState | null, effects: readonly ProgramEffect[]): ProgramStep => ({ state, effects });
export const headerOf = (state: CurlState, name: string): string | undefined => state.headers.find(([k]) => k.toLowerCase() === name)?.[1];
