/** What the page looks up in the run at the instant that is shown. Nothing is changed by it, and nothing traced. */

import type { Session } from '#host/conductor/session.ts';
import { answerQuery } from '#host/data/answer-query.ts';
import { readLogWindow } from '#host/log-window.ts';
import type { Lookups } from '#view/conductor.ts';

export function lookups(session: Session): Lookups {
  return {
    log: (query) => session.ask(() => readLogWindow(session.shown, query)),
    history: (query) => session.ask(() => session.travel.historyOf(session.run, query)),
    data: (query) =>
      session.ask(() => {
        const run = session.shown;
        if (run === undefined) throw new Error('there is no run yet');
        return answerQuery(run, query);
      }),
  };
}
