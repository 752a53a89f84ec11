/** A stretch of the members' logs, for a page that looks further back than the newest cells of a frame. Asking changes nothing and is not traced. */

import type { LiveRun } from '#host/live-run.ts';
import { EMPTY_DETAIL } from '#host/member-detail.ts';
import type { LogAnswer } from '#etcd/inspection.ts';
import type { LogQuery, LogWindow } from '#view/conductor.ts';
import type { LogCell } from '#view/frame.ts';

/** Indexes in one answer. */
const WINDOW_MAX = 400;

/** @param run undefined: nothing is known */
export async function readLogWindow(run: LiveRun | undefined, query: LogQuery): Promise<LogWindow> {
  const from = Math.max(1, Math.floor(query.from));
  const to = Math.min(Math.floor(query.to), from + WINDOW_MAX - 1);
  if (run === undefined) return { from, to, members: [] };
  const members = await Promise.all(
    run.world.core.seats.map(async ({ actor, name, status }) => {
      // A member that does not run answers nothing: what it was asked before it ended is still known.
      const answer = await run.ask(actor, { type: 'log', from, to });
      // The answer's type is the member's own (inspection.ts); both ends are the same build.
      const asked = answer === undefined ? undefined : (answer as unknown as LogAnswer).cells;
      const known = asked ?? (run.details.get(actor) ?? EMPTY_DETAIL).cells.filter(({ index }) => index >= from && index <= to);
      const cells = known.map((cell): LogCell => ({
        ...cell,
        committed: cell.index <= (status?.commit ?? 0),
        applied: cell.index <= (status?.applied ?? 0),
      }));
      return { name, cells };
    }),
  );
  return { from, to, members };
}
