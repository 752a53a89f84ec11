/** What a member is launched with, from the values of etcd's flags, and etcd's own checks of them. */

import { goQuote, parseDuration } from '#ctl/duration.ts';
import { HOME, resolvePath } from '#ctl/file-request.ts';
import type { LaunchFlags, LaunchMember, LaunchServerSettings, LaunchSettings } from '#ctl/launch.ts';
import { peerUrlProblem } from '#ctl/etcdctl/peer-urls.ts';
import { ServerProblem } from '#ctl/server/failure.ts';
import { isTrue, type FlagValues } from '#ctl/server/flag-values.ts';

const PEER_URLS = ['http://localhost:2380'];
const CLIENT_URLS = ['http://localhost:2379'];
/** Longest election timeout that etcd allows, ms. */
const ELECTION_MILLIS_MAX = 50_000;
const HOUR_MICROS = 3_600_000_000;

/**
 * The member that a command line asks for.
 * @param values flags that are given; each value has the form of its kind
 * @param cwd where a relative `--data-dir` begins
 * @throws ServerProblem
 */
export function launchFlags(values: FlagValues, cwd: string): LaunchFlags {
  const name = given(values, 'name') ?? 'default';
  const listenPeerUrls = urlsOf(values, 'listen-peer-urls') ?? PEER_URLS;
  const listenClientUrls = urlsOf(values, 'listen-client-urls') ?? CLIENT_URLS;
  for (const url of [...listenPeerUrls, ...listenClientUrls]) checkBinding(url);
  if (values.has('listen-client-urls') && !values.has('advertise-client-urls'))
    throw new ServerProblem('verify', '--advertise-client-urls is required when --listen-client-urls is set explicitly');
  const cluster = given(values, 'initial-cluster');
  const token = given(values, 'initial-cluster-token');
  const state = given(values, 'initial-cluster-state');
  const settings = launchSettings(values); // etcd checks times before it sets up the cluster
  return {
    name,
    dataDir: directory(given(values, 'data-dir') ?? `${name}.etcd`, cwd),
    peerUrls: urlsOf(values, 'initial-advertise-peer-urls') ?? PEER_URLS,
    listenPeerUrls,
    clientUrls: urlsOf(values, 'advertise-client-urls') ?? CLIENT_URLS,
    listenClientUrls,
    ...(cluster === undefined ? {} : { initialCluster: initialCluster(cluster) }),
    ...(token === undefined ? {} : { initialClusterToken: token }),
    ...(state === 'existing' ? { initialClusterState: 'existing' } : {}),
    ...(isTrue(values.get('force-new-cluster') ?? '') ? { forceNewCluster: true } : {}),
    ...settings,
  };
}

/** An empty value is the default. */
const given = (values: FlagValues, name: string): string | undefined => values.get(name) || undefined;

const urlsOf = (values: FlagValues, name: string): readonly string[] | undefined => given(values, name)?.split(',');

/** Members are started at home: a name there stays as it was written. */
const directory = (dir: string, cwd: string): string => (cwd === HOME ? dir : resolvePath(dir, cwd));

