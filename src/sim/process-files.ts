/** What programs do with the machine's files. */

import { fileFailure, HOME, resolvePath, type FileAnswer, type PlainFileRequest } from '#ctl/file-request.ts';
import type { ProgramEffect } from '#ctl/program.ts';
import type { EventId } from '#kernel/brand.ts';
import type { ClientActor, Process } from '#sim/client-actor.ts';
import { restoreDirectory } from '#sim/restore-directory.ts';
import { folderOf, isMemberPath, MEMBER_FOLDER, memberPath } from '#sim/member-files.ts';
import { snapshotAnswer } from '#sim/snapshot-requests.ts';
import { isRunning, nowOf, type WorldCore } from '#sim/world-core.ts';

/** A request with absolute paths. */
export const absolute = (request: PlainFileRequest, cwd: string): PlainFileRequest =>
  request.type === 'rename'
    ? { ...request, path: resolvePath(request.path, cwd), to: resolvePath(request.to, cwd) }
    : { ...request, path: resolvePath(request.path, cwd) };

/** Does a request with absolute paths. Members' data directories are theirs alone. */
export function doRequest(core: WorldCore, request: PlainFileRequest): FileAnswer {
  if (request.type === 'remove' && request.recursive && removeDirectory(core, request.path)) return { type: 'done' };
  const changes = request.type !== 'read' && request.type !== 'list';
  if (changes && isMemberPath(core, request.path)) return fileFailure('EROFS');
  if (request.type === 'rename' && isMemberPath(core, request.to)) return fileFailure('EROFS');
  return core.files.do(request);
}

/** `rm -r` of the data directory of a member that does not run. @returns whether it was one */
function removeDirectory(core: WorldCore, path: string): boolean {
  const found = memberPath(core, path);
  if (found === undefined || (found.within !== '' && found.within !== MEMBER_FOLDER) || isRunning(found.seat)) return false;
  const { seat, directory } = found;
  seat.ops.push({ type: 'kill', disk: { type: 'keep' } }, { type: 'files', folder: folderOf(seat, directory), files: [] });
  seat.begun = seat.begun.filter((other) => other !== directory);
  return true;
}

/** Carries out a program's `file` effect and queues the answer. */
export function doFile(
  core: WorldCore,
  client: ClientActor,
  process: Process,
  effect: Extract<ProgramEffect, { readonly type: 'file' }>,
  cause: EventId,
): void {
  const cwd = process.env['PWD'] ?? HOME;
  if (effect.request.type === 'restore') {
    const restored = restoreDirectory(core, effect.request, cwd);
    if (restored.type === 'restored') {
      const fields = { process: process.name, what: 'restore', path: resolvePath(effect.request.dataDir, cwd), bytes: 0 };
      client.events.emit('file-changed', nowOf(core), cause, fields);
    }
    client.between.push({ process: process.name, event: { type: 'file', file: effect.file, answer: restored }, cause });
    return;
  }
  if (effect.request.type === 'snapshot-status') {
    const status = snapshotAnswer(core, resolvePath(effect.request.path, cwd));
    client.between.push({ process: process.name, event: { type: 'file', file: effect.file, answer: status }, cause });
    return;
  }
  const request = absolute(effect.request, cwd);
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
