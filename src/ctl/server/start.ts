/** What the `etcd` command does before there is a member: finds its values, and what is to be said on the way. */

import type { LaunchFlags } from '#ctl/launch.ts';
import { readConfigFile } from '#ctl/server/config-file.ts';
import type { ServerProblem } from '#ctl/server/failure.ts';
import { isIdle } from '#ctl/server/flag-table.ts';
import { readCommandLine, withEnvironment, type FlagValues } from '#ctl/server/flag-values.ts';
import { launchFlags } from '#ctl/server/launch-flags.ts';
import type { Plain } from '#kernel/plain.ts';

/** A line of the server's log that no member wrote. */
export interface ServerLine {
  readonly level: 'info' | 'warn' | 'error' | 'fatal';
  readonly message: string;
  readonly fields: Readonly<Record<string, Plain>>;
}

/** What a host is asked to run: a member, or the end of an attempt. */
export interface ServerStart {
  readonly lines: readonly ServerLine[];
  /** The playground's own remarks, for stderr. */
  readonly notes: readonly string[];
  readonly outcome:
    { readonly type: 'launch'; readonly flags: LaunchFlags } | { readonly type: 'problem'; readonly problem: ServerProblem };
}

/** The steps that need somebody else: a file. */
export type Preparation =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'ready'; readonly start: ServerStart };

/** Reads a command line and the environment. @throws ServerProblem */
export function prepare(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Preparation {
  const asked = readCommandLine(args);
  if (asked.type !== 'start') return asked;
  const path = asked.values.get('config-file') ?? env['ETCD_CONFIG_FILE'] ?? '';
  if (path !== '') return { type: 'file', path };
  const { values, unknown, shadowed } = withEnvironment(asked.values, env);
  const lines = [
    ...shadowed.map((name) => warning('recognized environment variable, but unused: shadowed by corresponding flag', name)),
    ...unknown.map((text) => warning('unrecognized environment variable', text)),
  ];
  return { type: 'ready', start: { lines, notes: idleNotes(values), outcome: { type: 'launch', flags: launchFlags(values, cwd) } } };
}

const warning = (message: string, variable: string): ServerLine => ({
  level: 'warn',
  message,
  fields: { 'environment-variable': variable },
});

/** Says that a configuration file takes the place of everything else. */
export const loadingLine = (path: string): ServerLine => ({
  level: 'info',
  message: 'loaded server configuration, other configuration command line flags and environment variables will be ignored if provided',
  fields: { path },
});

/** Goes on with the text of a configuration file. @throws ServerProblem */
export function startFromFile(path: string, text: string, cwd: string): ServerStart {
  const { values, unknown } = readConfigFile(text);
  const notes = idleNotes(values);
  if (unknown.length > 0) notes.push(`etcd knows no ${unknown.slice(0, 10).join(', ')} in a configuration file and passes over it\n`);
  return { lines: [loadingLine(path)], notes, outcome: { type: 'launch', flags: launchFlags(values, cwd) } };
}

/** Flags that are accepted and change nothing, and addresses that are spoken to without TLS. */
function idleNotes(values: FlagValues): string[] {
  const idle = Array.from(values.keys()).filter((name) => isIdle(name) || name.endsWith('-transport-security'));
  const notes: string[] = [];
  if (idle.length > 0)
    notes.push(
      `${idle.map((name) => `--${name}`).join(', ')}: accepted; there is no TLS, discovery, proxy or log file here, so nothing changes\n`,
    );
  if (Array.from(values.values()).some((text) => /(?:^|[,=])https:\/\//.test(text)))
    notes.push('https: members here speak without TLS; the addresses work as if they said http\n');
  return notes;
}
