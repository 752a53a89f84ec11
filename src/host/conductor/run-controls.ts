/** Which run there is, and how it is taken away and brought back. */

import type { Session } from '#host/conductor/session.ts';
import { readGivenRun, shareRun } from '#host/share.ts';
import { traceJson } from '#host/trace-json.ts';
import { optionsFromInput } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import type { RunControls } from '#view/conductor.ts';

export function runControls(session: Session): RunControls {
  const { environment, keeper } = session;

  const requireCommandsLead = (): void => {
    if (keeper.isFromDisks) throw new Error('it began from the disks of an earlier run, and its commands alone do not lead to it');
  };

  return {
    newRun: (options) => session.replace(() => keeper.begin(options)),
    resolveStorage: (choice) => session.replace(() => keeper.resolve(choice)),
    deleteStored: () => session.replace(() => keeper.deleteAll()),
    share: (view = {}) =>
      session.ask(() => {
        requireCommandsLead();
        const { run } = session;
        const spec = run?.world.spec() ?? newRunSpec(1, optionsFromInput({}).options);
        const head =
          run === undefined || run.played < 0
            ? undefined
            : { at: Math.max(run.played, Math.floor(run.playhead)), trace: run.world.traceHash().hash };
        return shareRun(spec, { head, view });
      }),
    /** Made outside the turns: a long run takes seconds to play again, and the present goes on meanwhile. */
    traceJson: async () => {
      const run = session.shown;
      if (run === undefined) return '';
      requireCommandsLead();
      return traceJson(environment, run.world.spec(), Math.floor(run.playhead));
    },
    openRun: async (text) => {
      const read = readGivenRun(text);
      if (read.type === 'error') return read;
      await session.replace(() => keeper.openGiven(read.run));
      return { type: 'ok' };
    },
    scenarioLink: async (id) => {
      const { scenarioFragment } = await import('#host/scenarios.ts');
      return scenarioFragment(id, environment);
    },
  };
}
