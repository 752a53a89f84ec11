/**
 * A member's disk in the origin private file system. Every write goes to the file at once and every flush flushes it. Beside it the content is
 * held in memory with what is flushed and what is not, because the browser loses nothing: a loss of power is modelled there ({@link MemoryDisk}) and
 * then written down. So the two disks of the project behave alike by construction, and what a new worker finds is what lies in the files.
 */

import { EMPTY_BYTES, equalBytes, type Bytes } from '#kernel/bytes.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import { DiskError, type Disk } from '#wal/disk.ts';
import type { DiskFaults } from '#wal/disk-faults.ts';
import { MemoryDisk } from '#wal/memory-disk.ts';

/** Mutable; owned by the member's worker. */
export class OpfsDisk implements Disk {
  readonly #files: SlotFiles;
  readonly #memory: MemoryDisk;

  private constructor(files: SlotFiles, memory: MemoryDisk) {
    this.#files = files;
    this.#memory = memory;
  }

  /** The disk that lies in the files; all of it counts as flushed. */
  static open(files: SlotFiles): OpfsDisk {
    const memory = new MemoryDisk();
    for (const name of files.list()) memory.append(name, files.read(name));
    memory.flush();
    return new OpfsDisk(files, memory);
  }

  /** Makes the files what an image says. @throws DecodeError */
  static write(files: SlotFiles, image: Bytes, blocks?: readonly Bytes[]): OpfsDisk {
    const disk = new OpfsDisk(files, MemoryDisk.restore(image, blocks));
    disk.#settle();
    return disk;
  }

  /** Removes all files. */
  static empty(files: SlotFiles): OpfsDisk {
    const disk = new OpfsDisk(files, new MemoryDisk());
    disk.#settle();
    return disk;
  }

  list(): readonly string[] {
    return this.#memory.list();
  }

  size(name: string): number | undefined {
    return this.#memory.size(name);
  }

  read(name: string, from?: number, length?: number): Bytes | undefined {
    return this.#memory.read(name, from, length);
  }

  append(name: string, bytes: Bytes): void {
    this.#memory.append(name, bytes);
    this.#write(name, () => this.#files.append(name, bytes));
  }

  replace(name: string, bytes: Bytes): void {
    this.#memory.replace(name, bytes);
    this.#write(name, () => this.#files.replace(name, bytes));
  }

  truncate(name: string, size: number): void {
    this.#memory.truncate(name, size);
    this.#write(name, () => this.#files.truncate(name, size));
  }

  remove(name: string): void {
    this.#memory.remove(name);
    this.#write(name, () => this.#files.remove(name));
  }

  flush(): void {
    this.#memory.flush();
    this.#write('', () => this.#files.flush());
  }

  /** See {@link MemoryDisk.losePower}: the files are then what is left. */
  losePower(keepBytes: number): void {
    this.#memory.losePower(keepBytes);
    this.#settle();
  }

  /** See {@link MemoryDisk.settle}. */
  settle(): void {
    this.#memory.settle();
    this.#write('', () => this.#files.flush());
  }

  reserve(): void {
    this.#memory.reserve();
  }

  get faults(): DiskFaults {
    return this.#memory.faults;
  }

  set faults(faults: DiskFaults) {
    this.#memory.faults = faults;
  }

  /** See {@link MemoryDisk.corrupt}. */
  corrupt(name: string, offset: number, bit: number): boolean {
    const exists = this.#memory.corrupt(name, offset, bit);
    this.#settle();
    return exists;
  }

  /** The image, as {@link MemoryDisk.save} gives it. */
  save(blocks?: Bytes[]): Bytes {
    return this.#memory.save(blocks);
  }

  /** Lets go of the files; the disk is of no use afterwards. */
  close(): void {
    this.#files.close();
  }

  /** Brings the files to what is in memory, touching only those that differ. */
  #settle(): void {
    for (const name of this.#files.list()) if (this.#memory.size(name) === undefined) this.#files.remove(name);
    for (const name of this.#memory.list()) {
      const content = this.#memory.read(name) ?? EMPTY_BYTES;
      if (!this.#files.has(name) || !equalBytes(this.#files.read(name), content)) this.#files.replace(name, content);
    }
    this.#files.flush();
  }

  /** What the browser refuses is a fault of the disk: the member stops as at any other. */
  #write(file: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      throw new DiskError(
        name === 'QuotaExceededError' ? 'full' : 'io',
        error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        file,
      );
    }
  }
}
