/** Commands that are part of the shell, by name. */

import { BUILTINS } from '#ctl/shell/builtins.ts';
import type { ShellCommand } from '#ctl/shell/command.ts';
import { EXPLAINED } from '#ctl/shell/explained.ts';
import { JOB_COMMANDS } from '#ctl/shell/job-commands.ts';
import { awk } from '#ctl/shell/tools/awk.ts';
import { BYTE_TOOLS } from '#ctl/shell/tools/byte-tools.ts';
import { FILE_TOOLS } from '#ctl/shell/tools/file-tools.ts';
import { jq } from '#ctl/shell/tools/jq.ts';
import { LINE_TOOLS } from '#ctl/shell/tools/line-tools.ts';
import { MACHINE_TOOLS } from '#ctl/shell/tools/machine-tools.ts';
import { grep } from '#ctl/shell/tools/grep.ts';
import { sed } from '#ctl/shell/tools/sed.ts';
import { etcdCommand } from '#ctl/shell/server-command.ts';
import { whichCommand } from '#ctl/shell/which.ts';
import { WRAPPERS } from '#ctl/shell/wrappers.ts';

const which = whichCommand((name) => findCommand(name) !== undefined);

/** Text tools and wrappers: they could be programs of their own, and are where a program of the world starts one. */
export const TOOLS: Readonly<Record<string, ShellCommand>> = {
  ...LINE_TOOLS,
  ...BYTE_TOOLS,
  ...FILE_TOOLS,
  ...MACHINE_TOOLS,
  ...WRAPPERS,
  ...EXPLAINED,
  grep,
  egrep: (frame, args, name) => grep(frame, ['-E', ...args], name),
  fgrep: (frame, args, name) => grep(frame, ['-F', ...args], name),
  sed,
  awk,
  gawk: awk,
  jq,
  which,
  type: which,
};

/** What changes the shell itself, and members, whom only the terminal can start. */
export const SHELL_COMMANDS: Readonly<Record<string, ShellCommand>> = { ...BUILTINS, ...JOB_COMMANDS, etcd: etcdCommand };

/** The command of a name. */
export function findCommand(name: string): ShellCommand | undefined {
  if (Object.hasOwn(SHELL_COMMANDS, name)) return SHELL_COMMANDS[name];
  return Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
}
