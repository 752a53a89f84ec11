/** The line that a world command stands for, as it would be typed. */

import { launchWords } from '#ctl/launch-line.ts';
import { quoteWords } from '#ctl/lexer.ts';
import { recordedLine } from '#ctl/recorded-command.ts';
import { timeText as time } from '#ctl/time-text.ts';
import type { LatencyRange, WorldCommand } from '#ctl/world-command.ts';

/** A latency as a flag. */
export const rangeText = (r: LatencyRange): string =>
  `${r.spiky === true ? 'spiky:' : ''}${r.minMicros === r.maxMicros ? time(r.minMicros) : `${time(r.minMicros)}..${time(r.maxMicros)}`}`;
/** The shortest percentage that is read back as the share. */
function percent(share: number): string {
  for (let digits = 0; digits < 15; digits++) {
    const text = (share * 100).toFixed(digits);
    if (Number(text) / 100 === share) return `${text}%`;
  }
  return `${(share * 100).toFixed(15)}%`;
}

/** The line of a script, which is read back as the same command to the byte: it names what a visitor need not (process, client, width, input). */
export function scriptLine(command: WorldCommand): string {
  switch (command.type) {
    case 'start':
    case 'stdin':
    case 'signal':
    case 'file':
    case 'launch':
      return recordedLine(command);
    default:
      return worldCommandLine(command) ?? '';
  }
}

/** Undefined for input and signals, which are not lines. */
export function worldCommandLine(command: WorldCommand): string | undefined {
  switch (command.type) {
    case 'kill':
      return `play kill ${command.nodes.join(' ')}${command.at === undefined ? '' : ` --at ${command.at}`}${command.powerLoss ? ' --power-loss' : ''}`;
    case 'launch':
      return quoteWords(launchWords(command.flags));
    case 'start-member':
      return startLine(command);
    case 'crash':
      return `play crash ${command.nodes.join(' ')}${command.reason === undefined ? '' : ` --reason ${quoteWords([command.reason])}`}`;
    case 'restart':
    case 'freeze':
    case 'thaw':
    case 'wipe':
    case 'isolate':
    case 'timeout':
      return `play ${command.type} ${command.nodes.join(' ')}`;
    case 'partition':
      return `play partition ${command.sides.map((side) => side.join(',')).join(' / ')}`;
    case 'heal':
      return command.all === true ? 'play heal --all' : 'play heal';
    case 'link':
      return linkLine(command);
    case 'disk':
      return diskLine(command);
    case 'clock':
      return clockLine(command);
    case 'timers':
      return `play timers ${command.mode} ${command.nodes.join(' ')}`;
    case 'client':
      return `play client ${command.client} --retry ${command.retry}`;
    case 'start':
      return quoteWords([...Object.entries(command.env).map(([name, value]) => `${name}=${value}`), ...command.argv]);
    case 'message':
      return `play message ${command.event} --${command.action}${command.action === 'delay' ? ` ${time(command.delayMicros)}` : ''}`;
    case 'file':
      return fileLine(command);
    case 'stdin':
    case 'signal':
      return undefined;
  }
}

function fileLine({ action, path, text, base64 }: Extract<WorldCommand, { readonly type: 'file' }>): string {
  switch (action) {
    case 'write':
    case 'append': {
      const to = `${action === 'write' ? '>' : '>>'} ${quoteWords([path])}`;
      return base64 ? `echo ${quoteWords([text])} | base64 -d ${to}` : `printf %s ${quoteWords([text])} ${to}`;
    }
    case 'remove':
      return `rm -r ${quoteWords([path])}`;
    case 'mkdir':
      return `mkdir -p ${quoteWords([path])}`;
    case 'rename':
      return `mv ${quoteWords([path, text])}`;
  }
}

function startLine({ node, changes }: Extract<WorldCommand, { readonly type: 'start-member' }>): string {
  const flags: string[] = [];
  if (changes.forceNewCluster !== undefined) flags.push(`--force-new-cluster${changes.forceNewCluster ? '' : '=false'}`);
  if (changes.snapshotCount !== undefined) flags.push(`--snapshot-count ${changes.snapshotCount}`);
  if (changes.snapshotCatchUpEntries !== undefined) flags.push(`--catch-up-entries ${changes.snapshotCatchUpEntries}`);
  if (changes.heartbeatMicros !== undefined) flags.push(`--heartbeat ${time(changes.heartbeatMicros)}`);
  if (changes.electionMicros !== undefined) flags.push(`--election-timeout ${time(changes.electionMicros)}`);
  if (changes.preVote !== undefined) flags.push(`--prevote=${changes.preVote}`);
  if (changes.quotaBackendBytes !== undefined) flags.push(`--quota-backend-bytes ${changes.quotaBackendBytes}`);
  if (changes.maxTxnOps !== undefined) flags.push(`--max-txn-ops ${changes.maxTxnOps}`);
  if (changes.maxRequestBytes !== undefined) flags.push(`--max-request-bytes ${changes.maxRequestBytes}`);
  if (changes.strictReconfigCheck !== undefined) flags.push(`--strict-reconfig-check=${changes.strictReconfigCheck}`);
  return [`play start ${node}`, ...flags].join(' ');
}

const flagOf = (name: string, on: boolean): string => (on ? `--${name}` : `--${name}=false`);

function clockLine({ nodes, rate, jumpMicros }: Extract<WorldCommand, { readonly type: 'clock' }>): string {
  const flags: string[] = [];
  if (rate !== undefined) flags.push(`--rate ${rate}`);
  if (jumpMicros !== undefined) flags.push(`--jump=${jumpMicros < 0 ? '-' : ''}${time(Math.abs(jumpMicros))}`);
  return [`play clock ${nodes.join(' ')}`, ...flags].join(' ');
}

function linkLine({ from, to, both, settings }: Extract<WorldCommand, { readonly type: 'link' }>): string {
  const flags: string[] = [];
  if (settings.cut !== undefined) flags.push(flagOf('cut', settings.cut));
  if (settings.latency !== undefined) flags.push(`--latency ${rangeText(settings.latency)}`);
  if (settings.loss !== undefined) flags.push(`--loss ${percent(settings.loss)}`);
  if (settings.duplicate !== undefined) flags.push(`--duplicate ${percent(settings.duplicate)}`);
  if (settings.reorder !== undefined) flags.push(`--reorder ${percent(settings.reorder)}`);
  if (settings.bandwidth !== undefined) flags.push(`--bandwidth ${settings.bandwidth === 0 ? 'off' : `${settings.bandwidth}B`}`);
  return [`play link ${from} ${both ? '<>' : '>'} ${to}`, ...flags].join(' ');
}

function diskLine({ nodes, settings }: Extract<WorldCommand, { readonly type: 'disk' }>): string {
  const flags: string[] = [];
  if (settings.walLatency !== undefined) flags.push(`--latency ${rangeText(settings.walLatency)}`);
  if (settings.backendLatency !== undefined) flags.push(`--backend-latency ${rangeText(settings.backendLatency)}`);
  if (settings.full !== undefined) flags.push(flagOf('full', settings.full));
  if (settings.failFsync !== undefined) flags.push(flagOf('fail-fsync', settings.failFsync));
  if (settings.tear !== undefined) flags.push(`--tear ${settings.tear === false ? 'off' : settings.tear}`);
  if (settings.corrupt !== undefined) flags.push(settings.corrupt === 'random' ? '--corrupt' : `--corrupt=${settings.corrupt}`);
  if (settings.corruptFile !== undefined) flags.push(`--file ${settings.corruptFile}`);
  return [`play disk ${nodes.join(' ')}`, ...flags].join(' ');
}
