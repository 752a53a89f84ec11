/**
 * A run as a scenario file: `play new` with its options, every recorded command as a line at its time, and the instant where it stands. Played again, the
 * file gives the same trace.
 */

import { timeText } from '#ctl/time-text.ts';
import { scriptLine } from '#ctl/world-command-line.ts';
import type { LatencyRange } from '#ctl/world-command.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import type { World } from '#sim/world.ts';

/** The text of the file. Commands that are still to come in a replay are left out. */
export function runScript(world: World): string {
  const { engine, seed, options, commands } = world.spec();
  const done = commands.filter(({ at }) => at <= world.now);
  const lines = [
    `# A run of the etcd playground (engine ${engine}). Play it again with: play load FILE`,
    newLine(seed, options),
    ...done.map(({ at, command }) => `@${timeText(at)} ${scriptLine(command)}`),
    `@${timeText(Math.max(world.played + 1, world.now))} play status`,
  ];
  return `${lines.join('\n')}\n`;
}

function newLine(seed: number, options: RunOptions): string {
  const base = defaultRunOptions(options.profile);
  const flags: string[] = [];
  const add = <K extends keyof RunOptions>(name: K, flag: string, text: (value: RunOptions[K]) => string): void => {
    if (JSON.stringify(options[name]) !== JSON.stringify(base[name])) flags.push(`--${flag}=${text(options[name])}`);
  };
  const range = (r: LatencyRange): string => `${timeText(r.minMicros)}..${timeText(r.maxMicros)}`;
  add('preVote', 'prevote', String);
  add('checkQuorum', 'check-quorum', String);
  add('heartbeatMicros', 'heartbeat', timeText);
  add('electionMicros', 'election-timeout', timeText);
  add('storage', 'storage', String);
  add('snapshotCount', 'snapshot-count', String);
  add('snapshotCatchUpEntries', 'catch-up-entries', String);
  add('maxRequestBytes', 'max-request-bytes', String);
  add('maxTxnOps', 'max-txn-ops', String);
  add('quotaBackendBytes', 'quota-backend-bytes', String);
  add('walSegmentBytes', 'wal-segment-bytes', String);
  add('enableV2', 'enable-v2', String);
  add('peerLatency', 'latency', range);
  add('clientLatency', 'client-latency', range);
  add('walLatency', 'disk-latency', range);
  add('backendLatency', 'backend-latency', range);
  add('snapshotLatency', 'snapshot-latency', range);
  add('epochMillis', 'epoch', String);
  add('broken', 'break', (rules) => rules.join(','));
  return ['play new', `--nodes ${options.nodes}`, `--seed ${seed}`, `--profile ${options.profile}`, ...flags].join(' ');
}
