/** What a shell needs from where it lives: a terminal over the world, or a program within it. */

import type { FileAnswer, PlainFileRequest } from '#ctl/file-request.ts';
import type { ServerStart } from '#ctl/server/start.ts';
import type { Streams } from '#ctl/shell/streams.ts';
import type { Task, TaskGroup } from '#ctl/shell/task.ts';
import type { Word } from '#ctl/lexer.ts';

/** A program that is no part of the shell. */
export interface ExternalCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly streams: Streams;
  /** Member of an `at NODE:` prefix. */
  readonly node: string | undefined;
}

/** An `etcd` command line that was read. */
export interface ServerCommand {
  readonly start: ServerStart;
  /** Words after `etcd`, for its log. */
  readonly args: readonly string[];
  readonly streams: Streams;
}

export interface ShellHost<W> {
  /** Virtual µs, and Unix milliseconds at virtual time 0. */
  readonly now: () => number;
  readonly epochMillis: () => number;
  /** Width of the terminal, 0 without one. */
  readonly columns: number;
  /** Names of the programs that {@link ShellHost.run} knows. */
  readonly programs: readonly string[];
  /** Runs a program to its end and gives its exit code. */
  readonly run: (command: ExternalCommand, group: TaskGroup) => Task<number, W>;
  /** Paths are absolute. */
  readonly file: (request: PlainFileRequest) => Task<FileAnswer, W>;
  /** Lets virtual µs pass. */
  readonly sleep: (micros: number) => Task<void, W>;
  /** A `play` line: its words without `play`. Undefined where nobody plays: in a program of the world. */
  readonly play: ((words: readonly Word[], streams: Streams) => Task<number, W>) | undefined;
  /** Runs a member until it ends and gives the exit code of its process. Undefined in a program of the world. */
  readonly serve: ((command: ServerCommand, group: TaskGroup) => Task<number, W>) | undefined;
}
