/** The v2 face of etcdctl (`ETCDCTL_API=2`): its commands and how one is started. The runner is that of the v3 face. */

import type { ProgramStart } from '#ctl/program.ts';
import type { Phase } from '#ctl/etcdctl/command.ts';
import type { Launch } from '#ctl/etcdctl/run-state.ts';
import { stop, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { authCommands } from '#ctl/etcdctl-v2/auth.ts';
import { resolveV2, type V2App, type V2Command } from '#ctl/etcdctl-v2/cli.ts';
import type { V2Flag } from '#ctl/etcdctl-v2/cli-flags.ts';
import { keyCommands } from '#ctl/etcdctl-v2/keys.ts';
import { healthCommand, healthPhases, memberCommand } from '#ctl/etcdctl-v2/members.ts';
import { watchCommands, watchPhases } from '#ctl/etcdctl-v2/watch.ts';

const text = (names: readonly string[], usage: string, fallback = '', env?: string): V2Flag => ({
  names,
  type: 'string',
  fallback,
  usage,
  ...(env === undefined ? {} : { env }),
});
const on = (names: readonly string[], usage: string): V2Flag => ({ names, type: 'bool', fallback: 'false', usage });

const GLOBALS: readonly V2Flag[] = [
  on(['debug'], 'show each request as a curl command'),
  on(['no-sync'], 'ask the given endpoints only, not those that the members publish'),
  text(['output', 'o'], 'how answers are printed: simple, extended or json', 'simple'),
  text(['discovery-srv', 'D'], 'find the endpoints by SRV records (there is no name service here)', '', 'ETCDCTL_DISCOVERY_SRV'),
  on(['insecure-discovery'], 'accepted and without effect'),
  text(['peers', 'C'], 'an older name of --endpoints', '', 'ETCDCTL_PEERS'),
  text(['endpoint'], 'an older name of --endpoints', '', 'ETCDCTL_ENDPOINT'),
  text(
    ['endpoints'],
    'URLs of members, separated by commas (default: "http://127.0.0.1:2379,http://127.0.0.1:4001")',
    '',
    'ETCDCTL_ENDPOINTS',
  ),
  text(['cert-file'], 'a certificate to show (there is no TLS here)', '', 'ETCDCTL_CERT_FILE'),
  text(['key-file'], 'the key of the certificate (there is no TLS here)', '', 'ETCDCTL_KEY_FILE'),
  text(['ca-file'], 'certificates to trust (there is no TLS here)', '', 'ETCDCTL_CA_FILE'),
  text(['username', 'u'], 'log in as name[:password]; asks for the password if it is not there', '', 'ETCDCTL_USERNAME'),
  { names: ['timeout'], type: 'duration', fallback: '2s', usage: 'how long a member may take to begin its answer' },
  { names: ['total-timeout'], type: 'duration', fallback: '5s', usage: 'how long a command may take, a watch excepted' },
];

/** Copies a member's files; members' disks are not the machine's, so there is nothing that it could read. */
function* backup(ctx: ScriptContext): Script {
  yield* [];
  const dir = ctx.flags['data-dir'];
  const path = typeof dir === 'string' && dir !== '' ? `${dir}/member` : 'member';
  return stop(
    1,
    `open ${path}/snap: no such file or directory\netcdctl backup copies a stopped member's files. Here, \`ETCDCTL_API=3 etcdctl snapshot save FILE\` does the same for the keys of v3.\n`,
  );
}

const backupCommand: V2Command = {
  name: 'backup',
  use: '',
  short: 'copies the files of a stopped member',
  flags: [
    text(['data-dir'], 'what to copy'),
    text(['wal-dir'], 'where its write-ahead log is, if elsewhere'),
    text(['backup-dir'], 'where to'),
    text(['backup-wal-dir'], 'where its write-ahead log goes, if elsewhere'),
    on(['with-v3'], 'the keys of v3 too'),
  ],
  run: backup,
};

const COMMANDS: readonly V2Command[] = [backupCommand, healthCommand, ...keyCommands, ...watchCommands, memberCommand, ...authCommands];

function phases(commands: readonly V2Command[], prefix: string): readonly (readonly [string, Phase])[] {
  return commands.flatMap((c) => [
    ...(c.run === undefined ? [] : [[`${prefix} ${c.name}`, c.run] as const]),
    ...phases(c.children ?? [], `${prefix} ${c.name}`),
  ]);
}

/** All phases of the v2 face by their names, which begin with `v2`. */
export const V2_PHASES: ReadonlyMap<string, Phase> = new Map<string, Phase>([
  ...phases(COMMANDS, 'v2'),
  ...Object.entries(watchPhases),
  ...Object.entries(healthPhases),
]);

/** What a command line of the v2 face comes to: a command to launch, or something to say. */
export type V2Start =
  | { readonly type: 'launch'; readonly launch: Launch }
  | { readonly type: 'say'; readonly stdout: string; readonly stderr: string; readonly code: number };

/** @param version the release, such as 3.4.23 */
export function startV2(start: ProgramStart, version: string): V2Start {
  const app: V2App = { commands: COMMANDS, globals: GLOBALS, version };
  const found = resolveV2(app, start.argv.slice(1), start.env);
  if (found.type === 'say') return found;
  const { path, args, flags, globals } = found;
  return {
    type: 'launch',
    launch: {
      start,
      phase: ['v2', ...path].join(' '),
      args,
      flags: { ...globals, ...flags },
      changed: [],
      dash: -1,
      endpoints: [],
      timeoutMicros: 0,
    },
  };
}
