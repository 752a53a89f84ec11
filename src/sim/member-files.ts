/** Where the members' disks appear among the machine's files: `/home/you/etcd-1.etcd/member/wal/…`, as etcd lays out its data directory. Read-only. */

import { HOME } from '#ctl/file-request.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { WorldCore } from '#sim/world-core.ts';

/** A member's data directory. etcd's default is `NAME.etcd` where it was started. */
export const dataFolder = (seat: Seat): string => `${HOME}/${seat.name}.etcd`;

/** The member whose data directory a path lies in, and the path within it (`''` for the directory itself). */
export function memberPath(core: WorldCore, path: string): { readonly seat: Seat; readonly within: string } | undefined {
  for (const seat of core.seats) {
    const folder = dataFolder(seat);
    if (path === folder) return { seat, within: '' };
    if (path.startsWith(`${folder}/`)) return { seat, within: path.slice(folder.length + 1) };
  }
  return undefined;
}

export const isMemberPath = (core: WorldCore, path: string): boolean => memberPath(core, path) !== undefined;
