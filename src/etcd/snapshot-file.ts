/**
 * A snapshot of the backend as a file: what Maintenance.Snapshot streams, `etcdctl snapshot save` keeps and a restore reads. As etcd's it is
 * the database, a whole number of pages, and the SHA-256 of it behind; a copy of the database itself lacks the hash. Inside our pages lies
 * the state machine's image (image.ts) instead of bolt's tree; zeros fill up to the size that bolt's file would have.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';

const MAGIC = utf8('etcd playground db\n');
const PAGE_BYTES = 4096;
/** bolt's files are whole sectors; with the hash behind, 32 bytes are left over (that is how etcd sees that there is one). */
const SECTOR_BYTES = 512;
const HASH_BYTES = 32;

/** The database file of an image. @param bytes the least size: bolt's file would have it */
export function encodeDatabase(image: Bytes, bytes: number): Bytes {
  const head = new Writer(image.length + 64).raw(MAGIC).bytes(image).finish();
  const size = Math.ceil(Math.max(head.length, bytes) / PAGE_BYTES) * PAGE_BYTES;
  const database = new Uint8Array(size);
  database.set(head);
  return database;
}

/** A database with its hash: a whole snapshot file. */
export const encodeSnapshotFile = (database: Bytes): Bytes => concatBytes([database, sha256(database)]);

export type SnapshotFile =
  | { readonly type: 'snapshot'; readonly image: Bytes; readonly databaseBytes: number; readonly hasHash: boolean }
  /** `message` in etcd's words. */
  | { readonly type: 'error'; readonly message: string };

/**
 * Reads a snapshot file, or a bare database.
 * @param skipHashCheck `--skip-hash-check`: a file without a hash, or with a wrong one, is taken
 */
export function decodeSnapshotFile(file: Bytes, skipHashCheck = false): SnapshotFile {
  const hasHash = file.length % SECTOR_BYTES === HASH_BYTES;
  const databaseBytes = hasHash ? file.length - HASH_BYTES : file.length;
  const database = file.subarray(0, databaseBytes);
  if (!skipHashCheck) {
    if (!hasHash) return { type: 'error', message: 'snapshot missing hash but --skip-hash-check=false' };
    const stored = file.subarray(databaseBytes);
    const actual = sha256(database);
    if (!equalBytes(stored, actual)) return { type: 'error', message: `expected sha256 ${goBytes(stored)}, got ${goBytes(actual)}` };
  }
  try {
    const r = new Reader(database);
    if (!equalBytes(r.raw(MAGIC.length), MAGIC)) return { type: 'error', message: 'invalid database' };
    return { type: 'snapshot', image: r.bytes(), databaseBytes, hasHash };
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'error', message: 'invalid database' };
    throw error;
  }
}

/** A byte slice as Go prints it with %v. */
const goBytes = (bytes: Bytes): string => `[${[...bytes].join(' ')}]`;
