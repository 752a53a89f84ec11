/** What is drawn after the stage and the tape: while an instant is looked for, those answer at once, and what is long to draw follows. */

import { useDeferredValue } from 'react';
import { useView } from '#ui/playground-context.ts';

/**
 * The value as it is while time runs; while it stands, as soon as nothing more urgent is to be drawn. A newer value replaces one that was not drawn yet.
 * Running time is not held back: frames that come without end would leave a deferred drawing no time.
 */
export function useLater<T extends object>(value: T): T {
  const stands = useView((state) => state.frame?.playing !== true);
  const later = useDeferredValue(stands ? value : undefined);
  return stands ? (later ?? value) : value;
}
