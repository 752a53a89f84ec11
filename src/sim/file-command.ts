/** The world command `file`: what a shell's redirections, `rm` and `mkdir` do to the machine's files. */

import { fromBase64 } from '#kernel/base64.ts';
import type { PlainFileRequest } from '#ctl/file-request.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { EventId } from '#kernel/brand.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { doRequest } from '#sim/process-files.ts';
import { nowOf, type WorldCore } from '#sim/world-core.ts';

type FileCommand = Extract<WorldCommand, { readonly type: 'file' }>;

type Plan = { readonly type: 'ok'; readonly value: (cause: EventId) => void } | { readonly type: 'error'; readonly message: string };

/** Whether it succeeds is known only when it is applied: who gives the command looks then. */
export function planFile(core: WorldCore, command: FileCommand): Plan {
  const request = requestOf(command);
  if (typeof request === 'string') return { type: 'error', message: request };
  return {
    type: 'ok',
    value: (cause) => {
      const answer = doRequest(core, request);
      if (answer.type === 'error') core.listener.refused?.(nowOf(core), `${command.path}: ${answer.message}`);
      else
        core.events.emit('file-changed', nowOf(core), cause, {
          process: '',
          what: command.action,
          path: command.path,
          bytes: request.type === 'write' ? request.data.length : 0,
        });
    },
  };
}

/** A text says what is wrong. */
function requestOf({ action, path, text, base64 }: FileCommand): PlainFileRequest | string {
  switch (action) {
    case 'write':
    case 'append': {
      const data = dataOf(text, base64);
      return data === undefined ? `${path}: no base64` : { type: 'write', path, data, append: action === 'append' };
    }
    case 'remove':
      return { type: 'remove', path, recursive: true };
    case 'mkdir':
      return { type: 'mkdir', path, parents: true };
    case 'rename':
      return { type: 'rename', path, to: text };
  }
}

function dataOf(text: string, base64: boolean): Bytes | undefined {
  if (!base64) return utf8(text);
  const decoded = fromBase64(text);
  return decoded.type === 'ok' ? decoded.bytes : undefined;
}
