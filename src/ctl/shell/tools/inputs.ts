/** What the text tools read: the named files, `-` and nothing for standard input. */

import { resolvePath } from '#ctl/file-request.ts';
import { sentence } from '#ctl/shell/file-words.ts';
import { complain, type Frame } from '#ctl/shell/frame.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { readAll } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';
import { fromUtf8 } from '#kernel/bytes.ts';

export interface Input {
  /** As it was written; `-` for standard input. */
  readonly name: string;
  readonly pipe: Pipe;
}

/** Opens them; what cannot be opened is said, and counted. */
export function* openInputs<W>(
  frame: Frame<W>,
  tool: string,
  files: readonly string[],
): Task<{ readonly inputs: readonly Input[]; readonly missing: number }, W> {
  if (files.length === 0) return { inputs: [{ name: '-', pipe: frame.streams.stdin }], missing: 0 };
  const inputs: Input[] = [];
  let missing = 0;
  for (const name of files) {
    if (name === '-' || name === '/dev/stdin') {
      inputs.push({ name: '-', pipe: frame.streams.stdin });
      continue;
    }
    if (name === '/dev/null') {
      inputs.push({ name, pipe: Pipe.of(new Uint8Array(0)) });
      continue;
    }
    const answer = yield* frame.state.shared.host.file({ type: 'read', path: resolvePath(name, frame.state.cwd) });
    if (answer.type === 'data') inputs.push({ name, pipe: Pipe.of(answer.data) });
    else {
      missing++;
      yield* complain(frame, `${tool}: ${name}: ${answer.type === 'error' ? sentence(answer.message) : 'cannot be read'}\n`);
    }
  }
  return { inputs, missing };
}

/** All lines of a text; a last line without a newline counts. */
export function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** All lines of all inputs. */
export function* readLines<W>(inputs: readonly Input[]): Task<readonly string[], W> {
  const out: string[] = [];
  for (const { pipe } of inputs) for (const line of linesOf(fromUtf8(yield* readAll(pipe)))) out.push(line);
  return out;
}
