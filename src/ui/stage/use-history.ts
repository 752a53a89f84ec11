/** The history of the run for the space-time diagram: asked for again as the run goes on. */

import { useEffect, useState } from 'react';
import type { Frame } from '#view/frame.ts';
import type { History } from '#view/history.ts';
import { newestQuestion } from '#ui/newest-question.ts';
import { useActions, useView } from '#ui/playground-context.ts';

/** Virtual time before the present that is asked for, µs. */
const REACH = 120_000_000;
/** Wall time between two questions, ms. */
const ASK_MILLIS = 120;

interface Known {
  readonly history: History;
  readonly now: number;
}

/** What is known up to the instant that is shown. @param heartbeats with them */
export function useHistory(heartbeats: boolean): Known | undefined {
  const { history } = useActions();
  const frame = useView((state) => state.frame);
  const [known, setKnown] = useState<Known>();
  const [wish] = useState(() =>
    newestQuestion<{ readonly frame: Frame; readonly heartbeats: boolean }>({
      ask: async (question) => {
        const { now } = question.frame;
        const found = await history({ from: Math.max(0, now - REACH), to: now, heartbeats: question.heartbeats });
        setKnown({ history: found, now });
      },
      isSame: (a, b) => a.frame === b.frame && a.heartbeats === b.heartbeats,
      restMillis: ASK_MILLIS,
    }),
  );
  useEffect(() => {
    if (frame !== undefined) wish({ frame, heartbeats });
  }, [wish, frame, heartbeats]);
  useEffect(
    () => () => {
      wish(undefined);
    },
    [wish],
  );
  return known;
}
