/** Folders of the origin private file system, and slots in them. */

import type { OpenSlot, SyncHandle } from '#host/slot-files.ts';

const RETRY_MILLIS = 25;
/** A worker that was terminated may hold its files for up to 2 s; a little more is waited. */
const RETRY_LIMIT_MILLIS = 2500;

const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** The folder at a path from the root, made if needed. @throws DOMException where the browser refuses */
export async function openFolder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}

/** Slots `slot-0`, `slot-1`, … of a folder, and how many there are. A slot that is still held elsewhere is tried again for a while. */
export async function openSlots(folder: FileSystemDirectoryHandle): Promise<{ readonly open: OpenSlot; readonly existing: number }> {
  let existing = 0;
  for await (const name of folder.keys())
    if (name.startsWith('slot-')) existing = Math.max(existing, Number(name.slice('slot-'.length)) + 1);
  return {
    existing,
    open: async (slot) => {
      const file = await folder.getFileHandle(`slot-${slot}`, { create: true });
      return openHandle(file);
    },
  };
}

async function openHandle(file: FileSystemFileHandle): Promise<SyncHandle> {
  for (let waited = 0; ; waited += RETRY_MILLIS) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isHeld || waited >= RETRY_LIMIT_MILLIS) throw error;
      await sleep(RETRY_MILLIS);
    }
  }
}

/** Removes a folder below the root with all that is in it; nothing happens if there is none. Files still held are tried again for a while. */
export async function removeFolder(path: readonly string[]): Promise<void> {
  const parents = path.slice(0, -1);
  const [name = ''] = path.slice(-1);
  const parent = await openFolder(parents);
  for (let waited = 0; ; waited += RETRY_MILLIS) {
    try {
      await parent.removeEntry(name, { recursive: true });
      return;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return;
      if (waited >= RETRY_LIMIT_MILLIS) throw error;
      await sleep(RETRY_MILLIS);
    }
  }
}
