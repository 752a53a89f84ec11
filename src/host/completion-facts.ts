/** What completion may know of a run: asked when Tab is pressed, and not traced. */

import { resolvePath } from '#ctl/file-request.ts';
import type { CompletionFacts } from '#host/completion.ts';
import type { LiveRun } from '#host/live-run.ts';
import { readKeys } from '#host/read-keys.ts';

/** @param terminal whose folder relative paths mean */
export function completionFacts(run: LiveRun, terminal: string): CompletionFacts {
  const { core } = run.world;
  const alive = core.seats.find((seat) => seat.life === 'up');
  return {
    programs: Object.keys(core.programs).filter((name) => /^[a-z]/.test(name)),
    members: core.seats.map((seat) => seat.name),
    endpoints: core.seats.flatMap((seat) => seat.config.clientUrls.map((url) => url.replace(/^https?:\/\//, ''))),
    profile: run.world.options.profile,
    keys: async (prefix) => (alive === undefined ? [] : (await readKeys(run, alive.name, prefix, 0)).keys.map(({ key }) => key)),
    files: (folder) => {
      const listed = core.files.do({ type: 'list', path: resolvePath(folder, run.terminals.folderOf(terminal)) });
      return listed.type === 'names' && listed.folder ? listed.entries.map((entry) => (entry.folder ? `${entry.name}/` : entry.name)) : [];
    },
  };
}
