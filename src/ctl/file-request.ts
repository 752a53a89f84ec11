/** Files as programs ask for them: requests, answers and the texts of errors. Paths are absolute, or relative to the process's `PWD`. */

import type { RestoreAnswer, RestoreRequest } from '#ctl/restore-request.ts';
import type { Bytes } from '#kernel/bytes.ts';

/** Where a terminal's shell and a scenario begin, and where members keep their data directories. */
export const HOME = '/home/you';

/** What is done to the files themselves. */
export type PlainFileRequest =
  | { readonly type: 'read'; readonly path: string }
  /** `append` adds to what is there; either way the file is made if needed, its folder is not. */
  | { readonly type: 'write'; readonly path: string; readonly data: Bytes; readonly append: boolean }
  /** A file, or an empty folder; `recursive` a folder with all that is in it. */
  | { readonly type: 'remove'; readonly path: string; readonly recursive: boolean }
  /** `parents`: makes the folders above it too, and has nothing against one that is there. */
  | { readonly type: 'mkdir'; readonly path: string; readonly parents: boolean }
  | { readonly type: 'rename'; readonly path: string; readonly to: string }
  /** A folder's names, or the file itself. */
  | { readonly type: 'list'; readonly path: string };

/** What a snapshot of etcd's backend holds, which only the engine can read. */
export interface SnapshotStatusRequest {
  readonly type: 'snapshot-status';
  readonly path: string;
}

/** Also what makes files of files, a data directory out of a snapshot, and what looks into one. */
export type FileRequest = PlainFileRequest | SnapshotStatusRequest | RestoreRequest;

export type FileErrorCode = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EEXIST' | 'ENOTEMPTY' | 'ENOSPC' | 'EROFS' | 'ENAMETOOLONG' | 'EINVAL';

/** One name in a folder. `bytes` is 0 for a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly folder: boolean;
  readonly bytes: number;
}

export interface FileFailure {
  readonly type: 'error';
  readonly code: FileErrorCode;
  /** The operating system's words for it, such as `no such file or directory`, in lower case as Go prints them. */
  readonly message: string;
}

/** What is in a snapshot. */
export interface SnapshotAnswer {
  readonly type: 'snapshot';
  /** CRC-32C over everything in it. */
  readonly hash: number;
  readonly revision: number;
  /** Pairs in all buckets. */
  readonly keys: number;
  readonly bytes: number;
}

export type FileAnswer =
  | { readonly type: 'data'; readonly data: Bytes }
  /** Sorted by name. `folder`: whether the path itself is a folder. */
  | { readonly type: 'names'; readonly folder: boolean; readonly entries: readonly FolderEntry[] }
  | { readonly type: 'done' }
  | RestoreAnswer
  | SnapshotAnswer
  | FileFailure;

const TEXTS: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EEXIST: 'file exists',
  ENOTEMPTY: 'directory not empty',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  ENAMETOOLONG: 'file name too long',
  EINVAL: 'invalid argument',
};

export const fileFailure = (code: FileErrorCode): FileFailure => ({ type: 'error', code, message: TEXTS[code] });

/** An absolute path without `.`, `..` and doubled slashes; `~` is {@link HOME}. */
export function resolvePath(path: string, cwd: string = HOME): string {
  const full = path === '~' || path.startsWith('~/') ? HOME + path.slice(1) : path.startsWith('/') ? path : `${cwd}/${path}`;
  const parts: string[] = [];
  for (const part of full.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
