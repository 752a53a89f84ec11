/** Maintenance.Snapshot: the database as it is now, in pieces, then its hash (server/etcdserver/api/v3rpc/maintenance.go). */

import { SnapshotResponse } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { Code } from '#api/errors.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { fail, stream } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { encodeImage } from '#etcd/image.ts';
import { humanBytes } from '#etcd/human-bytes.ts';
import { dbSizeOf } from '#etcd/maintenance.ts';
import type { Parts } from '#etcd/parts.ts';
import { encodeDatabase, encodeSnapshotFile } from '#etcd/snapshot-file.ts';

/** etcd's snapshotSendBufferSize. */
const PIECE_BYTES = 32 * 1024;

/** Sends the whole at once: how fast the client takes it is the network's affair. */
export function sendSnapshot(m: Parts, call: OpenCall): void {
  const file = encodeSnapshotFile(encodeDatabase(encodeImage(m.machine), dbSizeOf(m).total));
  const total = file.length - HASH_BYTES;
  const size = { 'total-bytes': total, size: humanBytes(total) };
  const event = m.out.log('snapshot-sending', size, call.event);
  const send = (blob: Bytes, remaining: number): void =>
    stream(m, call, MaintenanceService.Snapshot, SnapshotResponse.create({ remainingBytes: BigInt(remaining), blob }), event);
  for (let at = 0; at < total; at += PIECE_BYTES) {
    const end = Math.min(at + PIECE_BYTES, total);
    send(file.slice(at, end), total - end);
  }
  m.out.log('snapshot-checksum', { 'total-bytes': total, 'checksum-size': HASH_BYTES }, event);
  send(file.slice(total), 0);
  fail(m, call.id, { code: Code.OK, message: '' }, m.out.log('snapshot-sent', { ...size, took: 'now' }, event));
}
const HASH_BYTES = 32;
