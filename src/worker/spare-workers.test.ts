/** Spare workers: ready when one is needed, and never one that is dead. */
import { describe, expect, it } from 'vitest';
import type { WorkerPort } from '#host/node-client.ts';
import { SpareWorkers } from '#worker/spare-workers.ts';

class FakeWorker implements WorkerPort {
  isEnded = false;
  #tell: (message: string) => void = () => undefined;

  post(): void {
    // Nobody asks it anything.
  }
  onMessage(): void {
    // It answers nothing.
  }
  onError(listener: (message: string) => void): void {
    this.#tell = listener;
  }
  terminate(): void {
    this.isEnded = true;
  }
  fail(): void {
    this.#tell('it could not be loaded');
  }
}

interface Stand {
  readonly spares: SpareWorkers;
  readonly made: FakeWorker[];
  /** Lets the wall time pass that is waited for. */
  readonly wait: () => void;
}

function stand(count: number): Stand {
  const made: FakeWorker[] = [];
  let due: (() => void) | undefined;
  const make = (): FakeWorker => {
    const worker = new FakeWorker();
    made.push(worker);
    return worker;
  };
  const spares = new SpareWorkers(make, count, (run) => {
    due = run;
    return () => {
      due = undefined;
    };
  });
  return { spares, made, wait: () => due?.() };
}

describe('spare workers', () => {
  it('are there before they are needed, and one is made ready once nobody takes any more', () => {
    const { spares, made, wait } = stand(3);
    expect(made).toHaveLength(3);
    const taken = [spares.take(), spares.take(), spares.take()];
    expect(new Set(taken)).toEqual(new Set(made));
    wait();
    expect(made).toHaveLength(4);
    expect(spares.take()).toBe(made[3]);
    expect(spares.take()).toBe(made[4]);
  });

  it('are given to nobody if they died meanwhile', () => {
    const { spares, made } = stand(2);
    made[1]?.fail();
    expect(spares.take()).toBe(made[0]);
    expect(made[1]?.isEnded).toBe(true);
    expect(spares.take()).toBe(made[2]);
    // What happens to one that somebody has is theirs to hear.
    const told: string[] = [];
    const own = spares.take();
    own.onError((message) => void told.push(message));
    made[3]?.fail();
    expect(told).toEqual(['it could not be loaded']);
  });
});
