/**
 * The disk as a member sees it: flat named files, synchronous. A write is in the operating system's hands when the call returns (the
 * process may die, the bytes stay); it survives a loss of power only after `flush`. Held by the memory disk (tests, in-process hosts)
 * and by the origin private file system in a worker.
 */

import type { Bytes } from '#kernel/bytes.ts';

/** What a disk refuses. `full`: ENOSPC; `fsync`: a flush failed, after which nothing may be trusted to be durable; `io`: anything else. */
export type DiskFault = 'full' | 'fsync' | 'io';

/** A disk operation failed. A member that meets one stops, as etcd does. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly fault: DiskFault;
  /** The file that could not be written, `''` if it is none of the disk's (the backend's, which is modelled in time only). */
  readonly file: string;

  constructor(fault: DiskFault, message: string, file: string) {
    super(message);
    this.fault = fault;
    this.file = file;
  }
}

/** Names are relative paths such as `wal/0000000000000000-0000000000000000.wal`. All methods throw {@link DiskError} on failure. */
export interface Disk {
  /** Names of all files, in byte order. */
  list(): readonly string[];
  /** Bytes of a file, undefined if there is none. */
  size(name: string): number | undefined;
  /** `length` bytes from offset `from` (fewer at the end of the file); by default the whole file. Undefined if there is none. */
  read(name: string, from?: number, length?: number): Bytes | undefined;
  /** Adds to the end of a file, making it if needed. */
  append(name: string, bytes: Bytes): void;
  /** Writes a whole file so that after a crash either the old or the new content is there, never a mixture. */
  replace(name: string, bytes: Bytes): void;
  /** Cuts a file to `size` bytes. Nothing happens to a shorter or missing one. */
  truncate(name: string, size: number): void;
  /** Deletes a file; nothing happens if there is none. */
  remove(name: string): void;
  /** Makes everything written so far durable. */
  flush(): void;
  /** Fails as a write would, and writes nothing: for the backend, whose file is modelled in time only. */
  reserve(): void;
}
