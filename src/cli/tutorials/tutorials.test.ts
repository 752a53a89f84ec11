import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PARTS } from '#cli/tutorials/examples.ts';
import { tutorialsTable } from '#cli/tutorials/table.ts';
import { tryPart } from '#cli/tutorials/try.ts';

describe('every example of the tutorials, pasted as printed', () => {
  it.each(PARTS.map((part) => [part.title, part] as const))('%s', (_, part) => {
    const wrong = tryPart(part).filter(({ missing }) => missing.length > 0);
    expect(wrong.map(({ example, printed, missing }) => ({ id: example.id, missing, printed: printed.slice(0, 600) }))).toEqual([]);
  });

  it('the table in the docs is the one that the examples make', () => {
    expect(readFileSync(new URL('../../../docs/tutorials.md', import.meta.url), 'utf8')).toBe(tutorialsTable(PARTS));
  });
});
