/**
 * Messages on their way to peers (server/etcdserver/raft.go, processMessages): of several acknowledgements only the last is sent, nothing to
 * removed members, a snapshot carries the state as it is now, and a leader notices when its heartbeats are late.
 */

import type { EventId } from '#kernel/brand.ts';
import type { Message } from '#raft/message.ts';
import { encodeMessage } from '#raft/message-codec.ts';
import { formatId } from '#etcd/identity.ts';
import type { Parts } from '#etcd/parts.ts';
import { snapshotToSend } from '#etcd/snapshots.ts';

export function sendMessages(m: Parts, messages: readonly Message[], cause: EventId): void {
  const lastAck = messages.findLastIndex(({ type }) => type === 'MsgAppResp');
  for (const [i, message] of messages.entries()) {
    if (message.type === 'MsgAppResp' && i !== lastAck && !message.reject) continue;
    if (m.machine.cluster.isRemoved(message.to)) continue;
    if (message.type === 'MsgHeartbeat') watchBeat(m, message, cause);
    send(m, message.type === 'MsgSnap' ? { ...message, snapshot: snapshotToSend(m, message.to, cause) } : message, cause);
  }
}

function watchBeat(m: Parts, message: Message, cause: EventId): void {
  const late = m.peers.beat(message.to, m.out.now, 2 * m.config.heartbeatMicros);
  if (late === 0) return;
  m.metrics.add('heartbeatFailures');
  const fields = {
    to: formatId(message.to),
    'heartbeat-interval': `${m.config.heartbeatMicros / 1000}ms`,
    'expected-duration': `${m.config.heartbeatMicros / 500}ms`,
    'exceeded-duration': `${late / 1000}ms`,
  };
  m.out.log('heartbeat-late', fields, cause);
}

function send(m: Parts, message: Message, cause: EventId): void {
  const bytes = encodeMessage(message);
  const event = m.out.emit(
    'message-sent',
    {
      to: message.to,
      message: message.type,
      term: message.term,
      logTerm: 'logTerm' in message ? message.logTerm : 0,
      index: 'index' in message ? message.index : message.type === 'MsgSnap' ? message.snapshot.index : 0,
      entries: 'entries' in message ? message.entries.length : 0,
      commit: 'commit' in message ? message.commit : 0,
      reject: 'reject' in message && message.reject,
      bytes: bytes.length,
    },
    cause,
  );
  m.metrics.sent(message.to, bytes.length);
  if (message.type === 'MsgApp') m.v2Stats.onSent(message.to, bytes.length, m.out.now);
  m.out.send(message.to, message.type, bytes, event);
}
