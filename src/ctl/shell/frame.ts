/** Where a piece of a script runs: the shell's memory, its streams, and the text that nodes refer to. */

import type { ParsedScript } from 'unbash';
import type { ShellState } from '#ctl/shell/state.ts';
import { writeTo, type Streams } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';
import type { Bytes } from '#kernel/bytes.ts';

export interface Frame<W> {
  readonly state: ShellState<W>;
  readonly streams: Streams;
  readonly source: string;
  /** Runs the script of a `$(…)` in a subshell and gives what it printed. */
  readonly substitute: (script: ParsedScript, frame: Frame<W>) => Task<string, W>;
  /** Runs words as a command: for `xargs`, `env`, `sudo`, `time`, `watch`. */
  readonly command: (argv: readonly string[], frame: Frame<W>, env?: Readonly<Record<string, string>>) => Task<number, W>;
  /** Runs a text as a script in this shell. */
  readonly script: (text: string, frame: Frame<W>, name: string) => Task<number, W>;
}

/** A command cannot go on: what it says, and its exit code. The shell goes on with the next. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly code: number;
  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}

export function* print<W>(frame: Frame<W>, data: Bytes | string): Task<void, W> {
  yield* writeTo(frame.streams.stdout, data, (path, bytes, append) => writeFile(frame, path, bytes, append));
}

export function* complain<W>(frame: Frame<W>, text: string): Task<void, W> {
  yield* writeTo(frame.streams.stderr, text, (path, bytes, append) => writeFile(frame, path, bytes, append));
}

const writeFile = <W>(frame: Frame<W>, path: string, data: Bytes, append: boolean) =>
  frame.state.shared.host.file({ type: 'write', path, data, append });
