/** Every drawing as SVG text, from fixed snapshots: what the gallery shows (`?gallery` of the development server). */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { chinese } from '#words/chinese.ts';
import { english } from '#words/english.ts';
import { SAMPLE_DRAWINGS } from '#viz/testing/drawings.tsx';

describe('the drawing of', () => {
  it.each(SAMPLE_DRAWINGS.map(({ name, draw }) => [name, draw] as const))('%s', (_, draw) => {
    expect(renderToStaticMarkup(draw(english)).replaceAll('><', '>\n<')).toMatchSnapshot();
  });

  it.each(SAMPLE_DRAWINGS.map(({ name, draw }) => [name, draw] as const))('%s, in Chinese, has no number that is none', (_, draw) => {
    expect(renderToStaticMarkup(draw(chinese))).not.toMatch(/NaN|undefined|Infinity/);
  });
});
