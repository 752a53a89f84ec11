/** The breakpoints, as the page sets them; `play break` does the same from a terminal. */

import type { Session } from '#host/conductor/session.ts';
import type { BreakpointAnswer } from '#view/breakpoint.ts';
import type { BreakpointControls } from '#view/conductor.ts';

export function breakpointControls(session: Session): BreakpointControls {
  const { breakpoints } = session;
  return {
    breakpoints: () => session.ask(() => breakpoints.list()),
    addBreakpoint: async (condition) => {
      let answer: BreakpointAnswer = { type: 'error', message: 'the engine failed', column: 0 };
      await session.turn(async () => {
        answer = await breakpoints.add(condition);
      });
      return answer;
    },
    removeBreakpoint: (id) => session.turn(() => void breakpoints.remove(id)),
    enableBreakpoint: (id, enabled) => session.turn(async () => void (await breakpoints.enable(id, enabled))),
  };
}
