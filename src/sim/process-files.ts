/** What programs do with the machine's files. */

import { fileFailure, HOME, resolvePath, type FileAnswer, type FileRequest } from '#ctl/file-request.ts';
import type { ProgramEffect } from '#ctl/program.ts';
import type { EventId } from '#kernel/brand.ts';
import type { ClientActor, Process } from '#sim/client-actor.ts';
import { isMemberPath } from '#sim/member-files.ts';
import { nowOf, type WorldCore } from '#sim/world-core.ts';

/** A request with absolute paths. */
export const absolute = (request: FileRequest, cwd: string): FileRequest =>
  request.type === 'rename'
    ? { ...request, path: resolvePath(request.path, cwd), to: resolvePath(request.to, cwd) }
    : { ...request, path: resolvePath(request.path, cwd) };

/** Does a request with absolute paths. Members' data directories are theirs alone. */
export function doRequest(core: WorldCore, request: FileRequest): FileAnswer {
  const changes = request.type !== 'read' && request.type !== 'list';
  if (changes && isMemberPath(core, request.path)) return fileFailure('EROFS');
  if (request.type === 'rename' && isMemberPath(core, request.to)) return fileFailure('EROFS');
  return core.files.do(request);
}

/** Carries out a program's `file` effect and queues the answer. */
export function doFile(
  core: WorldCore,
  client: ClientActor,
  process: Process,
  effect: Extract<ProgramEffect, { readonly type: 'file' }>,
  cause: EventId,
): void {
  const request = absolute(effect.request, process.env['PWD'] ?? HOME);
  const answer = doRequest(core, request);
  if (answer.type === 'done')
    client.events.emit('file-changed', nowOf(core), cause, {
      process: process.name,
      what: request.type === 'write' && request.append ? 'append' : request.type,
      path: request.path,
      bytes: request.type === 'write' ? request.data.length : 0,
    });
  client.between.push({ process: process.name, event: { type: 'file', file: effect.file, answer }, cause });
}
