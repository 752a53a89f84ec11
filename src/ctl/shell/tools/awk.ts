/** awk, the part that tutorials use: patterns, BEGIN and END, print, printf, fields, variables, arithmetic, comparisons and matches. */

import { CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import type { Task } from '#ctl/shell/task.ts';
import { AwkMachine } from '#ctl/shell/tools/awk-machine.ts';
import { parseAwk } from '#ctl/shell/tools/awk-parse.ts';
import { openInputs } from '#ctl/shell/tools/inputs.ts';
import { readLine } from '#ctl/shell/streams.ts';

export function* awk<W>(frame: Frame<W>, args: readonly string[], _name: string): Task<number, W> {
  const variables = new Map<string, string>();
  let separator = ' ';
  let i = 0;
  for (let arg = args[i]; arg?.startsWith('-') === true && arg !== '-'; arg = args[++i]) {
    if (arg === '-F') separator = args[++i] ?? ' ';
    else if (arg.startsWith('-F')) separator = arg.slice(2);
    else if (arg === '-v') {
      const [name = '', value = ''] = (args[++i] ?? '').split(/=(.*)/s);
      variables.set(name, value);
    } else throw new CommandProblem(`awk: option ${arg} is not supported here`, 2);
  }
  const [program, ...files] = args.slice(i);
  if (program === undefined) throw new CommandProblem('awk: usage: awk [-F sep] PROGRAM [FILE]...', 2);
  const machine = new AwkMachine(parseAwk(program), separator.replace('\\t', '\t'), variables);
  const begun = machine.begin();
  if (begun !== '') yield* print(frame, begun);
  if (machine.onlyBegins) return 0;
  const { inputs, missing } = yield* openInputs(frame, 'awk', files);
  for (const { pipe } of inputs)
    for (let line = yield* readLine(pipe); line !== undefined && !machine.exited; line = yield* readLine(pipe)) {
      const out = machine.line(line.text);
      if (out !== '') yield* print(frame, out);
    }
  const end = machine.end();
  if (end !== '') yield* print(frame, end);
  return missing > 0 ? 2 : 0;
}
