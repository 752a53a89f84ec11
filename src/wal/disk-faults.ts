/** What can be wrong with a disk until it is mended, and what can be done to what lies on it. Plain data. */

export interface DiskFaults {
  /** No write finds space (ENOSPC). Deleting and cutting files still works. */
  readonly full: boolean;
  /** A flush fails when there is something to flush (EIO). */
  readonly failFsync: boolean;
}

export const NO_DISK_FAULTS: DiskFaults = { full: false, failFsync: false };

/** Where a bit of a file is flipped: at a byte of the file (its last one, if it is shorter), or in what a number draws. */
export type FlipPlace = { readonly type: 'offset'; readonly offset: number } | { readonly type: 'drawn'; readonly draw: number };

/**
 * Something done to a disk. `folder`: of the data directory, as in a member's configuration. `file`: one in it, or `wal` or `snap` for the newest segment or
 * snapshot; where there is none of that name, nothing happens.
 */
export type DiskDamage =
  | { readonly type: 'faults'; readonly faults: DiskFaults }
  | { readonly type: 'flip'; readonly folder: string; readonly file: string; readonly place: FlipPlace };
