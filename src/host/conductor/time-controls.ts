/** Time passes, stands still, goes a step or back. */

import type { Session } from '#host/conductor/session.ts';
import type { LiveRun } from '#host/live-run.ts';
import { playStep } from '#host/playback.ts';
import type { TimeControls } from '#view/conductor.ts';

export function timeControls(session: Session): TimeControls {
  const { travel } = session;

  /** Looks at another instant; time stands still for it. */
  const look = (at: (run: LiveRun, wish: number) => Promise<void>): Promise<void> => {
    const wish = travel.wish();
    return session.turn(async () => {
      const { run } = session;
      if (run === undefined || session.hasFailed) return;
      const before = travel.looking;
      if (session.isPlaying) {
        session.halt(run);
        run.keepPresent();
      }
      await at(run, wish);
      if (before !== undefined || travel.looking !== undefined) session.face.showAnew();
    });
  };

  return {
    play: () => session.withRun((run) => session.resume(run)),
    pause: () =>
      session.turn(() => {
        const { run } = session;
        if (run === undefined || travel.looking !== undefined) return;
        session.halt(run);
        run.keepPresent();
      }),
    step: (size) =>
      session.withRun(async (run) => {
        session.halt(run);
        await playStep(run, size, session.stops);
        run.keepPresent();
      }),
    seek: (at) => look((run, wish) => travel.look(run, at, wish)),
    stepBack: (size) => look((run, wish) => travel.lookBack(run, size, wish)),
    setPace: (pace) =>
      session.turn(() => {
        session.playback.pace = pace;
      }),
    setVisible: (visible) =>
      session.turn(() => {
        session.visible = visible;
      }),
  };
}
