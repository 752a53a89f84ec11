/**
 * Named files over a pool of OPFS sync access handles. Opening a handle is asynchronous, the Disk port is not: so a number of slots is
 * always open in advance, and creating, replacing and removing a file only rewrites the header of a slot that is already there.
 *
 * A slot is a file `slot-N`: 512 bytes of header (magic, generation, name, CRC), then the content. `replace` writes a whole new slot before it
 * names it, with a higher generation than the old one; two slots of one name are decided by the generation, so a crash between the
 * two leaves one complete file. A slot whose header is not valid is free.
 */

import { assert, present } from '#kernel/assert.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';

/** The part of FileSystemSyncAccessHandle that is used. */
export interface SyncHandle {
  read(buffer: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  write(buffer: Uint8Array<ArrayBuffer>, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Opens slot number n, making its file if needed. Rejects while another worker still holds it. */
export type OpenSlot = (slot: number) => Promise<SyncHandle>;

const HEADER_BYTES = 512;
const MAGIC = 0x65506731;
const NAME_BYTES_MAX = 400;
/** Slots of one member: segments, snapshots and spares; more is a leak. */
export const SLOTS_MAX = 512;
/** Free slots that are kept open between steps. */
const SPARE_SLOTS = 4;
/** Bytes that are gathered for one write at most. */
const GATHERED_MAX = 1 << 20;

interface Slot {
  readonly handle: SyncHandle;
  name: string | undefined;
  /** Bytes of content. */
  size: number;
  dirty: boolean;
}

/** A `read` or `write` that moved fewer bytes than asked. */
export class ShortTransferError extends Error {
  override readonly name = 'ShortTransferError';
}

/** Flat, named files. Mutable; owns its handles until `close`. */
export class SlotFiles {
  readonly #open: OpenSlot;
  readonly #slots: Slot[] = [];
  readonly #slotByName = new Map<string, Slot>();
  #generation = 1;
  #damaged = 0;
  /** While appends are gathered: the slot that the gathered ones are for, whether a flush is owed. */
  #gathering: { slot: Slot | undefined; flush: boolean } | undefined;
  readonly #gathered = new Writer(4096);

  private constructor(open: OpenSlot) {
    this.#open = open;
  }

  /**
   * Opens what is there.
   * @param existing number of slots that exist
   */
  static async open(open: OpenSlot, existing: number): Promise<SlotFiles> {
    const files = new SlotFiles(open);
    try {
      await files.#load(existing);
    } catch (error) {
      files.close();
      throw error;
    }
    return files;
  }

  async #load(existing: number): Promise<void> {
    const generationByName = new Map<string, number>();
    await this.#addSlots(existing);
    for (const slot of this.#slots) {
      const header = readHeader(slot.handle);
      if (header === undefined) {
        if (isDamaged(slot.handle)) this.#damaged++;
        continue;
      }
      this.#generation = Math.max(this.#generation, header.generation + 1);
      const older = this.#slotByName.get(header.name);
      if (older !== undefined && (generationByName.get(header.name) ?? 0) > header.generation) {
        this.#free(slot);
        continue;
      }
      if (older !== undefined) this.#free(older);
      slot.name = header.name;
      slot.size = slot.handle.getSize() - HEADER_BYTES;
      this.#slotByName.set(header.name, slot);
      generationByName.set(header.name, header.generation);
    }
    await this.reserve();
  }

  /** Opens the next `count` slots at once; all or, if one cannot be opened, none of them. */
  async #addSlots(count: number): Promise<void> {
    const first = this.#slots.length;
    assert(first + count <= SLOTS_MAX, () => `${first + count} slots, at most ${SLOTS_MAX}`);
    const opened = await Promise.allSettled(Array.from({ length: count }, (_, i) => this.#open(first + i)));
    const failed = opened.find((o) => o.status === 'rejected');
    for (const one of opened) {
      if (one.status === 'rejected') continue;
      if (failed === undefined) this.#slots.push({ handle: one.value, name: undefined, size: 0, dirty: false });
      else one.value.close();
    }
    if (failed !== undefined) throw failed.reason;
  }

  /** Whether {@link reserve} has something to do. */
  get low(): boolean {
    return this.#slots.length - this.#slotByName.size < SPARE_SLOTS;
  }

  /** Opens more slots until enough are free. To be called between steps. */
  async reserve(): Promise<void> {
    if (this.low) await this.#addSlots(SPARE_SLOTS - (this.#slots.length - this.#slotByName.size));
  }

  /** Slots that held something when they were opened whose name cannot be read any more. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Names, sorted. */
  list(): string[] {
    return [...this.#slotByName.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  has(name: string): boolean {
    return this.#slotByName.has(name);
  }

  size(name: string): number {
    return this.#slotByName.get(name)?.size ?? 0;
  }

  /** @throws ShortTransferError */
  read(name: string): Bytes {
    const slot = this.#slotByName.get(name);
    if (slot === undefined || slot.size === 0) return EMPTY_BYTES;
    this.#writeGathered();
    const out = new Uint8Array(slot.size);
    const n = slot.handle.read(out, { at: HEADER_BYTES });
    if (n !== out.length) throw new ShortTransferError(`read ${n} of ${out.length} bytes of ${name}`);
    return out;
  }

  /** Writes at the end; makes the file if it is not there. */
  append(name: string, bytes: Bytes): void {
    const slot = this.#slotByName.get(name) ?? this.#create(name);
    if (this.#gathering === undefined) write(slot.handle, bytes, HEADER_BYTES + slot.size, name);
    else {
      if (this.#gathering.slot !== slot || this.#gathered.length + bytes.length > GATHERED_MAX) this.#writeGathered();
      this.#gathering.slot = slot;
      this.#gathered.raw(bytes);
    }
    slot.size += bytes.length;
    slot.dirty = true;
  }

  /**
   * From now on until {@link SlotFiles.release} appends that follow each other in one file are written at once, and flushed at the end. Whatever else is done
   * to the files comes after what was appended before it, so that they pass through the same states as without.
   */
  gather(): void {
    this.#gathering = { slot: undefined, flush: false };
  }

  /** Writes and flushes what was gathered. */
  release(): void {
    const owed = this.#gathering;
    this.#writeGathered();
    this.#gathering = undefined;
    if (owed?.flush === true) this.flush();
  }

  #writeGathered(): void {
    const slot = this.#gathering?.slot;
    if (this.#gathering === undefined || slot === undefined) return;
    this.#gathering.slot = undefined;
    const bytes = this.#gathered.view();
    this.#gathered.reset();
    write(slot.handle, bytes, HEADER_BYTES + slot.size - bytes.length, slot.name ?? '');
  }

  /** Puts a whole new content in the place of the old one. */
  replace(name: string, bytes: Bytes): void {
    this.#writeGathered();
    const slot = this.#freeSlot();
    slot.handle.truncate(HEADER_BYTES);
    write(slot.handle, bytes, HEADER_BYTES, name);
    slot.handle.flush();
    const old = this.#slotByName.get(name);
    this.#name(slot, name, bytes.length);
    slot.handle.flush();
    if (old !== undefined) this.#free(old);
  }

  /** Cuts a file at a size; a file that is shorter stays as it is. */
  truncate(name: string, size: number): void {
    const slot = this.#slotByName.get(name);
    if (slot === undefined || slot.size <= size) return;
    this.#writeGathered();
    slot.handle.truncate(HEADER_BYTES + size);
    slot.size = size;
    slot.dirty = true;
  }

  /** Overwrites bytes inside a file. */
  writeAt(name: string, offset: number, bytes: Bytes): void {
    const slot = present(this.#slotByName.get(name), () => `file ${name}`);
    this.#writeGathered();
    assert(offset + bytes.length <= slot.size, () => `write to ${offset + bytes.length} in ${slot.size} bytes of ${name}`);
    write(slot.handle, bytes, HEADER_BYTES + offset, name);
    slot.dirty = true;
  }

  remove(name: string): void {
    const slot = this.#slotByName.get(name);
    if (slot === undefined) return;
    this.#writeGathered();
    this.#slotByName.delete(name);
    this.#free(slot);
  }

  /** Makes everything written so far durable; while appends are gathered, when they are released. */
  flush(): void {
    if (this.#gathering !== undefined) {
      this.#gathering.flush = true;
      return;
    }
    for (const slot of this.#slots) {
      if (!slot.dirty) continue;
      slot.handle.flush();
      slot.dirty = false;
    }
  }

  /** Lets go of all handles. */
  close(): void {
    for (const slot of this.#slots) slot.handle.close();
    this.#slots.length = 0;
    this.#slotByName.clear();
  }

  #create(name: string): Slot {
    this.#writeGathered();
    const slot = this.#freeSlot();
    slot.handle.truncate(HEADER_BYTES);
    this.#name(slot, name, 0);
    return slot;
  }

  #freeSlot(): Slot {
    return present(
      this.#slots.find((s) => s.name === undefined),
      () => `free slot among ${this.#slots.length}: more files were made in one step than slots are kept open`,
    );
  }

  #name(slot: Slot, name: string, size: number): void {
    write(slot.handle, encodeHeader(name, this.#generation++), 0, name);
    slot.name = name;
    slot.size = size;
    slot.dirty = true;
    this.#slotByName.set(name, slot);
  }

  #free(slot: Slot): void {
    slot.handle.truncate(0);
    slot.name = undefined;
    slot.size = 0;
    slot.dirty = true;
  }
}

function write(handle: SyncHandle, bytes: Bytes, at: number, name: string): void {
  if (bytes.length === 0) return;
  const n = handle.write(bytes as Uint8Array<ArrayBuffer>, { at }); // no engine buffer is shared memory
  if (n !== bytes.length) throw new ShortTransferError(`wrote ${n} of ${bytes.length} bytes of ${name}`);
}

function encodeHeader(name: string, generation: number): Bytes {
  const body = new Writer(HEADER_BYTES).varint(generation).text(name).finish();
  assert(body.length <= NAME_BYTES_MAX, () => `file name of ${name.length} characters: ${name.slice(0, 40)}`);
  const out = new Uint8Array(HEADER_BYTES);
  out.set(new Writer(HEADER_BYTES).u32(MAGIC).u32(crc32c(body)).bytes(body).finish());
  return out;
}

/** Whether a slot without a valid header once had one. A replacement that was never named has zeros there, a freed slot nothing. */
function isDamaged(handle: SyncHandle): boolean {
  const bytes = new Uint8Array(HEADER_BYTES);
  return handle.getSize() > 0 && (handle.read(bytes, { at: 0 }) < HEADER_BYTES || bytes.some((byte) => byte !== 0));
}

function readHeader(handle: SyncHandle): { readonly name: string; readonly generation: number } | undefined {
  const bytes = new Uint8Array(HEADER_BYTES);
  if (handle.getSize() < HEADER_BYTES || handle.read(bytes, { at: 0 }) < HEADER_BYTES) return undefined;
  const r = new Reader(bytes);
  if (r.u32() !== MAGIC) return undefined;
  const crc = r.u32();
  try {
    const body = r.bytes();
    if (crc32c(body) !== crc) return undefined;
    const inner = new Reader(body);
    return { generation: inner.varint(), name: inner.text() };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
