/** An answer of the conductor that follows the run: asked again as time goes on, one question at a time, and never too often. */

import { useEffect, useRef, useState } from 'react';
import { keepUnchanged } from '#store/structural-share.ts';
import { useView } from '#ui/playground-context.ts';

/** Wall ms between two questions about the same. */
const AGAIN_MILLIS = 350;

interface Answered<T> {
  readonly key: string;
  readonly answer: T;
}

/**
 * @param key names what is asked; undefined: nothing
 * @param ask asks it; may be another function at each drawing
 * @returns the newest answer to this key; undefined until there is one
 */
export function useAnswer<T>(key: string | undefined, ask: () => Promise<T>): T | undefined {
  const now = useView((state) => state.frame?.now ?? 0);
  const generation = useView((state) => state.frame?.run.generation ?? 0);
  const looking = useView((state) => state.frame?.looking ?? false);
  const wish = key === undefined ? undefined : `${generation}/${looking}/${now}/${key}`;
  const [known, setKnown] = useState<Answered<T>>();
  const newest = useRef({ key, wish, ask });
  const busy = useRef(false);
  const mounted = useRef(false);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  useEffect(() => {
    newest.current = { key, wish, ask };
    if (busy.current || wish === undefined) return;
    busy.current = true;
    const run = async (): Promise<void> => {
      for (let asked: string | undefined; mounted.current && newest.current.wish !== undefined && asked !== newest.current.wish;) {
        const one = newest.current;
        asked = one.wish;
        const answer = await one.ask();
        if (!mounted.current) return;
        if (one.key !== undefined && one.key === newest.current.key) {
          const { key: answered } = one;
          setKnown((before) => ({ key: answered, answer: before?.key === answered ? keepUnchanged(before.answer, answer) : answer }));
        }
        await pauseUnless(() => newest.current.key !== one.key);
      }
    };
    // The engine's failure has its own banner.
    void run()
      .catch(() => undefined)
      .finally(() => {
        busy.current = false;
      });
  }, [key, wish, ask]);
  return known?.key === key ? known?.answer : undefined;
}

/** Waits until the next question may be asked; another one is asked at once. */
async function pauseUnless(isOther: () => boolean): Promise<void> {
  const step = 50;
  for (let waited = 0; waited < AGAIN_MILLIS && !isOther(); waited += step) {
    await new Promise((resolve) => {
      setTimeout(resolve, step);
    });
  }
}
