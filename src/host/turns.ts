/** One thing at a time: instants and everything that touches the world between them take turns, in the order in which they came. */

/** Mutable; owned by the conductor. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs when all earlier turns are over. A turn that throws does not stop the next. */
  take<T>(run: () => Promise<T> | T): Promise<T> {
    const turn = this.#last.then(run, run);
    this.#last = turn;
    return turn;
  }
}
