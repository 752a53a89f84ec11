/** sed: `s`, `p`, `d`, `q`, `=`, `a`, `i`, `c`, `y` with line numbers, `$`, patterns and ranges; -n, -e, -E, -i. What is beyond says so. */

import { resolvePath } from '#ctl/file-request.ts';
import { readOptions } from '#ctl/shell/command.ts';
import { CommandProblem, print, type Frame } from '#ctl/shell/frame.ts';
import type { Task } from '#ctl/shell/task.ts';
import { openInputs, readLines } from '#ctl/shell/tools/inputs.ts';
import { parseSed, type Address, type SedCommand } from '#ctl/shell/tools/sed-parse.ts';
import { utf8 } from '#kernel/bytes.ts';

export function* sed<W>(frame: Frame<W>, args: readonly string[], _name: string): Task<number, W> {
  const { flags, rest, unknown } = readOptions(
    args.map((a) => (/^-i./.test(a) ? '-i' : a)),
    'nErsie:u',
    {
      quiet: 'n',
      silent: 'n',
      'regexp-extended': 'E',
      'in-place': 'i',
      expression: 'e',
    },
  );
  if (unknown !== undefined) throw new CommandProblem(`sed: option -${unknown} is not supported here`);
  const script = args.flatMap((a, i) => (a === '-e' || a === '--expression' ? [args[i + 1] ?? ''] : []));
  const [first, ...others] = rest;
  const text = script.length > 0 ? script.join('\n') : first;
  if (text === undefined) throw new CommandProblem('sed: usage: sed [OPTION]... SCRIPT [FILE]...');
  const files = script.length > 0 ? rest : others;
  const commands = parseSed(text, flags.has('E') || flags.has('r'));
  const { inputs, missing } = yield* openInputs(frame, 'sed', files);
  if (!flags.has('i')) {
    yield* print(frame, edit(yield* readLines(inputs), commands, flags.has('n')));
    return missing > 0 ? 2 : 0;
  }
  for (const input of inputs) {
    const edited = edit(yield* readLines([input]), commands, flags.has('n'));
    const path = resolvePath(input.name, frame.state.cwd);
    const answer = yield* frame.state.shared.host.file({ type: 'write', path, data: utf8(edited), append: false });
    if (answer.type === 'error') throw new CommandProblem(`sed: ${input.name}: ${answer.message}`);
  }
  return missing > 0 ? 2 : 0;
}

function edit(lines: readonly string[], commands: readonly SedCommand[], quiet: boolean): string {
  const out: string[] = [];
  /** Ranges that have begun. */
  const within = new Set<SedCommand>();
  for (const [i, line] of lines.entries()) {
    const number = i + 1;
    const last = number === lines.length;
    let space = line;
    let isDeleted = false;
    let quits = false;
    const after: string[] = [];
    for (const command of commands) {
      if (!applies(command, number, last, space, within)) continue;
      if (command.type === 's') {
        const before = space;
        space = substitute(space, command);
        if (command.print && space !== before) out.push(space);
      } else if (command.type === 'y') space = Array.from(space, (ch) => command.map.get(ch) ?? ch).join('');
      else if (command.type === 'p') out.push(space);
      else if (command.type === '=') out.push(String(number));
      else if (command.type === 'i') out.push(command.text);
      else if (command.type === 'a') after.push(command.text);
      else if (command.type === 'c') {
        out.push(command.text);
        isDeleted = true;
      } else if (command.type === 'd') isDeleted = true;
      else quits = true;
      if (isDeleted || quits) break;
    }
    if (!isDeleted && !quiet) out.push(space);
    out.push(...after);
    if (quits) break;
  }
  return out.map((l) => `${l}\n`).join('');
}

function substitute(text: string, command: Extract<SedCommand, { readonly type: 's' }>): string {
  let seen = 0;
  command.expression.lastIndex = 0;
  return text.replace(command.expression, (...groups: unknown[]) => {
    seen++;
    const matched = groups.map((g) => (typeof g === 'string' ? g : ''));
    if (command.global ? seen < command.nth : seen !== command.nth) return matched[0] ?? '';
    return command.replacement.map((piece) => (typeof piece === 'string' ? piece : (matched[piece] ?? ''))).join('');
  });
}

function matches(address: Address, number: number, last: boolean, text: string): boolean {
  if (address.type === 'line') return number === address.line;
  if (address.type === 'last') return last;
  address.expression.lastIndex = 0;
  return address.expression.test(text);
}

function applies(command: SedCommand, number: number, last: boolean, text: string, within: Set<SedCommand>): boolean {
  const { from, to } = command;
  let hit: boolean;
  if (from === undefined) hit = true;
  else if (to === undefined) hit = matches(from, number, last, text);
  else if (within.has(command)) {
    hit = true;
    if (to.type === 'line' ? number >= to.line : matches(to, number, last, text)) within.delete(command);
  } else {
    hit = matches(from, number, last, text);
    if (hit && !(to.type === 'line' && to.line <= number) && !(to.type === 'last' && last)) within.add(command);
  }
  return hit !== command.negated;
}
