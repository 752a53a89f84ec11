/** What a waiting command is given, once it is there. */

import { EMPTY_BYTES } from '#kernel/bytes.ts';
import type { RunnerState } from '#ctl/etcdctl/run-state.ts';
import type { Answer, Ask } from '#ctl/etcdctl/script.ts';

/** Takes the answer to an ask out of the state; undefined if it is not there yet. */
export function takeAnswer(s: RunnerState, ask: Ask): Answer | undefined {
  switch (ask.type) {
    case 'call': {
      const [answer] = s.gathered;
      if (answer !== undefined) s.gathered = [];
      return answer;
    }
    case 'calls': {
      if (s.gathered.length < ask.endpoints.length) return undefined;
      const answers = s.gathered;
      s.gathered = [];
      return { type: 'calls', answers };
    }
    case 'input': {
      if (!s.inputEnded) return undefined;
      const data = s.input;
      s.input = EMPTY_BYTES;
      return { type: 'input', data };
    }
    case 'line':
      return takeLine(s);
    case 'file': {
      const answer = s.fileAnswer;
      s.fileAnswer = undefined;
      return answer === undefined ? undefined : { type: 'file', answer };
    }
    case 'child': {
      const at = s.pending.findIndex((a) => a.type === 'child' && a.child === ask.child);
      const answer = s.pending[at];
      if (answer !== undefined) s.pending = s.pending.toSpliced(at, 1);
      return answer;
    }
    case 'next': {
      const [answer, ...rest] = s.pending;
      if (answer !== undefined) {
        s.pending = rest;
        return answer;
      }
      return ask.lines ? takeLine(s) : undefined;
    }
  }
}

/** A whole line, or what is left when the input has ended. */
function takeLine(s: RunnerState): Answer | undefined {
  const end = s.input.indexOf(10);
  if (end >= 0) {
    const data = s.input.slice(0, end);
    s.input = s.input.slice(end + 1);
    return { type: 'line', data, end: false };
  }
  if (!s.inputEnded) return undefined;
  const data = s.input;
  s.input = EMPTY_BYTES;
  return { type: 'line', data, end: true };
}
