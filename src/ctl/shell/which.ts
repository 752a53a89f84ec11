/** `which`, `type` and `command -v`. */

import type { ShellCommand } from '#ctl/shell/command.ts';
import { complain, print } from '#ctl/shell/frame.ts';

/** @param isOwn whether a name is a command of the shell */
export const whichCommand = (isOwn: (name: string) => boolean): ShellCommand =>
  function* (frame, args, tool) {
    let code = 0;
    for (const name of args.filter((a) => !a.startsWith('-'))) {
      const isProgram = frame.state.shared.host.programs.includes(name);
      if (frame.state.functions.has(name)) yield* print(frame, tool === 'type' ? `${name} is a function\n` : `${name}\n`);
      else if (isProgram || isOwn(name)) yield* print(frame, tool === 'type' ? `${name} is /usr/bin/${name}\n` : `/usr/bin/${name}\n`);
      else {
        code = 1;
        if (tool === 'type') yield* complain(frame, `type: ${name}: not found\n`);
      }
    }
    return code;
  };
