/**
 * A disk in memory that knows what is flushed and what is not, so that a loss of power can be played: `losePower` takes back every change
 * since the last flush, except the first `keepBytes` of what was appended (a torn write) and whole files that were replaced before those.
 * It also fails on demand.
 */

import { concatBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { BlockSource } from '#kernel/blocks.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';
import { DiskError, type Disk } from '#wal/disk.ts';
import { NO_DISK_FAULTS, type DiskFaults } from '#wal/disk-faults.ts';

interface File {
  buffer: Uint8Array;
  length: number;
  /** Copies of its first full blocks, as checkpoints have them. */
  blocks: Bytes[];
}

/** Bytes of a block of a file in a checkpoint. */
const BLOCK = 16 * 1024;

/** A write that is not flushed yet: an append of so many bytes, or a file replaced as a whole. */
interface PendingWrite {
  readonly type: 'append' | 'replace';
  readonly name: string;
  readonly bytes: number;
}

const textLess = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class MemoryDisk implements Disk {
  readonly #files = new Map<string, File>();
  /** What each file changed since the last flush was at that flush; undefined: it was not there. */
  readonly #flushed = new Map<string, { readonly length: number; readonly content: Bytes | undefined } | undefined>();
  #pending: PendingWrite[] = [];
  #rewrites = 0;
  /** What fails from now on: every write (`full`), every flush (`failFsync`). Part of the image. */
  faults: DiskFaults = NO_DISK_FAULTS;

  /** How often something that was written became something else. While it stays the same, files have only grown. Not part of the image. */
  get rewrites(): number {
    return this.#rewrites;
  }

  list(): readonly string[] {
    return [...this.#files.keys()].toSorted(textLess);
  }

  size(name: string): number | undefined {
    return this.#files.get(name)?.length;
  }

  read(name: string, from = 0, length = Number.MAX_SAFE_INTEGER): Bytes | undefined {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    return file.buffer.slice(from, Math.min(file.length, from + length));
  }

  append(name: string, bytes: Bytes): void {
    this.#refuse(name);
    this.#remember(name, false);
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { buffer: EMPTY_BYTES, length: 0, blocks: [] };
      this.#files.set(name, file);
    }
    const length = file.length + bytes.length;
    if (length > file.buffer.length) {
      const buffer = new Uint8Array(Math.max(length, file.buffer.length * 2, 1024));
      buffer.set(file.buffer.subarray(0, file.length));
      file.buffer = buffer;
    }
    file.buffer.set(bytes, file.length);
    file.length = length;
    this.#pending.push({ type: 'append', name, bytes: bytes.length });
  }

  replace(name: string, bytes: Bytes): void {
    this.#refuse(name);
    this.#remember(name, true);
    this.#rewrites++;
    this.#files.set(name, { buffer: bytes.slice(), length: bytes.length, blocks: [] });
    this.#pending.push({ type: 'replace', name, bytes: 0 });
  }

  truncate(name: string, size: number): void {
    const file = this.#files.get(name);
    if (file === undefined || file.length <= size) return;
    this.#remember(name, true);
    this.#rewrites++;
    this.#files.set(name, { buffer: file.buffer.slice(0, size), length: size, blocks: file.blocks.slice(0, Math.floor(size / BLOCK)) });
  }

  remove(name: string): void {
    if (!this.#files.has(name)) return;
    this.#remember(name, true);
    this.#rewrites++;
    this.#files.delete(name);
  }

  flush(): void {
    const { failFsync } = this.faults;
    if (failFsync && this.#flushed.size > 0) {
      const name = this.#pending.at(-1)?.name ?? '';
      throw new DiskError('fsync', `sync ${name}: input/output error`, name);
    }
    this.#flushed.clear();
    this.#pending = [];
  }

  /** A process ended and the operating system lives: it writes down what it was given, unless it cannot. */
  settle(): void {
    if (this.faults.failFsync) return;
    this.#flushed.clear();
    this.#pending = [];
  }

  /** Bytes appended and not flushed: what a torn write can leave a part of. */
  get unflushedBytes(): number {
    return this.#pending.reduce((sum, a) => sum + a.bytes, 0);
  }

  /**
   * The power goes: every change since the last flush is gone, but for the first `keepBytes` bytes of what was appended, in the order of
   * the appends, and the files that were replaced before the last kept byte.
   */
  losePower(keepBytes = 0): void {
    this.#rewrites++;
    const kept = new Map<string, Bytes[]>();
    const replaced = new Set<string>();
    const mixed = new Set<string>();
    let left = keepBytes;
    const at = new Map<string, number>();
    for (const { type, name, bytes } of this.#pending) {
      if (left <= 0) break;
      if (type === 'replace') {
        replaced.add(name);
        continue;
      }
      // A file that was replaced and then added to goes back to what was flushed: neither change is kept.
      if (replaced.delete(name)) mixed.add(name);
      if (mixed.has(name)) continue;
      const from = at.get(name) ?? this.#flushed.get(name)?.length ?? 0;
      const part = this.read(name, from, Math.min(bytes, left)) ?? EMPTY_BYTES;
      at.set(name, from + bytes);
      left -= part.length;
      kept.set(name, [...(kept.get(name) ?? []), part]);
    }
    if (left < keepBytes) for (const name of replaced) this.#flushed.delete(name);
    for (const [name, before] of this.#flushed) {
      const file = this.#files.get(name);
      if (before === undefined) this.#files.delete(name);
      else if (before.content !== undefined)
        this.#files.set(name, { buffer: before.content.slice(), length: before.content.length, blocks: [] });
      else if (file !== undefined) {
        file.length = before.length;
        file.blocks.length = Math.min(file.blocks.length, Math.floor(before.length / BLOCK));
      }
    }
    this.#flushed.clear();
    this.#pending = [];
    for (const [name, parts] of kept) {
      const old = this.read(name) ?? EMPTY_BYTES;
      const content = concatBytes([old, ...parts]);
      this.#files.set(name, { buffer: content, length: content.length, blocks: [] });
    }
  }

  /** Flips one bit of a stored byte, as a failing medium does. @param bit 0 to 7 @returns whether that byte exists */
  corrupt(name: string, offset: number, bit = 0): boolean {
    const file = this.#files.get(name);
    if (file === undefined || offset < 0 || offset >= file.length) return false;
    this.#rewrites++;
    file.buffer[offset] = (file.buffer[offset] ?? 0) ^ (1 << bit);
    file.blocks.length = Math.min(file.blocks.length, Math.floor(offset / BLOCK));
    return true;
  }

  /** Names, sizes and checksums of all files: equal digests mean equal disks. */
  digest(): readonly { readonly name: string; readonly size: number; readonly crc: number }[] {
    return this.list().map((name) => {
      const content = this.read(name) ?? EMPTY_BYTES;
      return { name, size: content.length, crc: crc32c(content) };
    });
  }

  /**
   * The disk as bytes, with what is flushed and what is not.
   * @param blocks gets most of the files' content, in blocks that are the same objects each time; undefined: all is in the result
   */
  save(blocks?: Bytes[]): Bytes {
    const w = new Writer(1024);
    w.bool(this.faults.full).bool(this.faults.failFsync);
    const names = this.list();
    w.varint(names.length);
    for (const name of names) {
      w.text(name);
      if (blocks === undefined) w.bytes(this.read(name) ?? EMPTY_BYTES);
      else {
        const own = this.#blocksOf(name);
        blocks.push(...own);
        w.varint(own.length).bytes(this.read(name, own.length * BLOCK) ?? EMPTY_BYTES);
      }
    }
    w.varint(this.#flushed.size);
    for (const [name, before] of this.#flushed) {
      w.text(name).bool(before !== undefined);
      if (before !== undefined)
        w.varint(before.length)
          .bool(before.content !== undefined)
          .bytes(before.content ?? EMPTY_BYTES);
    }
    w.varint(this.#pending.length);
    for (const { type, name, bytes } of this.#pending)
      w.bool(type === 'replace')
        .text(name)
        .varint(bytes);
    return w.finish();
  }

  #blocksOf(name: string): readonly Bytes[] {
    const file = this.#files.get(name);
    if (file === undefined) return [];
    for (let end = (file.blocks.length + 1) * BLOCK; end <= file.length; end += BLOCK)
      file.blocks.push(file.buffer.slice(end - BLOCK, end));
    return file.blocks;
  }

  /** @param blocks those that {@link save} put beside the image. @throws DecodeError */
  static restore(image: Bytes, blocks?: readonly Bytes[]): MemoryDisk {
    const disk = new MemoryDisk();
    const r = new Reader(image);
    disk.faults = { full: r.bool(), failFsync: r.bool() };
    const source = blocks === undefined ? undefined : new BlockSource(blocks);
    for (let n = r.varint(); n > 0; n--) {
      const name = r.text();
      const own = source?.take(r.varint()) ?? [];
      const content = concatBytes([...own, r.bytes()]);
      disk.#files.set(name, { buffer: content, length: content.length, blocks: [...own] });
    }
    for (let n = r.varint(); n > 0; n--) {
      const name = r.text();
      if (!r.bool()) {
        disk.#flushed.set(name, undefined);
        continue;
      }
      const length = r.varint();
      const hasContent = r.bool();
      const content = r.bytes().slice();
      disk.#flushed.set(name, { length, content: hasContent ? content : undefined });
    }
    for (let n = r.varint(); n > 0; n--) disk.#pending.push({ type: r.bool() ? 'replace' : 'append', name: r.text(), bytes: r.varint() });
    return disk;
  }

  reserve(): void {
    this.#refuse('');
  }

  #refuse(name: string): void {
    if (this.faults.full) throw new DiskError('full', `write ${name === '' ? 'db' : name}: no space left on device`, name);
  }

  /** Notes what a file was at the last flush, before its first change (or before the first that rewrites content) since then. */
  #remember(name: string, rewrites: boolean): void {
    const file = this.#files.get(name);
    if (!this.#flushed.has(name)) {
      this.#flushed.set(
        name,
        file === undefined ? undefined : { length: file.length, content: rewrites ? file.buffer.slice(0, file.length) : undefined },
      );
      return;
    }
    const before = this.#flushed.get(name);
    if (rewrites) {
      // What was written to a file that is rewritten cannot be kept any more.
      this.#pending = this.#pending.filter((p) => p.name !== name);
      if (before !== undefined && before.content === undefined && file !== undefined) {
        this.#flushed.set(name, { length: before.length, content: file.buffer.slice(0, before.length) });
      }
    }
  }
}
