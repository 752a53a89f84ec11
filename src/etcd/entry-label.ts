/** What an entry says, in a few letters, for the log matrix. */

import { InternalRaftRequest } from '#api/gen/raft-internal.ts';
import { WireError } from '#api/wire.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { bytesOfText, textOfBytes } from '#v2/go-text.ts';
import { decodeConfChange, toV2 } from '#raft/conf-change.ts';
import type { Entry } from '#raft/entry.ts';
import { formatId } from '#etcd/identity.ts';
import type { LogCellAnswer } from '#etcd/inspection.ts';
import { parseAttributes } from '#etcd/publish.ts';
import { KEYS, VERSION_KEY } from '#etcd/v2-store.ts';

const TEXT_MAX = 24;

/** Bytes as short text; what is not printable becomes a dot. */
function shortText(bytes: Bytes): string {
  const text = fromUtf8(bytes.subarray(0, TEXT_MAX * 4)).replace(/[^\x20-\x7e\u00a0-\u{10ffff}]/gu, '.');
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}

const SIGNS = { 'add-node': '+', 'add-learner-node': '+', 'remove-node': '-', 'update-node': '~' } as const;

/** Kind and label of an entry. @param nameOf a member's name, '' if it is not known */
export function describeEntry(entry: Entry, nameOf: (id: bigint) => string): Pick<LogCellAnswer, 'kind' | 'label'> {
  if (entry.type !== 'EntryNormal') {
    const [change] = toV2(decodeConfChange(entry.type, entry.data)).changes;
    if (change === undefined) return { kind: 'conf-change', label: 'leave joint' };
    const name = nameOf(change.nodeId);
    return {
      kind: 'conf-change',
      label: `${SIGNS[change.type]}${name === '' ? formatId(change.nodeId) : name}${change.type === 'add-learner-node' ? ' learner' : ''}`,
    };
  }
  if (entry.data.length === 0) return { kind: 'empty', label: '' };
  try {
    return describeRequest(InternalRaftRequest.decode(entry.data), nameOf);
  } catch (error) {
    if (error instanceof WireError) return { kind: 'normal', label: '?' };
    throw error;
  }
}

function describeRequest(r: InternalRaftRequest, nameOf: (id: bigint) => string): Pick<LogCellAnswer, 'kind' | 'label'> {
  const normal = (label: string): Pick<LogCellAnswer, 'kind' | 'label'> => ({ kind: 'normal', label });
  if (r.put !== undefined) return normal(`${shortText(r.put.key)}=${shortText(r.put.value)}`);
  if (r.deleteRange !== undefined) return normal(`del ${shortText(r.deleteRange.key)}${r.deleteRange.rangeEnd.length > 0 ? '…' : ''}`);
  if (r.txn !== undefined) return normal('txn');
  if (r.compaction !== undefined) return normal(`compact ${r.compaction.revision}`);
  if (r.leaseGrant !== undefined) return normal(`lease ${formatId(r.leaseGrant.ID)} ${r.leaseGrant.TTL}s`);
  if (r.leaseRevoke !== undefined) return normal(`revoke ${formatId(r.leaseRevoke.ID)}`);
  if (r.leaseCheckpoint !== undefined) return normal(`checkpoint ${r.leaseCheckpoint.checkpoints.length}`);
  if (r.alarm !== undefined) return normal('alarm');
  if (r.v2 !== undefined) {
    const path = textOfBytes(r.v2.Path);
    if (path === VERSION_KEY) return { kind: 'cluster', label: `version ${textOfBytes(r.v2.Val)}` };
    const attributes = parseAttributes(r.v2);
    if (attributes !== undefined)
      return { kind: 'cluster', label: `publish ${attributes.name === '' ? nameOf(attributes.id) : attributes.name}` };
    const key = path.startsWith(KEYS) ? ` ${path.slice(KEYS.length) || '/'}` : '';
    return normal(shortText(bytesOfText(`v2 ${r.v2.Method}${key}`)));
  }
  return normal('auth');
}
