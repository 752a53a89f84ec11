/** What is typed. */

import { cleanPaste } from '#ctl/paste.ts';
import { completeLine } from '#host/completion.ts';
import { completionFacts } from '#host/completion-facts.ts';
import type { Session } from '#host/conductor/session.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { TerminalControls } from '#view/conductor.ts';

/** Commands that one line may add while time is paused. */
const PAUSED_COMMANDS_MAX = 50;

export function terminalControls(session: Session): TerminalControls {
  /** Commands were submitted: stores them and, while time is paused, plays the instants that apply them. */
  const settle = async (run: LiveRun): Promise<void> => {
    for (let n = 0; n < PAUSED_COMMANDS_MAX && run.keepCommands() > 0 && !session.isPlaying; n++) {
      if (await run.playInstant()) await session.stops(run);
    }
  };

  return {
    execute: (terminal, line) =>
      session.withRun(async (run) => {
        run.catchUp();
        await run.terminals.execute(terminal, line);
        await settle(run);
        if (!session.isPlaying && run === session.run) run.terminals.sayNeedsTime();
      }),
    input: (terminal, text, end) =>
      session.withRun(async (run) => {
        run.catchUp();
        await run.terminals.input(terminal, text, end);
        await settle(run);
      }),
    interrupt: (terminal) =>
      session.withRun(async (run) => {
        run.catchUp();
        run.terminals.interrupt(terminal);
        await settle(run);
      }),
    complete: (terminal, line, cursor) =>
      session.ask(() => {
        const run = session.shown;
        return run === undefined ? { from: cursor, words: [] } : completeLine(line, cursor, completionFacts(run, terminal));
      }),
    /** One piece: the shell reads several lines as what they are. */
    cleanPaste: async (text) => {
      const clean = cleanPaste(text);
      return clean === '' ? [] : [clean];
    },
  };
}
