/** Maintenance.Snapshot: the database as it is now, in pieces, then its hash (server/etcdserver/api/v3rpc/maintenance.go). */

import { SnapshotResponse } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { Code } from '#api/errors.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { fail, stream } from '#etcd/answer.ts';
import { callKey, type OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { encodeImage } from '#etcd/image.ts';
import { humanBytes } from '#etcd/human-bytes.ts';
import { dbSizeOf } from '#etcd/maintenance.ts';
import type { Parts } from '#etcd/parts.ts';
import { encodeDatabase, encodeSnapshotFile } from '#etcd/snapshot-file.ts';

/** etcd's snapshotSendBufferSize. */
const PIECE_BYTES = 32 * 1024;
const HASH_BYTES = 32;

/** A snapshot on its way: the file as bolt's read transaction would keep it, and how far it is. */
interface Sending {
  readonly call: CallId;
  readonly file: Bytes;
  sent: number;
}

/** Mutable; owned by the member. One for each open call of Maintenance.Snapshot. */
export class SnapshotStreams {
  readonly #sending = new Map<string, Sending>();

  add(sending: Sending): void {
    this.#sending.set(callKey(sending.call), sending);
  }

  /** Its client has gone, or has it all. */
  remove(call: CallId): void {
    this.#sending.delete(callKey(call));
  }

  all(): readonly Sending[] {
    return this.#sending.size === 0 ? NONE : [...this.#sending.values()];
  }

  save(w: Writer): void {
    w.varint(this.#sending.size);
    for (const { call, file, sent } of this.#sending.values()) w.varint(call.client).varint(call.call).bytes(file).varint(sent);
  }

  /** @throws DecodeError */
  static restore(r: Reader): SnapshotStreams {
    const streams = new SnapshotStreams();
    for (let n = r.varint(); n > 0; n--)
      streams.add({ call: { client: r.varint(), call: r.varint() }, file: r.bytes().slice(), sent: r.varint() });
    return streams;
  }
}
const NONE: readonly Sending[] = [];

const sizeFields = (total: number) => ({ 'total-bytes': total, size: humanBytes(total) });

/** Takes the picture that is sent; the pieces follow as the client takes them. */
export function sendSnapshot(m: Parts, call: OpenCall): void {
  const file = encodeSnapshotFile(encodeDatabase(encodeImage(m.machine), dbSizeOf(m).total));
  m.out.log('snapshot-sending', sizeFields(file.length - HASH_BYTES), call.event);
  m.snapshots.add({ call: call.id, file, sent: 0 });
}

/** Sends pieces of the snapshots as far as their clients take them. */
export function deliverSnapshots(m: Parts): void {
  for (const sending of m.snapshots.all()) {
    const call = m.calls.get(sending.call);
    if (call === undefined) m.snapshots.remove(sending.call);
    else while (m.calls.hasRoom(call.id) && !sendPiece(m, call, sending));
  }
}

/** @returns whether that was the last one */
function sendPiece(m: Parts, call: OpenCall, sending: Sending): boolean {
  const { file, sent } = sending;
  const total = file.length - HASH_BYTES;
  const isHash = sent === total;
  const end = isHash ? file.length : Math.min(sent + PIECE_BYTES, total);
  const size = sizeFields(total);
  const event = isHash ? m.out.log('snapshot-checksum', { 'total-bytes': total, 'checksum-size': HASH_BYTES }, call.event) : call.event;
  const piece = SnapshotResponse.create({ remainingBytes: BigInt(isHash ? 0 : total - end), blob: file.slice(sent, end) });
  stream(m, call, MaintenanceService.Snapshot, piece, event);
  sending.sent = end;
  if (!isHash) return false;
  m.snapshots.remove(call.id);
  fail(m, call.id, { code: Code.OK, message: '' }, m.out.log('snapshot-sent', { ...size, took: 'now' }, event));
  return true;
}
