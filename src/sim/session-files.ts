/** What a shell over the world does with files: looks at once, changes by world commands, asks members about their data directories. */

import { base64 } from '#kernel/base64.ts';
import { fileFailure, type FileAnswer, type PlainFileRequest } from '#ctl/file-request.ts';
import type { Task } from '#ctl/shell/task.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { DiskAnswer } from '#etcd/inspection.ts';
import { equalBytes, fromUtf8, utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import type { JobWait } from '#sim/job-wait.ts';
import { memberPath } from '#sim/member-files.ts';
import { listWithin, memberFoldersIn } from '#sim/member-listing.ts';
import { isRunning } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

/** Changes and looks; paths are absolute. @param disks what members said of their disks last, kept for those that stopped since */
export function* sessionFile(world: World, request: PlainFileRequest, disks: Map<string, Plain>): Task<FileAnswer, JobWait> {
  const { core } = world;
  const place = memberPath(core, request.path);
  if (request.type === 'read' || request.type === 'list') {
    if (place === undefined) return withMembers(world, request, core.files.do(request));
    const disk = yield* diskOf(world, place.seat.name, disks);
    const listed = listWithin(place.within, disk);
    if (request.type === 'list' || listed.type === 'error') return listed;
    return fileFailure(listed.type === 'names' && listed.folder ? 'EISDIR' : 'EROFS');
  }
  const isWhole = place !== undefined && request.type === 'remove' && request.recursive && !isRunning(place.seat);
  if ((place !== undefined && !isWhole) || (request.type === 'rename' && memberPath(core, request.to) !== undefined))
    return fileFailure('EROFS');
  const refusal = isWhole ? undefined : core.files.wouldRefuse(request);
  if (refusal !== undefined) return refusal;
  const result = world.submit(commandOf(request));
  if (result.type === 'error') return { type: 'error', code: 'EINVAL', message: result.message };
  yield { type: 'host', wait: { type: 'applied' } };
  return { type: 'done' };
}

function withMembers(world: World, request: PlainFileRequest, answer: FileAnswer): FileAnswer {
  if (request.type !== 'list' || answer.type !== 'names' || !answer.folder) return answer;
  const more = memberFoldersIn(world.core, request.path);
  return more.length === 0 ? answer : { ...answer, entries: [...answer.entries, ...more].toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

function* diskOf(world: World, name: string, disks: Map<string, Plain>): Task<DiskAnswer | undefined, JobWait> {
  const seat = world.core.seats.find((s) => s.name === name);
  if (seat !== undefined && (seat.life === 'up' || seat.life === 'frozen')) {
    const answer = yield { type: 'host', wait: { type: 'ask', question: { actor: seat.actor, inspection: { type: 'disk' } } } };
    if (answer !== undefined) disks.set(name, answer);
  }
  return disks.get(name) as DiskAnswer | undefined; // what a member answers to `disk`
}

type Change = Exclude<PlainFileRequest, { readonly type: 'read' | 'list' }>;

function commandOf(request: Change): Extract<WorldCommand, { readonly type: 'file' }> {
  const base = { type: 'file', path: request.path, text: '', base64: false } as const;
  switch (request.type) {
    case 'write': {
      const text = fromUtf8(request.data);
      const action = request.append ? 'append' : 'write';
      return equalBytes(utf8(text), request.data)
        ? { ...base, action, text }
        : { ...base, action, text: base64(request.data), base64: true };
    }
    case 'remove':
      return { ...base, action: 'remove' };
    case 'mkdir':
      return { ...base, action: 'mkdir' };
    case 'rename':
      return { ...base, action: 'rename', text: request.to };
  }
}
