/**
 * The options of a run: everything about the cluster and its surroundings that does not change while it runs (DESIGN §7). A run is
 * (engine version, seed, options, timed commands), so all of this is plain, validated data with stated limits.
 */

import * as v from 'valibot';

import type { MemberConfig, Profile } from '#etcd/contract.ts';
import { BROKEN_RULES, type BrokenRule } from '#kernel/broken-rule.ts';
import type { LatencyRange, RunOptionsInput } from '#ctl/world-command.ts';
import { MICROS_PER_SECOND, millis } from '#kernel/brand.ts';

export interface RunOptions {
  readonly profile: Profile;
  /** Members at the start, 1 to 9. */
  readonly nodes: number;
  /** Unix milliseconds at virtual time 0. */
  readonly epochMillis: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  /** µs, whole milliseconds. */
  readonly heartbeatMicros: number;
  /** µs, at least five heartbeats, a whole number of them. */
  readonly electionMicros: number;
  readonly storage: 'sync' | 'async';
  readonly snapshotCount: number;
  readonly snapshotCatchUpEntries: number;
  readonly maxRequestBytes: number;
  readonly maxTxnOps: number;
  /** Bytes, 0 is etcd's default of 2 GiB. */
  readonly quotaBackendBytes: number;
  readonly walSegmentBytes: number;
  /** `--enable-v2` on every member. */
  readonly enableV2: boolean;
  /** One way between two members. */
  readonly peerLatency: LatencyRange;
  /** One way between a client and a member. */
  readonly clientLatency: LatencyRange;
  /** fsync of the write-ahead log. */
  readonly walLatency: LatencyRange;
  /** Commit of the backend. */
  readonly backendLatency: LatencyRange;
  /** Writing of a snapshot file. */
  readonly snapshotLatency: LatencyRange;
  /** Rules broken on purpose in every member, to prove that the checkers see it. */
  readonly broken: readonly BrokenRule[];
}

/** 2024-01-01T00:00:00Z. */
const EPOCH_MILLIS = 1_704_067_200_000;
const range = (minMs: number, maxMs: number): LatencyRange => ({ minMicros: millis(minMs), maxMicros: millis(maxMs) });

/** The defaults of a profile: 3.5 switched PreVote on. */
export function defaultRunOptions(profile: Profile = '3.5'): RunOptions {
  return {
    profile,
    nodes: 3,
    epochMillis: EPOCH_MILLIS,
    preVote: profile !== '3.4.23',
    checkQuorum: true,
    heartbeatMicros: millis(100),
    electionMicros: millis(1000),
    storage: 'sync',
    snapshotCount: 100_000,
    snapshotCatchUpEntries: 5000,
    maxRequestBytes: 1.5 * 1024 * 1024,
    maxTxnOps: 128,
    quotaBackendBytes: 0,
    walSegmentBytes: 64 * 1000 * 1000,
    enableV2: false,
    peerLatency: range(2, 8),
    clientLatency: range(1, 2),
    walLatency: range(1, 3),
    backendLatency: range(2, 6),
    snapshotLatency: range(5, 15),
    broken: [],
  };
}

