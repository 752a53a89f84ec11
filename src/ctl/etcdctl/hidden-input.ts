/** Passwords that are asked for: the prompt, one line that is not shown, and what hiding it leaves behind. */

import { fromUtf8 } from '#kernel/bytes.ts';
import type { Answer, Ask, ScriptContext } from '#ctl/etcdctl/script.ts';

/** What hiding the input leaves behind: a newline, and off a terminal the complaints of stty. */
function leaveTraces(ctx: ScriptContext): void {
  if (ctx.start.columns === 0) ctx.stderr("stty: 'standard input': Inappropriate ioctl for device\n".repeat(2));
  ctx.stdout('\n');
}

/** Asks for a line; '' at the end of the input. */
export function* readHidden(ctx: ScriptContext, prompt: string): Generator<Ask, string, Answer> {
  ctx.stdout(prompt);
  const line = yield { type: 'line' };
  leaveTraces(ctx);
  return line.type === 'line' ? fromUtf8(line.data) : '';
}
