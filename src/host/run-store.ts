/**
 * The stored run: what it takes to come back to the same instant after a reload. Named files over slots ({@link SlotFiles}):
 * `spec` (engine, seed, options), `commands` (appended, each with its CRC), `present` (two cells of fixed place, written in turn, so
 * that one torn write leaves the other), `checkpoint-N` (the newest two).
 *
 * A reload is no loss of power: what was written is there, so nothing here waits for a flush.
 */

import { concatBytes, EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { crc32c } from '#kernel/crc32c.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { branchesFrom, type BranchState } from '#host/branches.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '#sim/checkpoint.ts';
import { decodeRunSpec, encodeRunSpec, validateRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';

/**
 * The present, in virtual µs. `now`: up to which time has passed. `played`: the last instant that was played, -1 before the first. `begun`: the instant that
 * members may already have begun to write to their disks, `played` if none. `paused`: the visitor had stopped time.
 */
export interface Present {
  readonly now: number;
  readonly played: number;
  readonly begun: number;
  readonly paused: boolean;
  /** The members' disks are being brought to this instant of the past: they are not held against it. */
  readonly moving: boolean;
}

/** A checkpoint with what the page remembers besides (feed numbering, tape), as plain data. */
export interface StoredCheckpoint {
  /** The last instant in it. */
  readonly at: number;
  readonly checkpoint: Checkpoint;
  readonly view: Plain;
}

export interface StoredRun {
  readonly spec: RunSpec;
  readonly present: Present;
  /** The newest one that is whole and not later than the present. */
  readonly checkpoint: StoredCheckpoint | undefined;
  /**
   * Of a run that began on disks that were not empty: its first checkpoint, from which alone it can be replayed; `damaged` if that cannot be read.
   * Undefined for a run that began with empty disks.
   */
  readonly origin: StoredCheckpoint | 'damaged' | undefined;
  /** Its branches; undefined for a run that never had another one. */
  readonly branches: BranchState | undefined;
}

/** `none`: nothing is stored. `broken`: something is, and it cannot be used; it is left as it is. */
export type StoredResult =
  { readonly type: 'none' } | { readonly type: 'run'; readonly run: StoredRun } | { readonly type: 'broken'; readonly detail: string };

const SPEC = 'spec';
const COMMANDS = 'commands';
const PRESENT = 'present';
const BRANCHES = 'branches';
const ORIGIN = 'origin';
const CHECKPOINT = /^checkpoint-(\d+)$/;
const CHECKPOINTS_KEPT = 2;
const CELL_BYTES = 64;

/** Mutable; owned by the conductor. */
export class RunStore {
  readonly #files: SlotFiles;
  #cell = 0;
  #sequence = 0;
  #commands = 0;
  #checkpoints = 0;

  constructor(files: SlotFiles) {
    this.#files = files;
  }

  /** Reads what is there. */
  load(): StoredResult {
    if (!this.#files.has(SPEC)) {
      const { damaged } = this.#files;
      return damaged === 0 ? { type: 'none' } : { type: 'broken', detail: `the names of ${damaged} stored files are damaged` };
    }
    try {
      return { type: 'run', run: this.#load() };
    } catch (error) {
      if (error instanceof DecodeError || error instanceof SyntaxError) return { type: 'broken', detail: error.message };
      throw error;
    }
  }

  #load(): StoredRun {
    const decoded = decodeRunSpec(open(this.#files.read(SPEC), 'the stored options'));
    if (decoded.type === 'error') throw new DecodeError(`the stored run: ${decoded.where} ${decoded.message}`.trim());
    const commands = readCommands(this.#files.read(COMMANDS));
    const checked = validateRunSpec({ ...decoded.spec, commands });
    if (checked.type === 'error') throw new DecodeError(`the stored commands: ${checked.where} ${checked.message}`.trim());
    this.#commands = commands.length;
    const present = this.#readPresent();
    const origin = this.#readOrigin();
    const checkpoint = this.#newestCheckpoint(present.played) ?? (origin === 'damaged' ? undefined : origin);
    if (origin === 'damaged' && checkpoint === undefined) throw new DecodeError('the first checkpoint of the run cannot be read');
    return { spec: checked.spec, present, checkpoint, origin, branches: this.#readBranches(checked.spec) };
  }

  /** Begins a new run in the place of whatever is stored. */
  begin(spec: RunSpec): void {
    for (const name of this.#files.list()) if (name !== SPEC) this.#files.remove(name);
    this.#files.replace(COMMANDS, EMPTY_BYTES);
    this.#files.replace(PRESENT, new Uint8Array(2 * CELL_BYTES));
    this.#files.replace(SPEC, seal(encodeRunSpec({ ...spec, commands: [] })));
    this.#commands = 0;
    this.#checkpoints = 0;
    this.commands(spec.commands, false);
    this.present({ now: 0, played: -1, begun: -1, paused: false, moving: false });
  }

  /**
   * Appends the commands that are new since the last call.
   * @param branched the list does not continue the last one: it is written anew
   */
  commands(all: readonly TimedCommand[], branched: boolean): void {
    const records = concatBytes(all.slice(branched ? 0 : this.#commands).map(commandRecord));
    if (branched) this.#files.replace(COMMANDS, records);
    else if (records.length > 0) this.#files.append(COMMANDS, records);
    this.#commands = all.length;
  }

  /** Some bytes at a fixed place: cheap enough for each instant. */
  present({ now, played, begun, paused, moving }: Present): void {
    const body = new Writer(CELL_BYTES)
      .varint(++this.#sequence)
      .varint(now)
      .varint(played + 1)
      .varint(begun + 1)
      .bool(paused)
      .bool(moving)
      .finish();
    const cell = new Uint8Array(CELL_BYTES);
    cell.set(new Writer(CELL_BYTES).bytes(seal(body)).finish());
    this.#files.writeAt(PRESENT, this.#cell * CELL_BYTES, cell);
    this.#cell = 1 - this.#cell;
  }

  #readPresent(): Present {
    const bytes = this.#files.read(PRESENT);
    let newest: (Present & { readonly sequence: number }) | undefined;
    for (const cell of [0, 1]) {
      const found = readCell(bytes.subarray(cell * CELL_BYTES, (cell + 1) * CELL_BYTES));
      if (found === undefined || found.sequence <= (newest?.sequence ?? 0)) continue;
      newest = found;
      this.#cell = 1 - cell;
      this.#sequence = found.sequence;
    }
    if (newest === undefined) throw new DecodeError('the stored present cannot be read');
    return { now: newest.now, played: newest.played, begun: newest.begun, paused: newest.paused, moving: newest.moving };
  }

  /** Keeps the branches of the run. Slots must be free: call between instants. */
  branches(state: BranchState): void {
    this.#files.replace(BRANCHES, seal(encodePlain(state as unknown as Plain))); // plain data; interfaces have no index signature
  }

  /** Damaged ones cost the other branches, not the run. */
  #readBranches(spec: RunSpec): BranchState | undefined {
    if (!this.#files.has(BRANCHES)) return undefined;
    try {
      return branchesFrom(decodePlain(open(this.#files.read(BRANCHES), BRANCHES)), spec);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  }

  /** Keeps the first checkpoint of a run that began on disks that were not empty. Slots must be free, as for {@link RunStore.checkpoint}. */
  origin(kept: StoredCheckpoint): void {
    this.#files.replace(ORIGIN, sealCheckpoint(kept));
  }

  #readOrigin(): StoredRun['origin'] {
    if (!this.#files.has(ORIGIN)) return undefined;
    try {
      return openCheckpoint(this.#files.read(ORIGIN), ORIGIN);
    } catch (error) {
      if (error instanceof DecodeError) return 'damaged';
      throw error;
    }
  }

  /** Keeps a checkpoint; older ones than the last two go. Slots must be free: call between instants after {@link SlotFiles.reserve}. */
  checkpoint(kept: StoredCheckpoint): void {
    const number = ++this.#checkpoints;
    this.#files.replace(`checkpoint-${number}`, sealCheckpoint(kept));
    for (const { name, number: old } of this.#listCheckpoints()) if (old <= number - CHECKPOINTS_KEPT) this.#files.remove(name);
  }

  #listCheckpoints(): readonly { readonly name: string; readonly number: number }[] {
    return this.#files
      .list()
      .flatMap((name) => {
        const match = CHECKPOINT.exec(name);
        return match === null ? [] : [{ name, number: Number(match[1]) }];
      })
      .sort((a, b) => b.number - a.number);
  }

  #newestCheckpoint(played: number): StoredCheckpoint | undefined {
    const listed = this.#listCheckpoints();
    this.#checkpoints = listed[0]?.number ?? 0;
    for (const { name } of listed) {
      try {
        const kept = openCheckpoint(this.#files.read(name), name);
        if (kept.at <= played) return kept;
      } catch (error) {
        // A broken checkpoint costs a longer replay, nothing else.
        if (!(error instanceof DecodeError)) throw error;
      }
    }
    return undefined;
  }

  close(): void {
    this.#files.close();
  }
}

const commandRecord = ({ at, command }: TimedCommand): Bytes =>
  new Writer().bytes(seal(encodePlain([at, command as unknown as Plain]))).finish(); // WorldCommand is plain data without an index signature

/** Bytes behind their CRC. */
const seal = (bytes: Bytes): Bytes => new Writer(bytes.length + 16).u32(crc32c(bytes)).bytes(bytes).finish();

/** @throws DecodeError naming what it was */
function open(sealed: Bytes, what: string): Bytes {
  const r = new Reader(sealed);
  const crc = r.u32();
  const bytes = r.bytes();
  if (crc32c(bytes) !== crc) throw new DecodeError(`${what}: checksum ${crc32c(bytes).toString(16)}, expected ${crc.toString(16)}`);
  return bytes;
}

const sealCheckpoint = ({ at, view, checkpoint }: StoredCheckpoint): Bytes =>
  seal(new Writer(1 << 16).varint(at).bytes(encodePlain(view)).bytes(encodeCheckpoint(checkpoint)).finish());

/** @throws DecodeError */
function openCheckpoint(sealed: Bytes, what: string): StoredCheckpoint {
  const r = new Reader(open(sealed, what));
  return { at: r.varint(), view: decodePlain(r.bytes()), checkpoint: decodeCheckpoint(r.bytes()) };
}

/** A torn last record is left out: its command was not accepted yet when the tab ended. */
function readCommands(bytes: Bytes): { readonly at: unknown; readonly command: unknown }[] {
  const r = new Reader(bytes);
  const commands: { readonly at: unknown; readonly command: unknown }[] = [];
  while (!r.done) {
    let record: Bytes;
    try {
      record = r.bytes();
    } catch (error) {
      if (error instanceof DecodeError) break;
      throw error;
    }
    const plain = decodePlain(open(record, `stored command ${commands.length + 1}`));
    if (!Array.isArray(plain)) throw new DecodeError(`stored command ${commands.length + 1} is no pair`);
    commands.push({ at: plain[0] as unknown, command: plain[1] as unknown }); // isArray forgets the items' type; the spec is validated as a whole
  }
  return commands;
}

function readCell(cell: Bytes): (Present & { readonly sequence: number }) | undefined {
  try {
    const r = new Reader(open(new Reader(cell).bytes(), 'cell'));
    const common = { sequence: r.varint(), now: r.varint(), played: r.varint() - 1, begun: r.varint() - 1, paused: r.bool() };
    return { ...common, moving: !r.done && r.bool() }; // a cell of an older page ends before it
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