const whole = (min: number, max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
const LATENCY_MICROS_MAX = 60 * MICROS_PER_SECOND;

/** A latency from outside: whole µs up to one minute, in order. */
export const latencySchema = v.pipe(
  v.object({
    minMicros: whole(0, LATENCY_MICROS_MAX),
    maxMicros: whole(0, LATENCY_MICROS_MAX),
    spiky: v.exactOptional(v.literal(true)),
  }),
  v.check((r) => r.minMicros <= r.maxMicros, 'a latency range must not end before it begins'),
);

/** Options from outside; what is missing has been filled with defaults before. */
export const runOptionsSchema = v.pipe(
  v.strictObject({
    profile: v.picklist(['3.4.23', '3.5']),
    nodes: whole(1, 9),
    epochMillis: whole(0, 4_102_444_800_000),
    preVote: v.boolean(),
    checkQuorum: v.boolean(),
    heartbeatMicros: v.pipe(whole(1000, 60 * MICROS_PER_SECOND), v.multipleOf(1000)),
    electionMicros: whole(5000, 300 * MICROS_PER_SECOND),
    storage: v.picklist(['sync', 'async']),
    snapshotCount: whole(1, 1_000_000_000),
    snapshotCatchUpEntries: whole(0, 1_000_000_000),
    maxRequestBytes: whole(1, 64 * 1024 * 1024),
    maxTxnOps: whole(1, 100_000),
    quotaBackendBytes: whole(0, 2 ** 40),
    walSegmentBytes: whole(1024, 2 ** 30),
    enableV2: v.boolean(),
    peerLatency: latencySchema,
    clientLatency: latencySchema,
    walLatency: latencySchema,
    backendLatency: latencySchema,
    snapshotLatency: latencySchema,
    broken: v.pipe(v.array(v.picklist(BROKEN_RULES)), v.maxLength(BROKEN_RULES.length)),
  }),
  v.check((o) => o.electionMicros >= 5 * o.heartbeatMicros, 'the election timeout must be at least five heartbeats (etcd refuses less)'),
);

/** Fills in what `play new` did not say. Its values were checked when the line was read. */
export function optionsFromInput(input: RunOptionsInput): { readonly seed: number; readonly options: RunOptions } {
  const base = defaultRunOptions(input.profile === '3.4.23' ? '3.4.23' : '3.5');
  const heartbeatMicros = input.heartbeatMicros ?? base.heartbeatMicros;
  return {
    seed: input.seed ?? 1,
    options: {
      ...base,
      nodes: input.nodes ?? base.nodes,
      preVote: input.preVote ?? base.preVote,
      checkQuorum: input.checkQuorum ?? base.checkQuorum,
      heartbeatMicros,
      electionMicros: input.electionMicros ?? Math.max(base.electionMicros, 5 * heartbeatMicros),
      peerLatency: input.latency ?? base.peerLatency,
      walLatency: input.diskLatency ?? base.walLatency,
      clientLatency: input.clientLatency ?? base.clientLatency,
      backendLatency: input.backendLatency ?? base.backendLatency,
      snapshotLatency: input.snapshotLatency ?? base.snapshotLatency,
      epochMillis: input.epochMillis ?? base.epochMillis,
      maxRequestBytes: input.maxRequestBytes ?? base.maxRequestBytes,
      maxTxnOps: input.maxTxnOps ?? base.maxTxnOps,
      quotaBackendBytes: input.quotaBackendBytes ?? base.quotaBackendBytes,
      walSegmentBytes: input.walSegmentBytes ?? base.walSegmentBytes,
      snapshotCount: input.snapshotCount ?? base.snapshotCount,
      snapshotCatchUpEntries: input.catchUpEntries ?? base.snapshotCatchUpEntries,
      storage: input.storage ?? base.storage,
      enableV2: input.enableV2 ?? base.enableV2,
      broken: input.broken ?? base.broken,
    },
  };
}

interface Place {
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

const PORT_STEP = 100;

/** Name and addresses of the member of a number in a cluster of `nodes`. */
export function placeOf(number: number, nodes: number): Place {
  if (nodes === 1) return { name: 'default', peerUrls: ['http://localhost:2380'], clientUrls: ['http://localhost:2379'] };
  const shift = PORT_STEP * (number - 1);
  return { name: `etcd-${number}`, peerUrls: [`http://127.0.0.1:${2380 + shift}`], clientUrls: [`http://127.0.0.1:${2379 + shift}`] };
}

/** What tells one member from another. */
type MemberPlace = Place & Pick<MemberConfig, 'initialCluster' | 'initialClusterToken' | 'initialClusterState'>;

/** A member with the run's options, on the usual data directory. */
export function memberConfig(seed: number, options: RunOptions, place: MemberPlace): MemberConfig {
  return {
    profile: options.profile,
    ...place,
    listenPeerUrls: place.peerUrls,
    listenClientUrls: place.clientUrls,
    forceNewCluster: false,
    dataDir: `${place.name}.etcd`,
    folder: '',
    strictReconfigCheck: true,
    learnersMax: 1,
    heartbeatMicros: options.heartbeatMicros,
    electionMicros: options.electionMicros,
    preVote: options.preVote,
    checkQuorum: options.checkQuorum,
    storage: options.storage,
    snapshotCount: options.snapshotCount,
    snapshotCatchUpEntries: options.snapshotCatchUpEntries,
    maxRequestBytes: options.maxRequestBytes,
    maxTxnOps: options.maxTxnOps,
    quotaBackendBytes: options.quotaBackendBytes,
    walSegmentBytes: options.walSegmentBytes,
    epochMillis: options.epochMillis,
    seed,
    broken: options.broken,
    ...(options.enableV2 ? { settings: { enableV2: true } } : {}),
  };
}

/** What each member is started with, in the order of their numbers. One member alone is etcd's own default (`default`, token `etcd-cluster`). */
export function memberConfigs(seed: number, options: RunOptions): readonly MemberConfig[] {
  const places = Array.from({ length: options.nodes }, (_, i) => placeOf(i + 1, options.nodes));
  const initialCluster = places.map(({ name, peerUrls }) => ({ name, peerUrls }));
  const initialClusterToken = options.nodes === 1 ? 'etcd-cluster' : 'etcd-cluster-my';
  return places.map((place) => memberConfig(seed, options, { ...place, initialCluster, initialClusterToken, initialClusterState: 'new' }));
}
