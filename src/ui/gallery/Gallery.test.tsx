/** The gallery shows every sample drawing, and none of them has a hole where a number should be. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Gallery } from '#ui/gallery/Gallery.tsx';
import { SAMPLE_DRAWINGS } from '#viz/testing/drawings.tsx';

const figures = renderToStaticMarkup(<Gallery />)
  .split('<figure ')
  .slice(1);

describe('the gallery', () => {
  it('has one figure for each drawing, under its own name', () => {
    expect(figures).toHaveLength(SAMPLE_DRAWINGS.length);
    expect(new Set(SAMPLE_DRAWINGS.map(({ name }) => name)).size).toBe(SAMPLE_DRAWINGS.length);
  });

  it.each(SAMPLE_DRAWINGS.map(({ name }, at) => [name, at] as const))('draws %s', (name, at) => {
    const figure = figures[at] ?? '';
    expect(figure).toContain(`>${name}</figcaption>`);
    expect(figure).toMatch(/<svg [^>]*width="[\d.]+" height="[\d.]+"/);
    expect(figure).toMatch(/<(path|circle|rect|line)/);
    expect(figure).not.toMatch(/NaN|undefined|Infinity/);
  });
});
