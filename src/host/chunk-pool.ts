/**
 * Long byte strings that have much in common, such as the checkpoints of a run, kept once. A string is cut where its content says so (a gear hash over
 * the last bytes), so a piece that moved is found again; equal pieces are shared and counted. Equality is decided by the bytes, never by a hash.
 */

import { present } from '#kernel/assert.ts';
import { concatBytes, equalBytes, type Bytes } from '#kernel/bytes.ts';
import { crc32c } from '#kernel/crc32c.ts';

/** Pieces are cut at 1 of 2^13 places on average, at least and at most this many bytes apart. */
const CUT_MASK = (1 << 13) - 1;
const PIECE_MIN = 2 * 1024;
const PIECE_MAX = 64 * 1024;

interface Piece {
  readonly bytes: Bytes;
  uses: number;
}

/** A string in the pool: give it back with {@link ChunkPool.release}. */
export interface Pooled {
  readonly pieces: readonly Piece[];
}

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

  /** Bytes of all pieces, each counted once. */
  get size(): number {
    return this.#size;
  }

  /** Keeps a copy of `bytes`. */
  keep(bytes: Bytes): Pooled {
    const pieces: Piece[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = cutAfter(bytes, at);
      pieces.push(this.#take(bytes.subarray(at, end)));
      at = end;
    }
    return { pieces };
  }

  /** Keeps short strings whole, each of them one piece. One that was kept before, the same object, costs nothing. */
  keepWhole(strings: readonly Bytes[]): Pooled {
    return { pieces: strings.map((bytes) => this.#known(bytes) ?? this.#meet(bytes)) };
  }

  /** The strings of {@link keepWhole} as the pool has them: not to be changed, and the same objects each time. */
  readWhole(pooled: Pooled): readonly Bytes[] {
    return pooled.pieces.map((piece) => piece.bytes);
  }

  #meet(bytes: Bytes): Piece {
    const piece = this.#take(bytes);
    this.#byObject.set(bytes, piece).set(piece.bytes, piece);
    return piece;
  }

  #known(bytes: Bytes): Piece | undefined {
    const piece = this.#byObject.get(bytes);
    if (piece === undefined || piece.uses === 0) return undefined;
    piece.uses++;
    return piece;
  }

  /** One more user of the same string. */
  share(pooled: Pooled): Pooled {
    for (const piece of pooled.pieces) piece.uses++;
    return pooled;
  }

  /** The string again, as bytes of its own. */
  read(pooled: Pooled): Bytes {
    return concatBytes(pooled.pieces.map((piece) => piece.bytes));
  }

  release(pooled: Pooled): void {
    for (const piece of pooled.pieces) if (--piece.uses === 0) this.#drop(piece);
  }

  #take(bytes: Bytes): Piece {
    const key = crc32c(bytes);
    const same = this.#pieces.get(key) ?? [];
    const known = same.find((piece) => equalBytes(piece.bytes, bytes));
    if (known !== undefined) {
      known.uses++;
      return known;
    }
    // A string that is all of its buffer is taken as it is; a part of a longer one would keep that alive.
    const piece: Piece = { bytes: bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice(), uses: 1 };
    this.#pieces.set(key, [...same, piece]);
    this.#size += bytes.length;
    return piece;
  }

  #drop(piece: Piece): void {
    const key = crc32c(piece.bytes);
    const rest = present(this.#pieces.get(key), 'pieces of a key').filter((each) => each !== piece);
    if (rest.length === 0) this.#pieces.delete(key);
    else this.#pieces.set(key, rest);
    this.#size -= piece.bytes.length;
  }
}
