/**
 * The files of the world's one machine: what shells, etcdctl and curl read and write. The members' data directories are not in here; they are the
 * members' disks (member-files.ts). Changed only by world commands and by programs, so that a run gives the same files again.
 */

import { fileFailure, HOME, type FileAnswer, type FileFailure, type FolderEntry, type PlainFileRequest } from '#ctl/file-request.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';

/** All files together. */
export const DISK_BYTES_MAX = 16 * 1024 * 1024;
/** Files and folders together. */
export const FILES_MAX = 1000;
const PATH_LENGTH_MAX = 1024;

export type FilesState = readonly (readonly [string, Bytes | null])[];

/** Folders that are there from the start. */
const FIRST_FOLDERS = ['/', '/home', HOME, '/tmp'];

interface File {
  buffer: Uint8Array;
  length: number;
}

const byName = (a: FolderEntry, b: FolderEntry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
const isWithin = (path: string, folder: string): boolean => path.startsWith(folder === '/' ? '/' : `${folder}/`);

/** Mutable; owned by the world. Paths are absolute and resolved (`resolvePath`). */
export class Files {
  /** Folders have no content. */
  readonly #nodes = new Map<string, File | undefined>(FIRST_FOLDERS.map((path) => [path, undefined]));
  #bytes = 0;

  /** Does a request, or says why it cannot be done; then nothing has changed. */
  do(request: PlainFileRequest): FileAnswer {
    switch (request.type) {
      case 'read':
        return this.#read(request.path);
      case 'write':
        return this.#write(request.path, request.data, request.append);
      case 'remove':
        return this.#remove(request.path, request.recursive);
      case 'mkdir':
        return this.#mkdir(request.path, request.parents);
      case 'rename':
        return this.#rename(request.path, request.to);
      case 'list':
        return this.#list(request.path);
    }
  }

  /** Why a change would be refused, without doing it. */
  wouldRefuse(request: PlainFileRequest): FileFailure | undefined {
    switch (request.type) {
      case 'read':
      case 'list':
        return undefined;
      case 'write':
        return this.#refuseWrite(request.path, request.data.length, request.append);
      case 'remove':
        return this.#refuseRemove(request.path, request.recursive);
      case 'mkdir':
        return this.#refuseMkdir(request.path, request.parents);
      case 'rename':
        return this.#refuseRename(request.path, request.to);
    }
  }

  #has(path: string): 'file' | 'folder' | undefined {
    if (!this.#nodes.has(path)) return undefined;
    return this.#nodes.get(path) === undefined ? 'folder' : 'file';
  }

  /** Why nothing can be made at a path. */
  #refusal(path: string): FileFailure | undefined {
    if (path.length > PATH_LENGTH_MAX) return fileFailure('ENAMETOOLONG');
    for (let above = parentOf(path); ; above = parentOf(above)) {
      const what = this.#has(above);
      if (what === 'file') return fileFailure('ENOTDIR');
      if (what === 'folder') return above === parentOf(path) ? undefined : fileFailure('ENOENT');
    }
  }

  #read(path: string): FileAnswer {
    const file = this.#nodes.get(path);
    if (file !== undefined) return { type: 'data', data: file.buffer.slice(0, file.length) };
    return this.#has(path) === 'folder' ? fileFailure('EISDIR') : (this.#refusal(path) ?? fileFailure('ENOENT'));
  }

  #refuseWrite(path: string, bytes: number, append: boolean): FileFailure | undefined {
    const what = this.#has(path);
    if (what === 'folder') return fileFailure('EISDIR');
    const refusal = what === undefined ? this.#refusal(path) : undefined;
    if (refusal !== undefined) return refusal;
    if (what === undefined && this.#nodes.size >= FILES_MAX) return fileFailure('ENOSPC');
    const gone = append ? 0 : (this.#nodes.get(path)?.length ?? 0);
    return this.#bytes - gone + bytes > DISK_BYTES_MAX ? fileFailure('ENOSPC') : undefined;
  }

  #write(path: string, data: Bytes, append: boolean): FileAnswer {
    const refusal = this.#refuseWrite(path, data.length, append);
    if (refusal !== undefined) return refusal;
    const old = this.#nodes.get(path);
    const before = old?.length ?? 0;
    const kept = append ? before : 0;
    const file = old ?? { buffer: EMPTY_BYTES, length: 0 };
    if (kept + data.length > file.buffer.length) {
      const buffer = new Uint8Array(append ? Math.max(kept + data.length, 2 * file.buffer.length) : data.length);
      buffer.set(file.buffer.subarray(0, kept));
      file.buffer = buffer;
    }
    file.buffer.set(data, kept);
    file.length = kept + data.length;
    this.#bytes += file.length - before;
    this.#nodes.set(path, file);
    return { type: 'done' };
  }

  #inside(path: string): readonly string[] {
    return this.#has(path) === 'folder' ? [...this.#nodes.keys()].filter((other) => isWithin(other, path)) : [];
  }

  #refuseRemove(path: string, recursive: boolean): FileFailure | undefined {
    if (this.#has(path) === undefined) return this.#refusal(path) ?? fileFailure('ENOENT');
    if (FIRST_FOLDERS.includes(path)) return fileFailure('EROFS');
    return !recursive && this.#inside(path).length > 0 ? fileFailure('ENOTEMPTY') : undefined;
  }

  #remove(path: string, recursive: boolean): FileAnswer {
    const refusal = this.#refuseRemove(path, recursive);
    if (refusal !== undefined) return refusal;
    for (const gone of [path, ...this.#inside(path)]) {
      this.#bytes -= this.#nodes.get(gone)?.length ?? 0;
      this.#nodes.delete(gone);
    }
    return { type: 'done' };
  }

  /** Folders that are missing on the way to a path, the topmost first. */
  #missing(path: string): readonly string[] {
    const made: string[] = [];
    for (let at = path; this.#has(at) === undefined; at = parentOf(at)) made.unshift(at);
    return made;
  }

  #refuseMkdir(path: string, parents: boolean): FileFailure | undefined {
    const what = this.#has(path);
    if (what === 'file' || (what === 'folder' && !parents)) return fileFailure('EEXIST');
    if (path.length > PATH_LENGTH_MAX) return fileFailure('ENAMETOOLONG');
    const made = this.#missing(path);
    if (this.#has(parentOf(made[0] ?? path)) === 'file') return fileFailure('ENOTDIR');
    if (made.length > 1 && !parents) return fileFailure('ENOENT');
    return this.#nodes.size + made.length > FILES_MAX ? fileFailure('ENOSPC') : undefined;
  }

  #mkdir(path: string, parents: boolean): FileAnswer {
    const refusal = this.#refuseMkdir(path, parents);
    if (refusal !== undefined) return refusal;
    for (const folder of this.#missing(path)) this.#nodes.set(folder, undefined);
    return { type: 'done' };
  }

  #refuseRename(path: string, to: string): FileFailure | undefined {
    const what = this.#has(path);
    if (what === undefined) return this.#refusal(path) ?? fileFailure('ENOENT');
    if (path === to) return undefined;
    if (FIRST_FOLDERS.includes(path)) return fileFailure('EROFS');
    const target = this.#has(to);
    if (target === 'folder') return fileFailure('EISDIR');
    if (target === 'file' && what === 'folder') return fileFailure('ENOTDIR');
    if (isWithin(to, path)) return fileFailure('EINVAL');
    return this.#refusal(to);
  }

  #rename(path: string, to: string): FileAnswer {
    const refusal = this.#refuseRename(path, to);
    if (refusal !== undefined || path === to) return refusal ?? { type: 'done' };
    this.#bytes -= this.#nodes.get(to)?.length ?? 0;
    for (const [old, file] of Array.from(this.#nodes))
      if (old === path || isWithin(old, path)) {
        this.#nodes.delete(old);
        this.#nodes.set(to + old.slice(path.length), file);
      }
    return { type: 'done' };
  }

  #list(path: string): FileAnswer {
    const what = this.#has(path);
    if (what === undefined) return this.#refusal(path) ?? fileFailure('ENOENT');
    const entry = (full: string): FolderEntry => {
      const file = this.#nodes.get(full);
      return { name: full.slice(full.lastIndexOf('/') + 1), folder: file === undefined, bytes: file?.length ?? 0 };
    };
    if (what === 'file') return { type: 'names', folder: false, entries: [entry(path)] };
    const inside = [...this.#nodes.keys()].filter((other) => other !== '/' && parentOf(other) === path);
    return { type: 'names', folder: true, entries: inside.map(entry).toSorted(byName) };
  }

  /** Everything, by path. */
  save(): FilesState {
    return [...this.#nodes].map(([path, file]) => [path, file === undefined ? null : file.buffer.slice(0, file.length)]);
  }

  restore(state: FilesState): void {
    this.#nodes.clear();
    this.#bytes = 0;
    for (const [path, data] of state) {
      this.#nodes.set(path, data === null ? undefined : { buffer: data.slice(), length: data.length });
      this.#bytes += data?.length ?? 0;
    }
  }
}
