import { expect, it } from 'vitest';
import { distinctKeys } from '#viz/distinct-keys.ts';

it('a copy of a message is drawn under a key of its own, and the first keeps its key', () => {
  const keys = distinctKeys([7, 8, 7, 7, 9]);
  expect(keys).toEqual(['7', '8', '7.1', '7.2', '9']);
  expect(new Set(keys).size).toBe(keys.length);
});
