/** An answer of the conductor that follows the run: asked again as the page is told of something new, one question at a time, and never too often. */

import { useEffect, useState } from 'react';
import type { Frame } from '#view/frame.ts';
import { keepUnchanged } from '#store/structural-share.ts';
import { newestQuestion } from '#ui/newest-question.ts';
import { useView } from '#ui/playground-context.ts';

/** Wall ms between two questions about the same. */
const AGAIN_MILLIS = 350;

interface Answered<T> {
  readonly key: string;
  readonly answer: T;
}

interface Question<T> {
  readonly key: string;
  /** What was known of the run when it was asked: an act changes it though time stands still. */
  readonly frame: Frame | undefined;
  readonly ask: () => Promise<T>;
}

/**
 * @param key names what is asked; undefined: nothing
 * @param ask asks it; may be another function at each drawing
 * @returns the newest answer to this key; undefined until there is one
 */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): T | undefined {
  const frame = useView((state) => state.frame);
  const [known, setKnown] = useState<Answered<T>>();
  const [wish] = useState(() =>
    newestQuestion<Question<T>>({
      ask: async (question) => {
        const answer = await question.ask();
        setKnown((before) =>
          before?.key !== question.key ? { key: question.key, answer } : keepUnchanged(before, { key: question.key, answer }),
        );
      },
      isSame: (a, b) => a.key === b.key && a.frame === b.frame,
      restMillis: AGAIN_MILLIS,
      isUrgent: (a, b) => a.key !== b.key,
    }),
  );
  useEffect(() => {
    wish(key === undefined ? undefined : { key, frame, ask });
  }, [wish, key, frame, ask]);
  useEffect(
    () => () => {
      wish(undefined);
    },
    [wish],
  );
  return known?.key === key ? known?.answer : undefined;
}
