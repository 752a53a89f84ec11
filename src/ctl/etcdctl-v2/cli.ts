/** The command line of the v2 face: how words find their command, and the help in the shape of the real one, in our own words. */

import { goQuote } from '#ctl/duration.ts';
import type { Phase } from '#ctl/etcdctl/command.ts';
import type { FlagValue } from '#ctl/etcdctl/flags.ts';
import { parseV2Flags, reorder, type V2Flag } from '#ctl/etcdctl-v2/cli-flags.ts';

/** A command or, with children, a group of commands. */
export interface V2Command {
  readonly name: string;
  /** Arguments, for the usage line. */
  readonly use: string;
  readonly short: string;
  readonly description?: string;
  readonly flags: readonly V2Flag[];
  /** Its phase is named `v2` and its path. */
  readonly run?: Phase;
  readonly children?: readonly V2Command[];
}

export interface V2App {
  readonly commands: readonly V2Command[];
  readonly globals: readonly V2Flag[];
  readonly version: string;
}

export type V2Invocation =
  | {
      readonly type: 'run';
      readonly path: readonly string[];
      readonly args: readonly string[];
      readonly flags: Readonly<Record<string, FlagValue>>;
      readonly globals: Readonly<Record<string, FlagValue>>;
    }
  /** Print and end. */
  | { readonly type: 'say'; readonly stdout: string; readonly stderr: string; readonly code: number };

const say = (stdout: string, stderr = '', code = 0): V2Invocation => ({ type: 'say', stdout, stderr, code });
const noTopic = (name: string): V2Invocation => say('', `No help topic for '${name}'\n`, 3);

const flagNames = (flag: V2Flag): string =>
  flag.names
    .map((n) => {
      const dashed = `${n.length === 1 ? '-' : '--'}${n}`;
      return flag.type === 'bool' ? dashed : `${dashed} value`;
    })
    .join(', ');

const shownDefault = (flag: V2Flag): string => {
  if (flag.type === 'bool' || flag.type === 'strings' || flag.fallback === '') return '';
  return ` (default: ${flag.type === 'string' ? goQuote(flag.fallback) : flag.fallback})`;
};

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `   ${left.padEnd(width)}  ${right}\n`).join('');
}

const flagRows = (flags: readonly V2Flag[]): string => columns(flags.map((f) => [flagNames(f), `${f.usage}${shownDefault(f)}`]));
const HELP_FLAG: V2Flag = { names: ['help', 'h'], type: 'bool', fallback: 'false', usage: 'print this help' };
const VERSION_FLAG: V2Flag = { names: ['version', 'v'], type: 'bool', fallback: 'false', usage: 'print the version' };

function appHelp(app: V2App): string {
  const commands = [
    ...app.commands.map((c) => [c.name, c.short] as const),
    ['help, h', 'what there is, or how one command is used'] as const,
  ];
  return [
    'NAME:\n   etcdctl - the command line of the v2 API\n',
    'USAGE:\n   etcdctl [global options] command [command options] [arguments...]\n',
    `VERSION:\n   ${app.version}\n`,
    `COMMANDS:\n${columns(commands)}`,
    `GLOBAL OPTIONS:\n${flagRows([...app.globals, HELP_FLAG, VERSION_FLAG])}`,
  ].join('\n');
}

function groupHelp(group: V2Command): string {
  return [
    `NAME:\n   etcdctl ${group.name} - ${group.short}\n`,
    `USAGE:\n   etcdctl ${group.name} command [command options] [arguments...]\n`,
    `COMMANDS:\n${columns((group.children ?? []).map((c) => [c.name, c.short]))}`,
    `OPTIONS:\n${flagRows([HELP_FLAG])}`,
  ].join('\n');
}

function commandHelp(path: readonly string[], command: V2Command): string {
  const name = path.join(' ');
  const out = [`NAME:\n   etcdctl ${name} - ${command.short}\n`];
  out.push(`USAGE:\n   etcdctl ${name}${command.flags.length > 0 ? ' [command options]' : ''} ${command.use}\n`);
  if (command.description !== undefined) out.push(`DESCRIPTION:\n   ${command.description.replaceAll('\n', '\n   ')}\n`);
  if (command.flags.length > 0) out.push(`OPTIONS:\n${flagRows(command.flags)}`);
  return out.join('\n');
}

const child = (commands: readonly V2Command[], name: string): V2Command | undefined => commands.find((c) => c.name === name);

/** Walks down from the application. @param words without the program's name */
export function resolveV2(app: V2App, words: readonly string[], env: Readonly<Record<string, string>>): V2Invocation {
  const parsed = parseV2Flags(words, [...app.globals, VERSION_FLAG], env);
  if (parsed.type === 'error') return say(`Incorrect Usage. ${parsed.message}\n\n${appHelp(app)}`, `${parsed.message}\n`, 1);
  const { args, values } = parsed;
  if (parsed.help) return say(appHelp(app));
  if (values['version'] === true) return say(`etcdctl version: ${app.version}\nAPI version: 2\n`);
  const [name, ...rest] = args;
  if (name === undefined) return say(appHelp(app));
  if (name === 'help' || name === 'h') return helpTopic(app, rest[0]);
  const command = child(app.commands, name);
  if (command === undefined) return noTopic(name);
  if (command.children === undefined) return runCommand([name], command, rest, values, env);
  return runGroup(command, rest, values, env);
}

function helpTopic(app: V2App, name: string | undefined): V2Invocation {
  if (name === undefined) return say(appHelp(app));
  const command = child(app.commands, name);
  if (command === undefined) return noTopic(name);
  return say(command.children === undefined ? commandHelp([name], command) : groupHelp(command));
}

type Values = Readonly<Record<string, FlagValue>>;

function runGroup(group: V2Command, words: readonly string[], globals: Values, env: Readonly<Record<string, string>>): V2Invocation {
  const parsed = parseV2Flags(words, [], env);
  if (parsed.type === 'error') return say(`Incorrect Usage. ${parsed.message}\n\n${groupHelp(group)}`, `${parsed.message}\n`, 1);
  const [name, ...rest] = parsed.args;
  if (parsed.help || name === undefined) return say(groupHelp(group));
  const children = group.children ?? [];
  if (name === 'help' || name === 'h') {
    const [topic] = rest;
    if (topic === undefined) return say(groupHelp(group));
    const about = child(children, topic);
    return about === undefined ? noTopic(topic) : say(commandHelp([group.name, topic], about));
  }
  const command = child(children, name);
  return command === undefined ? noTopic(name) : runCommand([group.name, name], command, rest, globals, env);
}

function runCommand(
  path: readonly string[],
  command: V2Command,
  words: readonly string[],
  globals: Values,
  env: Readonly<Record<string, string>>,
): V2Invocation {
  const parsed = parseV2Flags(reorder(words, command.flags), command.flags, env);
  if (parsed.type === 'error') return say(`Incorrect Usage: ${parsed.message}\n\n${commandHelp(path, command)}`, `${parsed.message}\n`, 1);
  if (parsed.help) return say(commandHelp(path, command));
  return { type: 'run', path, args: parsed.args, flags: parsed.values, globals };
}
