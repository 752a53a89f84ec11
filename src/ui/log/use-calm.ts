/** Under load a log grows by many entries a frame: nobody could read each picture, and drawing them all would hold up the page. */

import { useEffect, useRef, useState } from 'react';
import type { MemberView } from '#view/frame.ts';

/** Entries by which a log grows at once that can still be followed. */
const FOLLOWED = 6;
/** Wall time between two pictures of a log that grows faster, ms. */
const PAUSE = 200;

const newest = (members: readonly MemberView[]): number => Math.max(0, ...members.map((member) => member.lastIndex));

/** The members as the log shows them: at once while it can be followed, else a few times a second. The last state is always shown in the end. */
export function useCalm(members: readonly MemberView[]): readonly MemberView[] {
  const [shown, setShown] = useState(members);
  const latest = useRef(members);
  const fast = newest(members) - newest(shown) > FOLLOWED;
  if (members !== shown && !fast) setShown(members);
  useEffect(() => {
    latest.current = members;
  }, [members]);
  useEffect(() => {
    if (!fast) return undefined;
    const timer = window.setTimeout(() => {
      setShown(latest.current);
    }, PAUSE);
    return () => {
      window.clearTimeout(timer);
    };
    // Each picture waits anew: entries that come with it keep `fast` as it is, and a wait that began only with `fast` would have been the last.
  }, [fast, shown]);
  return fast ? shown : members;
}
