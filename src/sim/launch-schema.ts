/** Shape and limits of the flags of a launch as they come from a link or a stored run. */

import * as v from 'valibot';

import type { LaunchFlags, LaunchSettings } from '#ctl/launch.ts';
import { MICROS_PER_SECOND } from '#kernel/brand.ts';

const HOUR_MICROS = 3600 * MICROS_PER_SECOND;
/** Longest history that a compaction keeps, and longest pause between two looks: a hundred years. */
const LONG_MICROS = 100 * 366 * 24 * HOUR_MICROS;
/** Longest token, URL or directory, in UTF-16 units. */
const TEXT_MAX = 256;
const URLS_MAX = 8;
const CLUSTER_MAX = 32;

const whole = (min: number, max: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max));
const optional = v.exactOptional;
const name = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'not a name'));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(TEXT_MAX));
const url = v.pipe(text, v.regex(/^(?:https?|unixs?):\/\/[^\s,=]+$/, 'not a URL'));
const urls = v.pipe(v.array(url), v.minLength(1), v.maxLength(URLS_MAX));
const micros = whole(0, LONG_MICROS);

const serverSettings = v.object({
  autoCompaction: optional(
    v.variant('mode', [
      v.object({ mode: v.literal('off') }),
      v.object({ mode: v.literal('periodic'), retentionMicros: whole(1000, LONG_MICROS) }),
      v.object({ mode: v.literal('revision'), retentionRevisions: whole(1, Number.MAX_SAFE_INTEGER) }),
    ]),
  ),
  leaseCheckpoint: optional(v.boolean()),
  leaseCheckpointPersist: optional(v.boolean()),
  initialCorruptCheck: optional(v.boolean()),
  corruptCheckMicros: optional(micros),
  watchProgressNotifyMicros: optional(whole(100_000, LONG_MICROS)),
  compactionBatchLimit: optional(whole(1, 1_000_000_000)),
  compactionSleepMicros: optional(whole(1000, HOUR_MICROS)),
  warningApplyMicros: optional(micros),
  authTokenTtlSeconds: optional(whole(1, 1_000_000_000)),
  enableV2: optional(v.boolean()),
  backendBatchMicros: optional(whole(1000, HOUR_MICROS)),
  backendBatchLimit: optional(whole(1, 1_000_000_000)),
});

const settings = {
  heartbeatMicros: optional(v.pipe(whole(1000, 60 * MICROS_PER_SECOND), v.multipleOf(1000))),
  electionMicros: optional(v.pipe(whole(5000, 50 * MICROS_PER_SECOND), v.multipleOf(1000))),
  preVote: optional(v.boolean()),
  snapshotCount: optional(whole(1, 1_000_000_000)),
  snapshotCatchUpEntries: optional(whole(0, 1_000_000_000)),
  maxRequestBytes: optional(whole(1, 64 * 1024 * 1024)),
  maxTxnOps: optional(whole(1, 100_000)),
  quotaBackendBytes: optional(whole(-(2 ** 40), 2 ** 40)),
  strictReconfigCheck: optional(v.boolean()),
  learnersMax: optional(whole(1, 16)),
  settings: optional(serverSettings),
};

/** Flags of a `launch`. */
export const launchFlagsSchema = v.object({
  name,
  dataDir: optional(text),
  peerUrls: optional(urls),
  listenPeerUrls: optional(urls),
  clientUrls: optional(urls),
  listenClientUrls: optional(urls),
  initialCluster: optional(v.pipe(v.array(v.object({ name: text, peerUrls: urls })), v.minLength(1), v.maxLength(CLUSTER_MAX))),
  initialClusterToken: optional(text),
  initialClusterState: optional(v.picklist(['new', 'existing'])),
  forceNewCluster: optional(v.boolean()),
  ...settings,
}) satisfies v.GenericSchema<unknown, LaunchFlags>;

/** Changes of a `start-member`. */
export const launchChangesSchema = v.object({ ...settings, forceNewCluster: optional(v.boolean()) }) satisfies v.GenericSchema<
  unknown,
  LaunchSettings
>;
