/** The colours keep the promises of the look: ink that reads on its fill, in both themes, and terms that differ in lightness too. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

function tokens(block: string): ReadonlyMap<string, string> {
  const start = css.indexOf(block);
  const body = css.slice(start, css.indexOf('\n}', start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** WCAG relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', ':root {'],
  ['dark', ":root[data-theme='dark']"],
])('the %s theme', (_, block) => {
  const theme = tokens(block);
  const color = (name: string): string => theme.get(name) ?? '';

  it('has at least 4.5:1 for each term’s ink on its fill', () => {
    for (let term = 0; term <= 6; term += 1)
      expect(contrast(color(`--term-${term}-ink`), color(`--term-${term}-fill`)), `term ${term}`).toBeGreaterThanOrEqual(4.5);
  });

  it('has at least 4.5:1 for text on what it stands on', () => {
    for (const ground of ['--ground', '--card', '--sunk']) {
      for (const ink of ['--ink', '--ink2', '--red', '--plum', '--blue', '--prompt'])
        expect(contrast(color(ink), color(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has at least 3:1 for lines that carry meaning', () => {
    for (const line of ['--link', '--control', '--grey-dot', '--violet', '--blue', '--red', '--plum'])
      expect(contrast(color(line), color('--card')), line).toBeGreaterThanOrEqual(3);
  });

  it('gives neighbouring terms another lightness', () => {
    for (let term = 1; term <= 6; term += 1) {
      const next = (term % 6) + 1;
      expect(
        Math.abs(luminance(color(`--term-${term}-fill`)) - luminance(color(`--term-${next}-fill`))),
        `terms ${term} and ${next}`,
      ).toBeGreaterThan(0.015);
    }
  });
});
