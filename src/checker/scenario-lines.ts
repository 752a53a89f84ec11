/** A recorded run as the lines of a scenario file (DESIGN §5), which does the same and can be read, played, shortened and changed. */

import { worldCommandLine } from '#ctl/world-command-line.ts';
import { unreachable } from '#kernel/assert.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import type { RunSpec, TimedCommand } from '#sim/run-spec.ts';

type Command = TimedCommand['command'];
type Latency = RunOptions['walLatency'];

/** Whole milliseconds where that is exact. */
export const timeText = (micros: number): string => (micros % 1000 === 0 ? `${micros / 1000}ms` : `${micros}us`);
const latencyText = ({ minMicros, maxMicros, spiky }: Latency): string =>
  `${spiky === true ? 'spiky:' : ''}${timeText(minMicros)}..${timeText(maxMicros)}`;
const percentText = (share: number): string => `${Math.round(share * 100)}%`;

/** `play new` with what differs from the profile's defaults. Rules broken on purpose are not part of it. */
export function newLine(seed: number, options: RunOptions): string {
  const base = defaultRunOptions(options.profile);
  const flags = [`--nodes ${options.nodes}`, `--seed ${seed}`, `--profile ${options.profile}`];
  if (options.preVote !== base.preVote) flags.push(`--prevote=${options.preVote}`);
  if (options.checkQuorum !== base.checkQuorum) flags.push(`--check-quorum=${options.checkQuorum}`);
  if (options.snapshotCount !== base.snapshotCount) flags.push(`--snapshot-count ${options.snapshotCount}`);
  if (options.snapshotCatchUpEntries !== base.snapshotCatchUpEntries) flags.push(`--catch-up-entries ${options.snapshotCatchUpEntries}`);
  if (options.storage !== base.storage) flags.push(`--storage ${options.storage}`);
  if (options.enableV2 !== base.enableV2) flags.push(`--enable-v2=${options.enableV2}`);
  if (options.heartbeatMicros !== base.heartbeatMicros) flags.push(`--heartbeat ${timeText(options.heartbeatMicros)}`);
  if (options.electionMicros !== base.electionMicros) flags.push(`--election-timeout ${timeText(options.electionMicros)}`);
  return `play new ${flags.join(' ')}`;
}

/** The line of a command, without its time; undefined for what no line of a chaos run stands for (files, input). */
export function commandLine(command: Command): string | undefined {
  switch (command.type) {
    case 'kill':
    case 'heal':
    case 'disk':
    case 'clock':
    case 'timers':
    case 'client':
    // The number of an event is the same as long as nothing before it is left out.
    case 'message':
      return worldCommandLine(command);
    case 'crash':
    case 'restart':
    case 'freeze':
    case 'thaw':
    case 'wipe':
    case 'isolate':
    case 'timeout':
      return `play ${command.type} ${command.nodes.join(',')}`;
    case 'partition':
      return `play partition ${command.sides.map((side) => side.join(',')).join(' / ')}`;
    case 'link':
      return `play link ${command.from} ${command.both ? '<>' : '>'} ${command.to}${linkFlags(command.settings)}`;
    case 'start-member':
      return startLine(command);
    case 'start':
      return command.process === command.client && command.stdin === undefined
        ? `&${command.process} ${command.argv.join(' ')}`
        : undefined;
    case 'signal':
      return command.signal === 'KILL' ? undefined : `signal ${command.process} ${command.signal}`;
    case 'stdin':
    case 'file':
    case 'launch':
      return undefined;
    default:
      return unreachable(command, 'world command');
  }
}

/** Other changed flags have no line here. */
function startLine({ node, changes }: Extract<Command, { readonly type: 'start-member' }>): string | undefined {
  const { forceNewCluster = false, ...others } = changes;
  return Object.keys(others).length > 0 ? undefined : `play start ${node}${forceNewCluster ? ' --force-new-cluster' : ''}`;
}

function linkFlags({ cut, latency, loss, duplicate, reorder, bandwidth }: Extract<Command, { readonly type: 'link' }>['settings']): string {
  return [
    cut === undefined ? '' : ` --cut=${cut}`,
    latency === undefined ? '' : ` --latency ${latencyText(latency)}`,
    loss === undefined ? '' : ` --loss ${percentText(loss)}`,
    duplicate === undefined ? '' : ` --duplicate ${percentText(duplicate)}`,
    reorder === undefined ? '' : ` --reorder ${percentText(reorder)}`,
    bandwidth === undefined ? '' : ` --bandwidth ${bandwidth === 0 ? 'off' : `${bandwidth}B`}`,
  ].join('');
}

/** A line of a scenario at its virtual time, µs. */
export interface TimedLine {
  readonly at: number;
  readonly text: string;
}

/** The commands of a run as lines, in order; undefined if one of them has none. */
export function scenarioLines(spec: RunSpec): readonly TimedLine[] | undefined {
  const lines: TimedLine[] = [];
  for (const { at, command } of spec.commands) {
    const text = commandLine(command);
    if (text === undefined) return undefined;
    lines.push({ at, text });
  }
  return lines;
}

/** A whole scenario that ends at a virtual time, µs. */
export function scenarioText(first: string, lines: readonly TimedLine[], endAt: number): string {
  const last = lines.at(-1)?.at ?? 0;
  const run = Math.max(1, endAt - last);
  return [first, ...lines.map(({ at, text }) => `@${timeText(at)} ${text}`), `play run ${timeText(run)}`, ''].join('\n');
}
