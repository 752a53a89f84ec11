/** Media queries as state. */

import { useSyncExternalStore } from 'react';

const TOO_SMALL = ['(max-width: 760px)', '(max-height: 520px)'] as const;

/** A page too narrow for columns, or too low for them as a phone on its side is: one panel at a time. The style sheets say the same. */
export const NARROW = TOO_SMALL.join(', ');

/** A narrow page under a finger: what is typed into brings up a keyboard. Each query of the list needs it: `and` binds closer than the comma. */
export const PHONE = TOO_SMALL.map((query) => `${query} and (pointer: coarse)`).join(', ');

/** Whether the query holds, as it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => {
        list.removeEventListener('change', listener);
      };
    },
    () => window.matchMedia(query).matches,
  );
}
