/** Both languages say everything of the data views, and no two doors bear the same name. */
import { describe, expect, it } from 'vitest';
import { DATA_VIEWS } from '#view/data-view.ts';
import { chineseData } from '#words/chinese-data.ts';
import { englishData } from '#words/english-data.ts';

/** Every sentence of a catalogue; functions are called with examples. */
function sentences(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const say = value as (...args: readonly unknown[]) => unknown; // a catalogue holds functions of numbers, words and lists alone
    const said = /roles/i.test(path.split('.').at(-1) ?? '') ? say(['r']) : say(3, 2, 1);
    return [[path, String(said)]];
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, inner]) => sentences(inner, `${path}.${name}`));
  return [];
}

describe('the data views in words', () => {
  it('say something everywhere, in both languages', () => {
    for (const catalogue of [englishData, chineseData])
      for (const [path, text] of sentences(catalogue, '')) expect(text, path).not.toBe('');
    expect(sentences(chineseData, '').map(([path]) => path)).toEqual(sentences(englishData, '').map(([path]) => path));
  });

  it('name each door once', () => {
    for (const { views } of [englishData, chineseData]) expect(new Set(DATA_VIEWS.map((view) => views[view])).size).toBe(DATA_VIEWS.length);
  });

  it('count in English with a plural, and say “1” without', () => {
    expect(englishData.keys.count(1, 5)).toBe('1 key at revision 5');
    expect(englishData.keys.count(2, 5)).toBe('2 keys at revision 5');
    expect(englishData.watchers.position(3, 2)).toBe('next: revision 3');
    expect(englishData.watchers.position(3, 3)).toBe('next: revision 3, 1 revision behind');
  });
});
