/**
 * `play launch NAME FLAG…`: a member's process exactly as a run recorded it. The flags are etcd's; the line is read back as the same record.
 */

import { parseMicros } from '#ctl/duration.ts';
import type { LaunchFlags, LaunchMember, LaunchServerSettings } from '#ctl/launch.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import { timeText } from '#ctl/time-text.ts';

/** How a value is written. */
type Kind = 'text' | 'list' | 'cluster' | 'switch' | 'number' | 'time' | 'compaction';
type Value = string | readonly string[] | readonly LaunchMember[] | boolean | number | LaunchServerSettings['autoCompaction'];

/** Fields of the flags themselves, by flag. */
const OWN: Readonly<Record<string, readonly [keyof Omit<LaunchFlags, 'settings' | 'name'>, Kind]>> = {
  'data-dir': ['dataDir', 'text'],
  'initial-advertise-peer-urls': ['peerUrls', 'list'],
  'listen-peer-urls': ['listenPeerUrls', 'list'],
  'advertise-client-urls': ['clientUrls', 'list'],
  'listen-client-urls': ['listenClientUrls', 'list'],
  'initial-cluster': ['initialCluster', 'cluster'],
  'initial-cluster-token': ['initialClusterToken', 'text'],
  'initial-cluster-state': ['initialClusterState', 'text'],
  'force-new-cluster': ['forceNewCluster', 'switch'],
  'heartbeat-interval': ['heartbeatMicros', 'time'],
  'election-timeout': ['electionMicros', 'time'],
  'pre-vote': ['preVote', 'switch'],
  'snapshot-count': ['snapshotCount', 'number'],
  'experimental-snapshot-catchup-entries': ['snapshotCatchUpEntries', 'number'],
  'max-request-bytes': ['maxRequestBytes', 'number'],
  'max-txn-ops': ['maxTxnOps', 'number'],
  'quota-backend-bytes': ['quotaBackendBytes', 'number'],
  'strict-reconfig-check': ['strictReconfigCheck', 'switch'],
  'experimental-max-learners': ['learnersMax', 'number'],
};

/** Fields of its `settings`, by flag. */
const SETTINGS: Readonly<Record<string, readonly [keyof LaunchServerSettings, Kind]>> = {
  'auto-compaction': ['autoCompaction', 'compaction'],
  'experimental-enable-lease-checkpoint': ['leaseCheckpoint', 'switch'],
  'experimental-enable-lease-checkpoint-persist': ['leaseCheckpointPersist', 'switch'],
  'experimental-initial-corrupt-check': ['initialCorruptCheck', 'switch'],
  'experimental-corrupt-check-time': ['corruptCheckMicros', 'time'],
  'experimental-watch-progress-notify-interval': ['watchProgressNotifyMicros', 'time'],
  'experimental-compaction-batch-limit': ['compactionBatchLimit', 'number'],
  'experimental-compaction-sleep-interval': ['compactionSleepMicros', 'time'],
  'experimental-warning-apply-duration': ['warningApplyMicros', 'time'],
  'auth-token-ttl': ['authTokenTtlSeconds', 'number'],
  'enable-v2': ['enableV2', 'switch'],
  'backend-batch-interval': ['backendBatchMicros', 'time'],
  'backend-batch-limit': ['backendBatchLimit', 'number'],
};

const FIELDS: ReadonlyMap<string, readonly [flag: string, kind: Kind]> = new Map(
  [...Object.entries(OWN), ...Object.entries(SETTINGS)].map(([flag, [key, kind]]) => [key, [flag, kind]]),
);

/** The words after `play launch --`. */
export function recordedLaunchWords(flags: LaunchFlags): readonly string[] {
  const { name, settings = {}, ...own } = flags;
  return [name, ...words(own), ...words(settings)];
}

const words = (fields: object): readonly string[] =>
  Object.entries(fields).flatMap(([key, value]) => {
    const [flag, kind] = FIELDS.get(key) ?? [key, 'text'];
    return value === undefined ? [] : [`--${flag}=${written(kind, value as Value)}`]; // fields of the tables
  });

function written(kind: Kind, value: Value): string {
  if (value === undefined) return '';
  if (kind === 'time' && typeof value === 'number') return timeText(value);
  if (typeof value !== 'object') return String(value);
  if ('mode' in value) {
    if (value.mode === 'off') return 'off';
    return value.mode === 'periodic' ? timeText(value.retentionMicros) : String(value.retentionRevisions);
  }
  return value.map((item) => (typeof item === 'string' ? item : `${item.name}=${item.peerUrls.join(`,${item.name}=`)}`)).join(',');
}

export type RecordedLaunch = { readonly type: 'ok'; readonly flags: LaunchFlags } | SyntaxProblem;

/** Reads {@link recordedLaunchWords}'s words. */
export function readRecordedLaunch(words: readonly Word[], column: number): RecordedLaunch {
  const [name, ...rest] = words;
  const problem = (message: string, at: number): SyntaxProblem => ({ type: 'error', message, column: at });
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name.text))
    return problem("play launch needs a member's name", name?.column ?? column);
  const own: Record<string, Value> = {};
  const settings: Record<string, Value> = {};
  for (const word of rest) {
    const [, flag = '', text = ''] = /^--([^=]+)=([\s\S]*)$/.exec(word.text) ?? [];
    const isOwn = Object.hasOwn(OWN, flag);
    const field = isOwn ? OWN[flag] : Object.hasOwn(SETTINGS, flag) ? SETTINGS[flag] : undefined;
    if (field === undefined)
      return problem(`play launch takes --FLAG=VALUE with etcd's flags, not ${JSON.stringify(word.text)}`, word.column);
    const value = readValue(field[1], text);
    if (value === undefined) return problem(`--${flag}: bad value ${JSON.stringify(text)}`, word.column);
    (isOwn ? own : settings)[field[0]] = value;
  }
  const all = { name: name.text, ...own, ...(Object.keys(settings).length > 0 ? { settings } : {}) };
  return { type: 'ok', flags: all };
}

function readValue(kind: Kind, text: string): Value {
  switch (kind) {
    case 'text':
      return text === '' ? undefined : text;
    case 'list':
      return text === '' ? undefined : text.split(',');
    case 'cluster':
      return readCluster(text);
    case 'switch':
      return text === 'true' || text === 'false' ? text === 'true' : undefined;
    case 'number':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'time':
      return readTime(text);
    case 'compaction': {
      if (text === 'off') return { mode: 'off' };
      if (/^\d{1,15}$/.test(text)) return { mode: 'revision', retentionRevisions: Number(text) };
      const retentionMicros = readTime(text);
      return retentionMicros === undefined ? undefined : { mode: 'periodic', retentionMicros };
    }
  }
}

function readTime(text: string): number | undefined {
  const time = parseMicros(text);
  return time.type === 'ok' ? time.micros : undefined;
}

function readCluster(text: string): readonly LaunchMember[] | undefined {
  const members: { readonly name: string; readonly peerUrls: string[] }[] = [];
  for (const item of text.split(',')) {
    const at = item.indexOf('=');
    if (at < 1) return undefined;
    const name = item.slice(0, at);
    const last = members.at(-1);
    if (last?.name === name) last.peerUrls.push(item.slice(at + 1));
    else members.push({ name, peerUrls: [item.slice(at + 1)] });
  }
  return members;
}
