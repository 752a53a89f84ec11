/** Media queries as state. */

import { useSyncExternalStore } from 'react';

/** A page too narrow for columns: one panel at a time. */
export const NARROW = '(max-width: 760px)';

/** A narrow page under a finger: what is typed into brings up a keyboard. */
export const PHONE = `${NARROW} and (pointer: coarse)`;

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
