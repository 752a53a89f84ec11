/** A question is never lost because another one is under way, however soon the run stands still after it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newestQuestion } from '#ui/newest-question.ts';

interface Question {
  readonly about: string;
  readonly at: number;
}

const REST = 120;

function line(millis: number, failing: readonly number[] = []) {
  const asked: string[] = [];
  let under = 0;
  let most = 0;
  const wish = newestQuestion<Question>({
    ask: async ({ about, at }) => {
      asked.push(`${about} ${at}`);
      most = Math.max(most, ++under);
      await new Promise((resolve) => {
        setTimeout(resolve, millis);
      });
      under -= 1;
      if (failing.includes(at)) throw new Error('the engine is gone');
    },
    isSame: (a, b) => a.about === b.about && a.at === b.at,
    restMillis: REST,
    isUrgent: (a, b) => a.about !== b.about,
  });
  return { asked, wish, most: () => most };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a line of questions', () => {
  it('asks the newest in the end, though it came while another was under way and nothing follows', async () => {
    const { asked, wish, most } = line(30);
    for (const at of [1, 2, 3]) wish({ about: 'log', at });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['log 1', 'log 3']);
    expect(most()).toBe(1);
  });

  it('asks what came during the rest after an answer, or in the very turn in which the rest ends', async () => {
    for (let late = 1; late <= 200; late += 1) {
      const { asked, wish } = line(30);
      wish({ about: 'log', at: 1 });
      setTimeout(() => {
        wish({ about: 'log', at: 2 });
        void Promise.resolve().then(() => {
          wish({ about: 'log', at: 3 });
        });
      }, late);
      await vi.advanceTimersByTimeAsync(1000);
      expect(asked.at(-1)).toBe('log 3');
    }
  });

  it('asks about something else at once when the answer under way is there', async () => {
    const { asked, wish } = line(30);
    wish({ about: 'etcd-1', at: 1 });
    wish({ about: 'etcd-2', at: 1 });
    await vi.advanceTimersByTimeAsync(31);
    expect(asked).toEqual(['etcd-1 1', 'etcd-2 1']);
  });

  it('goes on after a question that failed', async () => {
    const { asked, wish } = line(30, [1]);
    wish({ about: 'log', at: 1 });
    wish({ about: 'log', at: 2 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['log 1', 'log 2']);
  });

  it('asks nothing more once nothing is wished', async () => {
    const { asked, wish } = line(30);
    wish({ about: 'log', at: 1 });
    wish({ about: 'log', at: 2 });
    wish(undefined);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['log 1']);
  });

  it('does not repeat a question by itself', async () => {
    const { asked, wish } = line(30);
    wish({ about: 'log', at: 1 });
    wish({ about: 'log', at: 1 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['log 1']);
  });
});
