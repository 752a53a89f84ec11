/**
 * The lines of etcd's log that a member writes outside of the Raft core (whose lines are rendered from its events), with stable ids:
 * append, never renumber. Texts are those of etcd 3.5.
 */

/** Levels by their number in the trace. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

interface LogLine {
  readonly id: number;
  readonly level: LogLevelName;
  readonly message: string;
}

export const LOG_LINES = {
  'starting-etcd': { id: 1, level: 'info', message: 'starting an etcd server' },
  'opened-backend': { id: 2, level: 'info', message: 'opened backend db' },
  'starting-local-member': { id: 3, level: 'info', message: 'starting local member' },
  'restarting-local-member': { id: 4, level: 'info', message: 'restarting local member' },
  'no-snapshot': { id: 5, level: 'info', message: 'No snapshot found. Recovering WAL from scratch!' },
  'recovered-snapshot': { id: 6, level: 'info', message: 'recovered v3 backend from snapshot' },
  'kvstore-restored': { id: 7, level: 'info', message: 'kvstore restored' },
  'starting-server': { id: 8, level: 'info', message: 'starting etcd server' },
  'single-node-fast-forward': { id: 9, level: 'info', message: 'started as single-node; fast-forwarding election ticks' },
  'election-tick-advance': { id: 10, level: 'info', message: 'starting initial election tick advance' },
  'peers-fast-forward': { id: 11, level: 'info', message: 'initialized peer connections; fast-forwarding election ticks' },
  'added-member': { id: 12, level: 'info', message: 'added member' },
  'removed-member': { id: 13, level: 'info', message: 'removed member' },
  'promoted-member': { id: 14, level: 'info', message: 'promoted member' },
  'updated-member': { id: 15, level: 'info', message: 'updated member' },
  'rejected-removed': { id: 16, level: 'warn', message: 'rejected stream from remote peer because it was removed' },
  'cluster-mismatch': { id: 17, level: 'warn', message: 'request cluster ID mismatch' },
  'request-ignored': { id: 18, level: 'warn', message: 'request sent was ignored by remote peer due to cluster ID mismatch' },
  'peer-active': { id: 20, level: 'info', message: 'peer became active' },
  'peer-inactive': { id: 21, level: 'warn', message: 'peer became inactive (message send to peer failed)' },
  'leader-elected': { id: 22, level: 'info', message: 'raft.node: elected leader' },
  'leader-lost': { id: 23, level: 'info', message: 'raft.node: lost leader' },
  'leader-changed': { id: 24, level: 'info', message: 'raft.node: changed leader' },
  'setting-cluster-version': { id: 30, level: 'info', message: 'setting up initial cluster version using v2 API' },
  published: { id: 31, level: 'info', message: 'published local member to cluster through raft' },
  'publish-failed': { id: 32, level: 'warn', message: 'failed to publish local member to cluster through raft' },
  'ready-to-serve': { id: 33, level: 'info', message: 'ready to serve client requests' },
  'set-cluster-version': { id: 34, level: 'info', message: 'set initial cluster version' },
  'enabled-capabilities': { id: 35, level: 'info', message: 'enabled capabilities for version' },
  'cluster-version-updated': { id: 36, level: 'info', message: 'cluster version is updated' },
  'serving-clients': { id: 37, level: 'info', message: 'serving client traffic insecurely; this is strongly discouraged!' },
  'read-index-retry': { id: 40, level: 'warn', message: 'waiting for ReadIndex response took too long, retrying' },
  'read-index-timeout': {
    id: 41,
    level: 'warn',
    message: 'timed out waiting for read index response (local node might have slow network)',
  },
  'read-index-stale': {
    id: 42,
    level: 'warn',
    message: 'ignored out-of-date read index response; local node read indexes queueing up and waiting to be in sync with leader',
  },
  'heartbeat-late': {
    id: 43,
    level: 'warn',
    message: 'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk',
  },
  'health-no-leader': { id: 44, level: 'warn', message: 'serving /health false; no leader' },
  'health-no-leader-old': { id: 45, level: 'warn', message: '/health error; no leader (status code 503)' },
  'triggering-snapshot': { id: 50, level: 'info', message: 'triggering snapshot' },
  'saved-snapshot': { id: 51, level: 'info', message: 'saved snapshot' },
  'compacted-raft-log': { id: 52, level: 'info', message: 'compacted Raft logs' },
  'applying-snapshot': { id: 53, level: 'info', message: 'applying snapshot' },
  'applied-snapshot': { id: 54, level: 'info', message: 'applied snapshot' },
  'sending-database-snapshot': { id: 55, level: 'info', message: 'sending database snapshot' },
  'compaction-finished': { id: 60, level: 'info', message: 'finished scheduled compaction' },
  'quota-exceeded': { id: 61, level: 'warn', message: 'message exceeded backend quota; raising alarm' },
  'alarm-raised': { id: 62, level: 'warn', message: 'alarm raised' },
  'alarm-disarmed': { id: 63, level: 'warn', message: 'alarm disarmed' },
  'alarm-unimplemented': { id: 64, level: 'warn', message: 'unimplemented alarm activation' },
  'alarm-disarm-unimplemented': { id: 65, level: 'warn', message: 'unimplemented alarm deactivation' },
  'compact-index': { id: 66, level: 'info', message: 'compact tree index' },
  'snapshot-sending': { id: 90, level: 'info', message: 'sending database snapshot to client' },
  'snapshot-checksum': { id: 91, level: 'info', message: 'sending database sha256 checksum to client' },
  'snapshot-sent': { id: 92, level: 'info', message: 'successfully sent database snapshot to client' },
  'slow-apply': { id: 67, level: 'warn', message: 'apply request took too long' },
  'slow-fdatasync': { id: 68, level: 'warn', message: 'slow fdatasync' },
  'starting-defragment': { id: 93, level: 'info', message: 'starting defragment' },
  defragmenting: { id: 94, level: 'info', message: 'defragmenting' },
  defragmented: { id: 95, level: 'info', message: 'finished defragmenting directory' },
  'finished-defragment': { id: 96, level: 'info', message: 'finished defragment' },
  'periodic-starting': { id: 100, level: 'info', message: 'starting auto periodic compaction' },
  'periodic-completed': { id: 101, level: 'info', message: 'completed auto periodic compaction' },
  'periodic-failed': { id: 102, level: 'warn', message: 'failed auto periodic compaction' },
  'revision-starting': { id: 103, level: 'info', message: 'starting auto revision compaction' },
  'revision-completed': { id: 104, level: 'info', message: 'completed auto revision compaction' },
  'revision-failed': { id: 105, level: 'warn', message: 'failed auto revision compaction' },
  'transfer-starting': { id: 70, level: 'info', message: 'leadership transfer starting' },
  'transfer-finished': { id: 71, level: 'info', message: 'leadership transfer finished' },
  'forcing-restart': { id: 75, level: 'info', message: 'forcing restart member' },
  'discarding-uncommitted': { id: 76, level: 'info', message: 'discarding uncommitted WAL entries' },
  'failed-to-start': { id: 77, level: 'warn', message: 'failed to start etcd' },
  'start-failed': { id: 78, level: 'fatal', message: 'discovery failed' },
  'server-error': { id: 80, level: 'warn', message: 'server error' },
  'data-dir-must-go': { id: 81, level: 'warn', message: 'data-dir used by this member must be removed' },
} as const satisfies Readonly<Record<string, LogLine>>;

export type LogLineName = keyof typeof LOG_LINES;
