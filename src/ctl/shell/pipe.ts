/** Bytes on their way from one task to another. */

import { concatBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';

/** What lies in a pipe before its writer has to wait. */
const PIPE_BYTES_FULL = 64 * 1024;
/** What a pipe holds at all: a process of the world does not wait for its reader. */
const PIPE_BYTES_MAX = 16 * 1024 * 1024;

/** Mutable; shared by its writers and its reader. */
export class Pipe {
  #chunks: Bytes[] = [];
  #bytes = 0;
  #ended = false;
  #broken = false;
  /** Something was lost because nobody read for too long. */
  overflowed = false;

  /** A pipe with all that will ever be in it. */
  static of(data: Bytes): Pipe {
    const pipe = new Pipe();
    pipe.write(data);
    pipe.end();
    return pipe;
  }

  get isReadable(): boolean {
    return this.#bytes > 0 || this.#ended;
  }

  get isWritable(): boolean {
    return this.#bytes < PIPE_BYTES_FULL || this.#broken;
  }

  /** Nobody reads any more. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** All was read and nothing will come. */
  get isAtEnd(): boolean {
    return this.#ended && this.#bytes === 0;
  }

  get isEnded(): boolean {
    return this.#ended;
  }

  write(data: Bytes): void {
    if (this.#broken || this.#ended || data.length === 0) return;
    if (this.#bytes + data.length > PIPE_BYTES_MAX) {
      this.overflowed = true;
      return;
    }
    this.#chunks.push(data);
    this.#bytes += data.length;
  }

  /** The last writer has gone. */
  end(): void {
    this.#ended = true;
  }

  /** The reader has gone: what is in it and what comes is lost. */
  close(): void {
    this.#broken = true;
    this.#chunks = [];
    this.#bytes = 0;
  }

  /** Takes all that is there, perhaps nothing. */
  take(): Bytes {
    const [first = EMPTY_BYTES] = this.#chunks;
    const data = this.#chunks.length < 2 ? first : concatBytes(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
    return data;
  }

  /** Puts back what was read too much. */
  unread(data: Bytes): void {
    if (data.length === 0) return;
    this.#chunks.unshift(data);
    this.#bytes += data.length;
  }
}
