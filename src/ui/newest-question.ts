/**
 * Questions to the conductor that follow what the page shows: one at a time, with a rest after each, and the newest is asked in the end, also where no
 * further frame would remind anybody of it.
 */

/** How the questions of one kind are asked. */
export interface Asking<Q> {
  /** Asks one and keeps its answer. A failure ends this question alone; the engine's failure has its own banner. */
  readonly ask: (question: Q) => Promise<void>;
  /** Two questions are one. */
  readonly isSame: (a: Q, b: Q) => boolean;
  /** Wall ms between two questions. */
  readonly restMillis: number;
  /** The rest before another one is cut short. */
  readonly isUrgent?: (question: Q, after: Q) => boolean;
}

/** Takes what is to be asked now; undefined: nothing any more. */
export type Wish<Q> = (question: Q | undefined) => void;

/** So often a rest looks whether it is cut short, ms. */
const STEP_MILLIS = 40;

/** One line of questions. A question that comes while another is under way waits for it; of several the newest is asked. */
export function newestQuestion<Q>({ ask, isSame, restMillis, isUrgent = () => false }: Asking<Q>): Wish<Q> {
  let newest: Q | undefined;
  let busy = false;
  const rest = async (asked: Q): Promise<void> => {
    for (let waited = 0; waited < restMillis && !(newest !== undefined && isUrgent(newest, asked)); waited += STEP_MILLIS) {
      await new Promise((resolve) => {
        setTimeout(resolve, STEP_MILLIS);
      });
    }
  };
  const run = async (): Promise<void> => {
    let asked: Q | undefined;
    while (newest !== undefined && (asked === undefined || !isSame(newest, asked))) {
      asked = newest;
      try {
        await ask(asked);
      } catch {
        // As said above.
      }
      await rest(asked);
    }
    // In the same turn as the last look at `newest`: nothing comes in between.
    busy = false;
  };
  return (question) => {
    newest = question;
    if (busy || question === undefined) return;
    busy = true;
    void run();
  };
}
