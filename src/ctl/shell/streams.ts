/** Standard input, output and error of what runs in a shell. */

import { concatBytes, EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { Interrupted, type Task } from '#ctl/shell/task.ts';
import type { Pipe } from '#ctl/shell/pipe.ts';
import type { FileAnswer } from '#ctl/file-request.ts';

/** Where output goes. */
export type Sink =
  /** A terminal, a scenario's record, a `$(…)`: takes everything at once. */
  | { readonly type: 'direct'; readonly write: (data: Bytes) => void; readonly terminal: boolean }
  | { readonly type: 'pipe'; readonly pipe: Pipe }
  | { readonly type: 'file'; readonly file: OpenFile }
  /** `/dev/null`. */
  | { readonly type: 'nothing' };

/** A file that output goes to. It is emptied with the first write, so that a command that writes once is one change of the world. */
export interface OpenFile {
  readonly path: string;
  /** As it was written, for messages. */
  readonly name: string;
  /** The next write replaces what is there. */
  fresh: boolean;
}

export interface Streams {
  readonly stdin: Pipe;
  /** Somebody types. */
  readonly typed: boolean;
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Writes to files; given by the host. */
export type FileWriter<W> = (path: string, data: Bytes, append: boolean) => Task<FileAnswer, W>;

export const BROKEN_PIPE = 141;

/** Writes, waiting for room in a pipe. @throws Interrupted if nobody reads any more, as SIGPIPE ends a program */
export function* writeTo<W>(sink: Sink, data: Bytes | string, write: FileWriter<W>): Task<void, W> {
  const bytes = typeof data === 'string' ? utf8(data) : data;
  switch (sink.type) {
    case 'direct':
      sink.write(bytes);
      return;
    case 'nothing':
      return;
    case 'pipe':
      if (sink.pipe.isBroken) throw new Interrupted(BROKEN_PIPE);
      sink.pipe.write(bytes);
      if (!sink.pipe.isWritable) yield { type: 'writable', pipe: sink.pipe };
      if (sink.pipe.isBroken) throw new Interrupted(BROKEN_PIPE);
      return;
    case 'file': {
      const { file } = sink;
      if (bytes.length === 0 && !file.fresh) return;
      const append = !file.fresh;
      file.fresh = false;
      const answer = yield* write(file.path, bytes, append);
      if (answer.type === 'error') throw new WriteFailed(file.name, answer.message);
    }
  }
}

/** A redirection's file could not be written. */
export class WriteFailed extends Error {
  override readonly name = 'WriteFailed';
  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
  }
}

/** Everything up to the end of the input. */
export function* readAll<W>(pipe: Pipe): Task<Bytes, W> {
  const parts: Bytes[] = [];
  while (!pipe.isAtEnd) {
    if (!pipe.isReadable) yield { type: 'readable', pipe };
    parts.push(pipe.take());
  }
  return concatBytes(parts);
}

/** What there is, at least one byte, or nothing at the end. */
export function* readSome<W>(pipe: Pipe): Task<Bytes, W> {
  if (!pipe.isReadable) yield { type: 'readable', pipe };
  return pipe.take();
}

const NEWLINE = 10;

/** The next line without its newline; undefined at the end. What comes after it stays in the pipe. */
export function* readLine<W>(pipe: Pipe): Task<{ readonly text: string; readonly complete: boolean } | undefined, W> {
  let held: Bytes = EMPTY_BYTES;
  for (;;) {
    if (!pipe.isReadable) yield { type: 'readable', pipe };
    const data = pipe.take();
    const cut = data.indexOf(NEWLINE);
    if (cut >= 0) {
      pipe.unread(data.subarray(cut + 1));
      return { text: fromUtf8(concatBytes([held, data.subarray(0, cut)])), complete: true };
    }
    held = concatBytes([held, data]);
    if (pipe.isAtEnd) return held.length === 0 ? undefined : { text: fromUtf8(held), complete: false };
  }
}
