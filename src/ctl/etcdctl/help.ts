/** Help texts, in our own words, in the shape of etcdctl's. */

import { commandAt, type Command } from '#ctl/etcdctl/command.ts';
import { showDefault, type FlagSpec } from '#ctl/etcdctl/flags.ts';

const flagLine = (f: FlagSpec): readonly [string, string] => [
  `${f.shorthand === undefined ? '      ' : `  -${f.shorthand}, `}--${f.name}${f.type === 'bool' ? showDefault(f) : `=${showDefault(f)}`}`,
  f.usage,
];

function aligned(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}    ${right}\n`).join('');
}

/** All commands below a group, with their full names. */
function listed(command: Command, path: readonly string[]): readonly (readonly [string, string])[] {
  return (command.children ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((c): readonly (readonly [string, string])[] => {
      const full = [...path, c.name];
      return c.children === undefined ? [[`\t${full.join(' ')}`, c.short]] : listed(c, full);
    });
}

const HELP_FLAG: FlagSpec = { name: 'help', shorthand: 'h', type: 'bool', fallback: 'false', usage: 'print this help' };

/** What a request inside a transaction takes: shown where one of its flags is wrong. */
export const usageText = (use: string, flags: readonly FlagSpec[]): string =>
  `Usage:\n   ${use} [flags]\n\nFlags:\n${aligned([...flags, HELP_FLAG].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(flagLine))}\n`;

/** @param path the command, [] for all of etcdctl */
export function helpText(root: Command, path: readonly string[], globals: readonly FlagSpec[], version: string, api: string): string {
  const command = commandAt(root, path) ?? root;
  const name = [root.name, ...path].join(' ');
  const out = [`NAME:\n\t${path.length === 0 ? root.name : path.join(' ')} - ${command.short}\n`];
  if (command.children === undefined) out.push(`USAGE:\n\t${name} ${command.use} [flags]\n`);
  else out.push(`USAGE:\n\t${name} ${path.length === 0 ? '[flags]' : command.use}\n`);
  if (path.length === 0) out.push(`VERSION:\n\t${version}\n`, `API VERSION:\n\t${api}\n`);
  if (command.children !== undefined)
    out.push(
      `COMMANDS:\n${aligned(listed(command, path).map(([n, s]) => [path.length === 0 ? n : `\t${n.trim().slice(path.join(' ').length + 1)}`, s] as const))}`,
    );
  const own = [...command.flags, HELP_FLAG].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (path.length === 0)
    out.push(`OPTIONS:\n${aligned([...globals, HELP_FLAG].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(flagLine))}`);
  else out.push(`OPTIONS:\n${aligned(own.map(flagLine))}`, `GLOBAL OPTIONS:\n${aligned(globals.map(flagLine))}`);
  return `${out.join('\n')}\n`;
}
