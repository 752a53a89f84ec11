/** `completion SHELL`: the playground's terminal completes by itself, so the script that is printed does nothing, also when it is sourced. */

import type { Command } from '#ctl/etcdctl/command.ts';
import { exit, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

function* completion(ctx: ScriptContext): Script {
  yield* [];
  ctx.stdout('# Nothing to source: this terminal completes commands, flags and keys by itself. Press Tab.\n');
  return exit();
}

export const completionCommand: Command = {
  name: 'completion',
  use: '',
  short: 'Prints completions for a shell',
  flags: [],
  children: ['bash', 'fish', 'powershell', 'zsh'].map((shell) => ({
    name: shell,
    use: '',
    short: `Prints completions for ${shell}`,
    flags: [],
    run: completion,
  })),
};
