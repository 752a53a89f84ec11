/** What the conductor needs of the browser, as a port: the worker layer makes the real one, tests one in memory. */

import type { MemberKind, MemberMachine } from '#sim/in-process-host.ts';
import type { After, WorkerPort } from '#host/node-client.ts';
import type { NodeStorage } from '#host/node-message.ts';
import type { SlotFiles } from '#host/slot-files.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

/** Where this tab may keep its cluster. */
export type Storage =
  /** The tab owns the stored cluster; `folder` holds a folder for each member. */
  | { readonly type: 'owned'; readonly files: SlotFiles; readonly folder: readonly string[] }
  /** Another tab owns it. */
  | { readonly type: 'second-tab' }
  /** The browser refuses; `detail` is its word. */
  | { readonly type: 'refused'; readonly detail: string };

export interface Environment {
  /** Wall µs from any start, never falling. */
  readonly now: () => number;
  readonly after: After;
  readonly spawn: () => WorkerPort;
  readonly programs: ProgramRegistry;
  /** Members in this thread, for replays. */
  readonly memberKind: MemberKind<MemberMachine, MemoryDisk>;
  /** Opens what is stored under a name. */
  readonly openStorage: (scope: string) => Promise<Storage>;
  /** Removes everything that the site stored in the browser, after all files were let go. */
  readonly deleteStored: (scope: string) => Promise<void>;
  /** A seed for a new cluster of which none was asked. */
  readonly newSeed: () => number;
}

/** The folder of a member. */
export const memberStorage = (storage: Storage, actor: number): NodeStorage =>
  storage.type === 'owned' ? { type: 'opfs', folder: [...storage.folder, `member-${actor}`] } : { type: 'memory' };
