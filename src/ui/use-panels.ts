/** Which panels are open. The log opens with the first write; on a narrow page one panel is open at a time beside the log. */

import { useActions, useView } from '#ui/playground-context.ts';
import { NARROW } from '#ui/use-media.ts';

export type Panel = 'log' | 'details' | 'terminal';

export interface Panels {
  readonly open: (panel: Panel) => boolean;
  readonly toggle: (panel: Panel) => void;
}

/** What was just opened is seen, where the page is too low or too narrow for all of it. */
function bringIntoView(panel: Panel, narrow: boolean): void {
  const opened = document.querySelector(panel === 'log' ? '.log-card' : '.side');
  if (panel === 'log' || narrow) opened?.scrollIntoView({ block: panel === 'log' ? 'nearest' : 'start' });
}

export function usePanels(): Panels {
  const { prefer } = useActions();
  const written = useView((state) => state.preferences.seen.includes('put'));
  const preferred = useView((state) => state.preferences.log);
  const log = preferred ?? written;
  const rail = useView((state) => state.preferences.rail);
  const terminal = useView((state) => state.preferences.terminal);
  const isOpen = { log, details: rail, terminal };
  return {
    open: (panel) => isOpen[panel],
    toggle: (panel) => {
      const narrow = window.matchMedia(NARROW).matches;
      if (!isOpen[panel]) requestAnimationFrame(() => bringIntoView(panel, narrow));
      if (panel === 'log') prefer({ log: !log });
      else if (panel === 'details') prefer({ rail: !rail, ...(narrow && !rail ? { terminal: false } : {}) });
      else prefer({ terminal: !terminal, ...(narrow && !terminal ? { rail: false } : {}) });
    },
  };
}
