/** Workers that are loaded before anybody needs one: a cluster of three is alive the sooner, and a member that is restarted too. */

import type { WorkerPort } from '#host/node-client.ts';

/** Wall ms after the last one was taken before another is loaded: whoever takes several does not share the machine with it. */
const REFILL_MILLIS = 1000;

interface Spare {
  readonly port: WorkerPort;
  /** It could not be loaded, or died before anybody had it. */
  isLost: boolean;
}

/** Mutable; one for each tab. */
export class SpareWorkers {
  readonly #make: () => WorkerPort;
  readonly #later: (run: () => void, millis: number) => () => void;
  readonly #spares: Spare[];
  #cancelRefill: () => void = () => undefined;

  /**
   * @param count workers to begin with; later one is kept ready
   * @param later runs something after wall ms; gives a function that cancels it
   */
  constructor(make: () => WorkerPort, count: number, later: (run: () => void, millis: number) => () => void) {
    this.#make = make;
    this.#later = later;
    this.#spares = Array.from({ length: count }, () => this.#spare());
  }

  /** One that nobody has: a spare that lives, or else a new one. */
  take(): WorkerPort {
    this.#cancelRefill();
    this.#cancelRefill = this.#later(() => {
      if (this.#spares.length === 0) this.#spares.push(this.#spare());
    }, REFILL_MILLIS);
    for (let spare = this.#spares.pop(); spare !== undefined; spare = this.#spares.pop()) {
      if (!spare.isLost) return spare.port;
      spare.port.terminate();
    }
    return this.#make();
  }

  #spare(): Spare {
    const spare = { port: this.#make(), isLost: false };
    // Whoever takes it listens in this one's place.
    spare.port.onError(() => {
      spare.isLost = true;
    });
    return spare;
  }
}
