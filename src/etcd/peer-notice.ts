/**
 * How a member answers a peer that it must not listen to (rafthttp's checks of streams and posts): one that was removed from the cluster is told so, and
 * stops for good; one of another cluster is told that, and both say it in their logs. Messages of their own, told from the Raft core's by
 * their first byte.
 */

import { nodeId, type EventId, type NodeId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import type { Message } from '#raft/message.ts';
import { formatId, type ClusterId } from '#etcd/identity.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';

/** First byte of these messages: no Raft message begins with it. */
export const NOTICE_MESSAGE = 0xf1;

/** Why a member was not listened to. */
type Notice = 'removed' | 'other-cluster';
const NOTICES: readonly Notice[] = ['removed', 'other-cluster'];

/** A removed member goes on for so long, µs (etcd's stopWithDelay): the others are to learn from it that the change is committed. */
export const STOP_DELAY_MICROS = 1_000_000;

/** etcd's words for what became of a removed member. */
export const REMOVED_TEXT = 'the member has been permanently removed from the cluster';

function tell(m: Parts, to: NodeId, notice: Notice, cause: EventId): void {
  const bytes = new Writer(16).u8(NOTICE_MESSAGE).u8(NOTICES.indexOf(notice)).u64(m.self).finish();
  const kind = 'Refusal';
  const none = { logTerm: 0, index: 0, entries: 0, commit: 0 };
  const fields = { to, message: kind, term: coreOf(m).term, ...none, reject: true, bytes: bytes.length };
  m.out.send(to, kind, bytes, m.out.emit('message-sent', fields, cause));
}

/** A removed member still sends. */
export function refuseRemoved(m: Parts, from: NodeId, cause: EventId): void {
  if (m.peers.refuse(from))
    m.out.log('rejected-removed', { 'local-member-id': formatId(m.self), 'remote-peer-id-from': formatId(from) }, cause);
  tell(m, from, 'removed', cause);
}

/** A member of another cluster sends; it thinks that its peer is here. */
export function refuseStranger(m: Parts, { from }: Message, clusterId: ClusterId, cause: EventId): void {
  if (!m.peers.refuse(from)) return;
  const fields = {
    'local-member-id': formatId(m.self),
    'local-member-cluster-id': formatId(m.clusterId),
    'remote-peer-server-name': formatId(from),
    'remote-peer-cluster-id': formatId(clusterId),
  };
  tell(m, from, 'other-cluster', m.out.log('cluster-mismatch', fields, cause));
}

/** A peer does not listen. @param clusterId the peer's @throws DecodeError */
export function onNotice(m: Parts, bytes: Bytes, clusterId: ClusterId, cause: EventId): void {
  const r = new Reader(bytes);
  r.u8();
  const notice = NOTICES[r.u8()];
  const from = nodeId(r.u64());
  if (notice === 'other-cluster' && m.peers.refuse(from)) {
    const fields = {
      'remote-peer-id': formatId(from),
      'remote-peer-cluster-id': formatId(clusterId),
      'local-member-id': formatId(m.self),
      'local-member-cluster-id': formatId(m.clusterId),
      error: 'cluster ID mismatch',
    };
    m.out.log('request-ignored', fields, cause);
  }
  if (notice !== 'removed' || clusterId !== m.clusterId) return;
  const error = `failed to dial ${formatId(from)} on stream MsgApp v2 (${REMOVED_TEXT})`;
  if (m.peers.lost(from)) m.out.log('peer-inactive', { 'peer-id': formatId(from), error }, cause);
  stopRemoved(m, cause);
}

/** The member ends after this step: what lies in its data directory is of no use any more. */
export function stopRemoved(m: Parts, cause: EventId): void {
  m.out.log('server-error', { error: REMOVED_TEXT }, cause);
  m.out.log('data-dir-must-go', {}, cause);
  m.halt = { type: 'removed', message: REMOVED_TEXT, event: m.out.cause };
}
