/** Asking for something to be done with the machine's files. */

import type { FileAnswer, FileRequest } from '#ctl/file-request.ts';
import { Exit, fail, type Answer, type Ask } from '#ctl/etcdctl/script.ts';

/** Does something with a file and waits for how it went. */
export function* file(request: FileRequest): Generator<Ask, FileAnswer, Answer> {
  const answer = yield { type: 'file', request };
  return answer.type === 'file' ? answer.answer : fail(Exit.Error, `internal: ${answer.type} instead of the answer about a file`);
}
