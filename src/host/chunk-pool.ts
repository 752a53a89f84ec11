/**
 * Long byte strings that have much in common, such as the checkpoints of a run, kept once. A string is cut where its content says so (a gear hash over
 * the last bytes), so a piece that moved is found again; equal pieces are shared and counted. Equality is decided by the bytes, never by a hash.
 */

import { present } from '#kernel/assert.ts';
import { concatBytes, equalBytes, type Bytes } from '#kernel/bytes.ts';
import { crc32c } from '#kernel/crc32c.ts';

/**
 * Pieces are cut at 1 of 2^10 places on average, at least and at most this many bytes apart. What changes from one checkpoint to the next lies scattered: with
 * pieces of 8 KiB an idle one had twice, one with small snapshots 1.9 times as much that no other shares; with half a KiB, pieces would cost more than they save.
 */
const CUT_MASK = (1 << 10) - 1;
const PIECE_MIN = 256;
const PIECE_MAX = 64 * 1024;
/** About what a piece takes besides its bytes: the objects that name it, its buffer's own. */
const PIECE_OVERHEAD = 300;

/** Pieces in a row are cut into groups after 1 of 32 of them on average, which is for the piece to say, and after this many. */
const GROUP_MASK = 31;
const GROUP_MAX = 128;

interface Piece {
  readonly bytes: Bytes;
  /** Checksum of them. */
  readonly key: number;
  /** Groups that it is in. */
  uses: number;
  /** Those that begin with it. */
  groups: readonly Group[];
}

/** Pieces in a row, which many strings name together: a long list of pieces in each of hundreds of strings would take more memory than the pieces. */
interface Group {
  readonly pieces: readonly Piece[];
  uses: number;
}

/** A string in the pool: give it back with {@link ChunkPool.release}. */
export interface Pooled {
  readonly groups: readonly Group[];
}

const piecesOf = ({ groups }: Pooled): readonly Piece[] => groups.flatMap((group) => group.pieces);

/** A fixed random-looking word for each byte value (a multiplicative hash of it). */
const GEAR = Uint32Array.from({ length: 256 }, (_, byte) => Math.imul(Math.imul(byte + 1, 0x9e3779b1) ^ (byte << 7), 0x85ebca6b));

/** Where the piece that begins at `from` ends. */
function cutAfter(bytes: Bytes, from: number): number {
  const end = Math.min(bytes.length, from + PIECE_MAX);
  let hash = 0;
  for (let at = from; at < end; at++) {
    hash = ((hash << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
    if (at - from >= PIECE_MIN && ((hash >>> 16) & CUT_MASK) === 0) return at + 1;
  }
  return end;
}

/** Mutable; owned by whoever keeps the strings. */
export class ChunkPool {
  readonly #pieces = new Map<number, Piece[]>();
  /** Pieces by the objects that they were made from or are. */
  readonly #byObject = new WeakMap<Bytes, Piece>();
  #size = 0;
  #count = 0;

  /** Bytes of all pieces, each counted once. */
  get size(): number {
    return this.#size;
  }

  /** The same with what it takes to keep them. */
  get held(): number {
    return this.#size + this.#count * PIECE_OVERHEAD;
  }

  /** Keeps a copy of `bytes`. */
  keep(bytes: Bytes): Pooled {
    const pieces: Piece[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = cutAfter(bytes, at);
      pieces.push(this.#take(bytes.subarray(at, end)));
      at = end;
    }
    return this.#grouped(pieces);
  }

  /** Keeps short strings whole, each of them one piece. One that was kept before, the same object, costs next to nothing. */
  keepWhole(strings: readonly Bytes[]): Pooled {
    return this.#grouped(strings.map((bytes) => this.#known(bytes) ?? this.#meet(bytes)));
  }

  /** The strings of {@link keepWhole} as the pool has them: not to be changed, and the same objects each time. */
  readWhole(pooled: Pooled): readonly Bytes[] {
    return piecesOf(pooled).map((piece) => piece.bytes);
  }

  #meet(bytes: Bytes): Piece {
    const piece = this.#take(bytes);
    this.#byObject.set(bytes, piece).set(piece.bytes, piece);
    return piece;
  }

  #known(bytes: Bytes): Piece | undefined {
    const piece = this.#byObject.get(bytes);
    return piece === undefined || piece.uses === 0 ? undefined : piece;
  }

  #grouped(pieces: readonly Piece[]): Pooled {
    const groups: Group[] = [];
    for (let from = 0; from < pieces.length;) {
      let end = from + 1;
      while (end < pieces.length && end - from < GROUP_MAX && (present(pieces[end - 1], 'a piece').key & GROUP_MASK) !== 0) end++;
      groups.push(this.#group(pieces, from, end));
      from = end;
    }
    return { groups };
  }

  #group(pieces: readonly Piece[], from: number, end: number): Group {
    const first = present(pieces[from], 'the first of a group');
    const isSame = (group: Group): boolean =>
      group.pieces.length === end - from && group.pieces.every((piece, i) => piece === pieces[from + i]);
    const known = first.groups.find(isSame);
    if (known !== undefined) {
      known.uses++;
      return known;
    }
    const group: Group = { pieces: pieces.slice(from, end), uses: 1 };
    for (const piece of group.pieces) piece.uses++;
    first.groups = [...first.groups, group];
    return group;
  }

  /** One more user of the same string. */
  share(pooled: Pooled): Pooled {
    for (const group of pooled.groups) group.uses++;
    return pooled;
  }

  /** The string again, as bytes of its own. */
  read(pooled: Pooled): Bytes {
    return concatBytes(piecesOf(pooled).map((piece) => piece.bytes));
  }

  release(pooled: Pooled): void {
    for (const group of pooled.groups) if (--group.uses === 0) this.#disband(group);
  }

  #disband(group: Group): void {
    const first = present(group.pieces[0], 'the first of a group');
    first.groups = first.groups.filter((each) => each !== group);
    for (const piece of group.pieces) if (--piece.uses === 0) this.#drop(piece);
  }

  /** The piece with these bytes; a new one has no user yet. */
  #take(bytes: Bytes): Piece {
    const key = crc32c(bytes);
    const same = this.#pieces.get(key) ?? [];
    const known = same.find((piece) => equalBytes(piece.bytes, bytes));
    if (known !== undefined) return known;
    // A string that is all of its buffer is taken as it is; a part of a longer one would keep that alive.
    const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    const piece: Piece = { bytes: own, key, uses: 0, groups: [] };
    this.#pieces.set(key, [...same, piece]);
    this.#size += bytes.length;
    this.#count++;
    return piece;
  }

  #drop(piece: Piece): void {
    const rest = present(this.#pieces.get(piece.key), 'pieces of a key').filter((each) => each !== piece);
    if (rest.length === 0) this.#pieces.delete(piece.key);
    else this.#pieces.set(piece.key, rest);
    this.#size -= piece.bytes.length;
    this.#count--;
  }
}
