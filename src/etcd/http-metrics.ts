/** `/metrics` in Prometheus' text form: etcd's names, for what this member knows. */

import { formatId } from '#etcd/identity.ts';
import { dbSizeOf } from '#etcd/maintenance.ts';
import { coreOf, isLeader, serverVersion, type Parts } from '#etcd/parts.ts';

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly value: number;
  readonly labels?: string;
}

function metricsOf(m: Parts): readonly Metric[] {
  const core = coreOf(m);
  const { total, inUse } = dbSizeOf(m);
  const { kv, lessor, cluster } = m.machine;
  const flag = (on: boolean): number => (on ? 1 : 0);
  const gauge = (name: string, help: string, value: number, labels?: string): Metric =>
    labels === undefined ? { name, type: 'gauge', help, value } : { name, type: 'gauge', help, value, labels };
  const counter = (name: string, help: string, value: number): Metric => ({ name, type: 'counter', help, value });
  return [
    gauge('etcd_debugging_lease_total', 'Leases that exist.', lessor.size),
    gauge('etcd_debugging_mvcc_compact_revision', 'The last compacted revision.', kv.compactRevision),
    gauge('etcd_debugging_mvcc_current_revision', 'The current revision of the store.', kv.currentRevision),
    gauge('etcd_mvcc_db_total_size_in_bytes', 'Bytes of the database file.', total),
    gauge('etcd_mvcc_db_total_size_in_use_in_bytes', 'Bytes of the database that are in use.', inUse),
    gauge('etcd_server_has_leader', '1 if this member knows a leader.', flag(core.lead !== 0n)),
    gauge('etcd_server_id', 'The id of this member.', 1, `server_id="${formatId(m.self)}"`),
    gauge('etcd_server_is_leader', '1 if this member leads.', flag(isLeader(m))),
    gauge('etcd_server_is_learner', '1 if this member is a learner.', flag(cluster.get(m.self)?.isLearner ?? false)),
    counter('etcd_server_leader_changes_seen_total', 'How often a leader appeared.', m.loop.leaderChanges),
    gauge('etcd_server_proposals_applied_total', 'Index of the last applied entry.', m.machine.appliedIndex),
    gauge('etcd_server_proposals_committed_total', 'Index of the last committed entry.', m.loop.knownCommit),
    gauge('etcd_server_proposals_pending', 'Requests on their way through the log.', m.proposals.size),
    gauge('etcd_server_version', 'The version of this server.', 1, `server_version="${serverVersion(m)}"`),
  ];
}

/** The whole page; each metric with its help and type. */
export function metricsText(m: Parts): string {
  return metricsOf(m)
    .map(
      ({ name, type, help, value, labels }) =>
        `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${labels === undefined ? '' : `{${labels}}`} ${value}\n`,
    )
    .join('');
}