/** etcd listens on addresses, not on names. */
function checkBinding(url: string): void {
  const match = /^https?:\/\/(\[[0-9a-fA-F:]+\]|[^:/]*):\d+$/.exec(url);
  const host = match?.[1];
  if (host === undefined || host === '' || host === 'localhost' || host.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return;
  throw new ServerProblem('verify', `expected IP in URL for binding (${url})`);
}

/** `a=http://…,b=http://…`; a name may come more than once. */
function initialCluster(text: string): readonly LaunchMember[] {
  const urls = new Map<string, string[]>();
  for (const pair of text.split(',')) {
    const [name = '', url = ''] = pair.trim().split(/=(.*)/s);
    const problem = peerUrlProblem([url]);
    if (problem !== undefined) throw new ServerProblem('fatal', `error setting up initial cluster: ${problem}`);
    urls.set(name, [...(urls.get(name) ?? []), url]);
  }
  return Array.from(urls, ([name, peerUrls]) => ({ name, peerUrls }));
}

/** Flags that change how a member works. @throws ServerProblem */
function launchSettings(values: FlagValues): LaunchSettings {
  const heartbeat = number(values, 'heartbeat-interval');
  const election = number(values, 'election-timeout');
  if (heartbeat === 0) throw new ServerProblem('verify', '--heartbeat-interval must be >0 (set to 0ms)');
  if (election === 0) throw new ServerProblem('verify', '--election-timeout must be >0 (set to 0ms)');
  if (election !== undefined && heartbeat !== undefined && election < 5 * heartbeat)
    throw new ServerProblem(
      'verify',
      `--election-timeout[${election}ms] should be at least as 5 times as --heartbeat-interval[${heartbeat}ms]`,
    );
  if (election !== undefined && election > ELECTION_MILLIS_MAX)
    throw new ServerProblem(
      'verify',
      `--election-timeout[${election}ms] is too long, and should be set less than ${ELECTION_MILLIS_MAX}ms`,
    );
  const settings = serverSettings(values);
  return present({
    heartbeatMicros: heartbeat === undefined ? undefined : heartbeat * 1000,
    electionMicros: election === undefined ? undefined : election * 1000,
    preVote: bool(values, 'pre-vote'),
    snapshotCount: number(values, 'snapshot-count') || undefined, // etcd takes 0 for its default
    snapshotCatchUpEntries: number(values, 'experimental-snapshot-catchup-entries'),
    maxRequestBytes: number(values, 'max-request-bytes'),
    maxTxnOps: number(values, 'max-txn-ops'),
    quotaBackendBytes: number(values, 'quota-backend-bytes'),
    strictReconfigCheck: bool(values, 'strict-reconfig-check'),
    learnersMax: number(values, 'experimental-max-learners'),
    settings: Object.keys(settings).length === 0 ? undefined : settings,
  });
}

function serverSettings(values: FlagValues): LaunchServerSettings {
  return present({
    autoCompaction: autoCompaction(values),
    leaseCheckpoint: bool(values, 'experimental-enable-lease-checkpoint'),
    leaseCheckpointPersist: bool(values, 'experimental-enable-lease-checkpoint-persist'),
    initialCorruptCheck: bool(values, 'experimental-initial-corrupt-check'),
    corruptCheckMicros: micros(values, 'experimental-corrupt-check-time'),
    watchProgressNotifyMicros: micros(values, 'experimental-watch-progress-notify-interval') || undefined,
    compactionBatchLimit: number(values, 'experimental-compaction-batch-limit') || undefined,
    compactionSleepMicros: micros(values, 'experimental-compaction-sleep-interval') || undefined,
    warningApplyMicros: micros(values, 'experimental-warning-apply-duration'),
    authTokenTtlSeconds: number(values, 'auth-token-ttl') || undefined,
    enableV2: bool(values, 'enable-v2'),
    backendBatchMicros: micros(values, 'backend-batch-interval') || undefined,
    backendBatchLimit: number(values, 'backend-batch-limit') || undefined,
  });
}

/** The periodic mode takes hours without a unit, or a span of time; the other one revisions. */
function autoCompaction(values: FlagValues): LaunchServerSettings['autoCompaction'] {
  const mode = given(values, 'auto-compaction-mode') ?? 'periodic';
  const text = given(values, 'auto-compaction-retention');
  if (mode !== 'periodic' && mode !== 'revision') throw new ServerProblem('verify', `unknown auto-compaction-mode ${goQuote(mode)}`);
  if (text === undefined) return undefined;
  const count = /^\d+$/.test(text) ? Number(text) : undefined;
  if (count === 0) return { mode: 'off' };
  if (count !== undefined && mode === 'revision') return { mode, retentionRevisions: count };
  if (count !== undefined) return { mode: 'periodic', retentionMicros: count * HOUR_MICROS };
  const span = parseDuration(text);
  if (span.type === 'error') throw new ServerProblem('fatal', `error parsing CompactionRetention: ${span.message}`);
  if (span.nanos <= 0) return { mode: 'off' };
  return mode === 'revision'
    ? { mode, retentionRevisions: span.nanos } // etcd takes the span's nanoseconds for revisions
    : { mode: 'periodic', retentionMicros: Math.ceil(span.nanos / 1000) };
}

function bool(values: FlagValues, name: string): boolean | undefined {
  const text = given(values, name);
  return text === undefined ? undefined : isTrue(text);
}

function number(values: FlagValues, name: string): number | undefined {
  const text = given(values, name);
  return text === undefined ? undefined : Number(text);
}

/** Whole microseconds: a shorter span rounds up. */
function micros(values: FlagValues, name: string): number | undefined {
  const span = parseDuration(given(values, name) ?? '');
  return span.type === 'ok' ? Math.ceil(span.nanos / 1000) : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined. */
function present<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>; // exactly what was filtered
}
