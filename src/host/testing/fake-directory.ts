/** A directory of sync access handles in memory, with OPFS's rule that a file has one holder: for tests of what lies above it. */

import { present } from '#kernel/assert.ts';
import type { SyncHandle } from '#host/slot-files.ts';

interface FakeFile {
  bytes: Uint8Array<ArrayBuffer>;
  held: boolean;
}

/** Mutable; stands for a folder of the origin private file system. */
export class FakeDirectory {
  readonly #files = new Map<string, FakeFile>();
  #writesLeft = Infinity;
  readonly #onWrite: (() => void) | undefined;

  /** @param onWrite called after each change of a file */
  constructor(onWrite?: () => void) {
    this.#onWrite = onWrite;
  }

  /** The same files, held by nobody. */
  copy(): FakeDirectory {
    const copy = new FakeDirectory();
    for (const [name, { bytes }] of this.#files) copy.#files.set(name, { bytes: bytes.slice(), held: false });
    return copy;
  }

  /** Number of files. */
  get size(): number {
    return this.#files.size;
  }

  /** Every write after the next `n` fails, as for a worker that is gone. */
  dieAfterWrites(n: number): void {
    this.#writesLeft = n;
  }

  /** Writes work again and nobody holds a file. */
  revive(): void {
    this.#writesLeft = Infinity;
    for (const file of this.#files.values()) file.held = false;
  }

  /** Inverts a byte. */
  flip(name: string, at: number): void {
    const { bytes } = present(this.#files.get(name), name);
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  }

  /** Whether a text stands in the first bytes of a file. */
  holds(name: string, text: string): boolean {
    return new TextDecoder().decode(this.#files.get(name)?.bytes.subarray(0, 256)).includes(text);
  }

  /** Opens a file, making it if needed; rejects while it is held. */
  open(name: string): Promise<SyncHandle> {
    const file = this.#files.get(name) ?? { bytes: new Uint8Array(0), held: false };
    if (file.held) return Promise.reject(new Error(`${name} is held`));
    this.#files.set(name, file);
    file.held = true;
    return Promise.resolve(this.#handle(file));
  }

  #handle(file: FakeFile): SyncHandle {
    const resize = (size: number): void => {
      const next = new Uint8Array(size);
      next.set(file.bytes.subarray(0, Math.min(size, file.bytes.length)));
      file.bytes = next;
    };
    const write = (): void => {
      if (this.#writesLeft <= 0) throw new Error('dead');
      this.#writesLeft--;
    };
    return {
      read: (buffer, { at }) => {
        const part = file.bytes.subarray(at, at + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: (buffer, { at }) => {
        write();
        if (at + buffer.length > file.bytes.length) resize(at + buffer.length);
        file.bytes.set(buffer, at);
        this.#onWrite?.();
        return buffer.length;
      },
      truncate: (size) => {
        write();
        resize(size);
        this.#onWrite?.();
      },
      getSize: () => file.bytes.length,
      flush: () => undefined,
      close: () => {
        file.held = false;
      },
    };
  }
}
