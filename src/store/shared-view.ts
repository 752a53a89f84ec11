/** How a page looks at a run, as a link carries it: written by one page, read by another, which trusts nothing of it. */

import { RAIL_TABS, type Preferences } from '#store/preferences.ts';
import type { PlaygroundState } from '#store/state.ts';
import type { ViewOptions } from '#view/shared-run.ts';

/** What a link says of how its run is to be looked at; what it does not say, or says wrongly, is undefined. */
export interface SharedLook {
  /** Virtual µs. */
  readonly at: number | undefined;
  readonly playing: boolean;
  readonly preferences: Partial<Preferences>;
}

/** @param playing whether time runs once the instant is reached */
export function viewOf(state: PlaygroundState, playing: boolean): ViewOptions {
  const { preferences, frame } = state;
  const panels = [
    ...(preferences.rail ? [preferences.railTab] : []),
    ...(preferences.terminal ? ['terminal'] : []),
    ...(preferences.log === true ? ['log'] : []),
  ];
  return {
    at: String(Math.floor(frame?.now ?? 0)),
    time: playing ? 'runs' : 'stands',
    stage: preferences.stage,
    ...(panels.length === 0 ? {} : { panels: panels.join('.') }),
  };
}

/** Reads it; names that are not known are passed over, for the sake of later pages. */
export function readView(view: ViewOptions): SharedLook {
  const { at = '', time, stage, panels = '' } = view;
  const open = panels.split('.');
  const railTab = RAIL_TABS.find((tab) => open.includes(tab));
  return {
    at: /^\d{1,15}$/.test(at) ? Number(at) : undefined,
    playing: time !== 'stands',
    preferences: {
      ...(stage === 'ring' || stage === 'time' ? { stage } : {}),
      ...(railTab === undefined ? {} : { rail: true, railTab }),
      ...(open.includes('terminal') ? { terminal: true } : {}),
      ...(open.includes('log') ? { log: true } : {}),
    },
  };
}
