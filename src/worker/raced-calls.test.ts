import { expose, wrap } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { racedCalls } from '#worker/raced-calls.ts';

interface Other {
  add(a: number, b: number): Promise<number>;
  fail(): Promise<void>;
  forever(): Promise<void>;
  tell(each: readonly string[], hear: (word: string) => Promise<number>): Promise<number>;
}

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** An object behind a message channel, as one in a worker is. */
function far(): { readonly other: Other; readonly die: (reason: string) => void } {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const other: Other = {
    add: async (a, b) => a + b,
    fail: async () => {
      throw new RangeError('too far');
    },
    forever: () => new Promise(() => undefined),
    tell: async (each, hear) => {
      let sum = 0;
      for (const word of each) sum += await hear(word);
      return sum;
    },
  };
  expose(other, port2);
  let die = (_reason: string): void => undefined;
  const death = new Promise<never>((_, reject) => {
    die = (reason) => reject(new Error(reason));
  });
  death.catch(() => undefined);
  return { other: racedCalls<Other>(wrap<Other>(port1), death), die };
}

describe('calls to another thread', () => {
  it('are answered, and fail as they fail there', async () => {
    const { other } = far();
    expect(await other.add(1, 2)).toBe(3);
    await expect(other.fail()).rejects.toThrow('too far');
  });

  it('call a function of this thread back, and wait for its answer', async () => {
    const { other } = far();
    const heard: string[] = [];
    const hear = async (word: string): Promise<number> => heard.push(word);
    expect(await other.tell(['a', 'b'], hear)).toBe(3);
    expect(heard).toEqual(['a', 'b']);
  });

  it('end when the other thread does, those under way and those that come later', async () => {
    const { other, die } = far();
    const waiting = other.forever();
    die('out of memory');
    await expect(waiting).rejects.toThrow('out of memory');
    await expect(other.forever()).rejects.toThrow('out of memory');
  });

  it('have a face that can be handed on by a promise', async () => {
    const { other } = far();
    expect(await (await Promise.resolve(other)).add(2, 2)).toBe(4);
  });
});
