/** Branches of the run, and its bookmarks. */

import { worldCommandLine } from '#ctl/world-command-line.ts';
import type { Session } from '#host/conductor/session.ts';
import type { BranchControls } from '#view/conductor.ts';

export function branchControls(session: Session): BranchControls {
  const { travel } = session;

  /** Changes the names of things, not the run. */
  const change = (act: () => void): Promise<void> =>
    session.turn(async () => {
      act();
      await session.keepBranches();
    });

  return {
    switchBranch: (id) =>
      session.withRun(async (run) => {
        const replica = await travel.headOfBranch(run, id);
        if (replica === undefined) return;
        session.halt(run);
        await session.moveTo(run, replica, (moved) => travel.switched(id, run, moved));
      }),
    renameBranch: (id, name) => change(() => travel.rename(id, name)),
    deleteBranch: (id) =>
      session.turn(async () => {
        if (travel.delete(id)) await session.keepBranches();
      }),
    compareBranches: (a, b) =>
      session.ask(async () => {
        const { run } = session;
        return run === undefined ? undefined : travel.compare(run, a, b);
      }),
    undo: () =>
      session.withRun(async (run) => {
        const undone = await travel.beforeLastCommand(run);
        if (undone === undefined) return;
        session.halt(run);
        let left = 0;
        await session.moveTo(run, undone.replica, (moved) => {
          left = travel.undone(run, moved, undone).id;
        });
        session.face.tell({ type: 'undone', left, line: worldCommandLine(undone.last.command) ?? '' });
      }),
    bookmark: (at, name) => change(() => travel.bookmark(at, name)),
    renameBookmark: (id, name) => change(() => travel.changeBookmark(id, name)),
    deleteBookmark: (id) => change(() => travel.changeBookmark(id, undefined)),
  };
}
