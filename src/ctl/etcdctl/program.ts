/** etcdctl as a program of the world: arguments and environment in, a running command out. */

import { utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { Program, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { endpointCommand } from '#ctl/etcdctl/endpoint.ts';
import { alarmCommand, defragCommand } from '#ctl/etcdctl/maintenance.ts';
import { authCommands } from '#ctl/etcdctl/auth.ts';
import { memberCommand, moveLeaderCommand } from '#ctl/etcdctl/cluster.ts';
import { collectPhases, resolve, type Command } from '#ctl/etcdctl/command.ts';
import { flagValue, isList, type FlagSpec, type FlagValue } from '#ctl/etcdctl/flags.ts';
import { helpText } from '#ctl/etcdctl/help.ts';
import { kvCommands } from '#ctl/etcdctl/kv.ts';
import { leaseCommand } from '#ctl/etcdctl/lease.ts';
import { lockCommands } from '#ctl/etcdctl/lock.ts';
import { otherCommands } from '#ctl/etcdctl/other.ts';
import { launch, resume } from '#ctl/etcdctl/runner.ts';
import { exit, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { snapshotCommand } from '#ctl/etcdctl/snapshot.ts';
import { txnCommand } from '#ctl/etcdctl/txn.ts';
import { watchCommand } from '#ctl/etcdctl/watch.ts';
import { startV2, V2_PHASES } from '#ctl/etcdctl-v2/program.ts';

/** Flags of every command, in the order of etcdctl's help. */
const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'cacert', type: 'string', fallback: '', usage: 'accepted and without effect: there is no TLS here' },
  { name: 'cert', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'command-timeout', type: 'duration', fallback: '5s', usage: 'how long a short command may take' },
  { name: 'debug', type: 'bool', fallback: 'false', usage: 'accepted and without effect' },
  { name: 'dial-timeout', type: 'duration', fallback: '2s', usage: 'accepted and without effect' },
  { name: 'discovery-srv', shorthand: 'd', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'discovery-srv-name', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'endpoints', type: 'strings', fallback: '127.0.0.1:2379', usage: 'where members answer clients' },
  { name: 'hex', type: 'bool', fallback: 'false', usage: 'print keys and values in hexadecimal' },
  { name: 'insecure-discovery', type: 'bool', fallback: 'true', usage: 'accepted and without effect' },
  { name: 'insecure-skip-tls-verify', type: 'bool', fallback: 'false', usage: 'accepted and without effect' },
  { name: 'insecure-transport', type: 'bool', fallback: 'true', usage: 'accepted and without effect' },
  { name: 'keepalive-time', type: 'duration', fallback: '2s', usage: 'accepted and without effect' },
  { name: 'keepalive-timeout', type: 'duration', fallback: '6s', usage: 'accepted and without effect' },
  { name: 'key', type: 'string', fallback: '', usage: 'accepted and without effect' },
  { name: 'password', type: 'string', fallback: '', usage: 'password of --user' },
  { name: 'user', type: 'string', fallback: '', usage: 'name[:password] to log in with' },
  { name: 'write-out', shorthand: 'w', type: 'string', fallback: 'simple', usage: 'output format: fields, json, protobuf, simple, table' },
];

interface Release {
  readonly version: string;
  readonly api: string;
}
const release = (profile: string): Release =>
  profile === '3.4.23' ? { version: '3.4.23', api: '3.4' } : { version: '3.5.16', api: '3.5' };

function* version(ctx: ScriptContext): Script {
  const { version: number, api } = release(ctx.start.profile);
  ctx.stdout(`etcdctl version: ${number}\nAPI version: ${api}\n`);
  return exit();
}

/** In etcdctl's own order, which its suggestions follow. */
function buildTree(newer: boolean): Command {
  const children: readonly Command[] = [
    ...kvCommands(newer).filter((c) => c.name !== 'compaction'),
    txnCommand,
    ...kvCommands(newer).filter((c) => c.name === 'compaction'),
    alarmCommand,
    defragCommand,
    endpointCommand,
    moveLeaderCommand,
    watchCommand(newer),
    { name: 'version', use: '', short: 'Prints the version of etcdctl', flags: [], run: version },
    leaseCommand,
    memberCommand,
    snapshotCommand(newer),
    ...otherCommands(newer),
    ...lockCommands,
    ...authCommands(newer),
  ];
  return { name: 'etcdctl', use: '', short: 'A command line client for etcd3.', flags: [], children };
}

const TREES = { old: buildTree(false), newer: buildTree(true) };
const PHASES = {
  old: new Map([...collectPhases(TREES.old), ...V2_PHASES]),
  newer: new Map([...collectPhases(TREES.newer), ...V2_PHASES]),
};
const pick = <T>(of: { readonly old: T; readonly newer: T }, profile: string): T => (profile === '3.4.23' ? of.old : of.newer);

const finished = (start: ProgramStart, stdout: string, stderr: string, code: number): ProgramStep => ({
  state: { start: { profile: start.profile } },
  effects: [
    ...(stdout === '' ? [] : [{ type: 'stdout', data: utf8(stdout) } as const]),
    ...(stderr === '' ? [] : [{ type: 'stderr', data: utf8(stderr) } as const]),
    { type: 'exit', code },
  ],
});

/** Global flags that the environment sets: ETCDCTL_COMMAND_TIMEOUT is --command-timeout; a flag on the command line beside it ends the command (connect.ts). */
function globalsFromEnv(env: Readonly<Record<string, string>>): readonly FlagSpec[] {
  return GLOBAL_FLAGS.map((spec) => {
    const value = env[`ETCDCTL_${spec.name.toUpperCase().replaceAll('-', '_')}`];
    return value === undefined || value === '' || flagValue(spec.type, value).type === 'error' ? spec : { ...spec, fallback: value };
  });
}

function startEtcdctl(start: ProgramStart): ProgramStep {
  const api = start.env['ETCDCTL_API'] ?? '3';
  if (api === '2') {
    const v2 = startV2(start, release(start.profile).version);
    return v2.type === 'say' ? finished(start, v2.stdout, v2.stderr, v2.code) : launch(pick(PHASES, start.profile), v2.launch);
  }
  if (api !== '3' && api !== '') return finished(start, '', `unsupported API version ${api}\n`, 1);
  const tree = pick(TREES, start.profile);
  const globals = globalsFromEnv(start.env);
  const found = resolve(tree, start.argv.slice(1), globals);
  if (found.type === 'error') return finished(start, '', found.stderr, found.code);
  if (found.type === 'help') {
    const { version: number, api: apiVersion } = release(start.profile);
    return finished(start, helpText(tree, found.path, GLOBAL_FLAGS, number, apiVersion), found.stderr, found.code);
  }
  const { endpoints, 'command-timeout': timeout } = found.flags;
  const note = withoutEffect(found.flags);
  const launched = launch(pick(PHASES, start.profile), {
    start,
    phase: found.path.join(' '),
    args: found.args,
    flags: found.flags,
    changed: found.changed,
    dash: found.dash,
    endpoints: isList(endpoints) ? endpoints : [],
    timeoutMicros: typeof timeout === 'number' ? timeout / 1000 : 0,
  });
  return note === '' ? launched : { ...launched, effects: [{ type: 'stderr', data: utf8(note) }, ...launched.effects] };
}

/** Flags that need certificates or a name service, which the playground has not. */
const NEEDLESS = ['cacert', 'cert', 'key', 'discovery-srv', 'discovery-srv-name'];

/** What is said of flags that are taken and do nothing. */
function withoutEffect(flags: Readonly<Record<string, FlagValue>>): string {
  const given = NEEDLESS.filter((name) => flags[name] !== '' && flags[name] !== undefined);
  if (given.length === 0) return '';
  const names = given.map((name) => `--${name}`).join(', ');
  return `note: ${names} ${given.length === 1 ? 'has' : 'have'} no effect here: members speak plain http and are found by --endpoints\n`;
}

function profileOf(state: Plain): string {
  const start = typeof state === 'object' && state !== null && 'start' in state ? state.start : undefined;
  return typeof start === 'object' && start !== null && 'profile' in start && typeof start.profile === 'string' ? start.profile : '';
}

/** The program `etcdctl`. */
export const etcdctl: Program = {
  start: startEtcdctl,
  step: (state, event, now) => resume(pick(PHASES, profileOf(state)), state, event, now),
};

/** What can follow `etcdctl WORDS`: names of commands, and of flags of the command that the words name. For completion. */
export function etcdctlWords(
  profile: string,
  words: readonly string[],
): { readonly commands: readonly string[]; readonly flags: readonly string[] } {
  let command: Command = pick(TREES, profile);
  for (const word of words) {
    const child: Command | undefined = command.children?.find((each) => each.name === word);
    if (child === undefined) break;
    command = child;
  }
  return {
    commands: (command.children ?? []).map((each) => each.name),
    flags: [...command.flags, ...GLOBAL_FLAGS].map((flag) => flag.name),
  };
}
