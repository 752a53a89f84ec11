/** What completion may know of a run: asked when Tab is pressed, and not traced. */

import { resolvePath } from '#ctl/file-request.ts';
import type { CompletionFacts } from '#host/completion.ts';
import type { LiveRun } from '#host/live-run.ts';
import { readRange } from '#host/data/read-keys.ts';
import { utf8 } from '#kernel/bytes.ts';
import { showBytes } from '#view/byte-text.ts';
import { prefixEnd } from '#view/data.ts';

/** Keys that are offered. */
const KEYS_MAX = 500;

/** @param terminal whose folder relative paths mean */
export function completionFacts(run: LiveRun, terminal: string): CompletionFacts {
  const { core } = run.world;
  const alive = core.seats.find((seat) => seat.life === 'up');
  return {
    programs: Object.keys(core.programs).filter((name) => /^[a-z]/.test(name)),
    members: core.seats.map((seat) => seat.name),
    endpoints: core.seats.flatMap((seat) => seat.config.clientUrls.map((url) => url.replace(/^https?:\/\//, ''))),
    profile: run.world.options.profile,
    keys: async (prefix) => (alive === undefined ? [] : keysOf(run, alive.name, prefix)),
    files: (folder) => {
      const listed = core.files.do({ type: 'list', path: resolvePath(folder, run.terminals.folderOf(terminal)) });
      return listed.type === 'names' && listed.folder ? listed.entries.map((entry) => (entry.folder ? `${entry.name}/` : entry.name)) : [];
    },
  };
}

async function keysOf(run: LiveRun, member: string, prefix: string): Promise<readonly string[]> {
  const key = prefix === '' ? Uint8Array.of(0) : utf8(prefix);
  const rangeEnd = prefixEnd(utf8(prefix));
  const { keys } = await readRange(run, { type: 'range', member, key, rangeEnd, revision: 0, limit: KEYS_MAX });
  return keys.map((stored) => showBytes(stored.key));
}
