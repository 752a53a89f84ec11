import { describe, expect, test } from 'vitest';
import { parseUrlGlob, urlAt } from '#ctl/http/url-glob.ts';

function all(url: string): readonly string[] {
  const parsed = parseUrlGlob(url);
  if (parsed.type === 'error') throw new Error(parsed.message);
  return Array.from({ length: parsed.glob.count }, (_, i) => urlAt(parsed.glob, i).url);
}

// What curl 7.88.1 asks for, and says, of the same addresses.
describe('curl takes one address for several', () => {
  test.each([
    ['h:1/a', ['h:1/a']],
    ['h:1/[1-3]', ['h:1/1', 'h:1/2', 'h:1/3']],
    ['h:1/[01-10:4]', ['h:1/01', 'h:1/05', 'h:1/09']],
    ['h:1/[a-z:5]', ['h:1/a', 'h:1/f', 'h:1/k', 'h:1/p', 'h:1/u', 'h:1/z']],
    ['h:1/{a,}', ['h:1/a', 'h:1/']],
    ['h:1/{b,c}x[1-2]', ['h:1/bx1', 'h:1/bx2', 'h:1/cx1', 'h:1/cx2']],
    ['h:1/[]', ['h:1/[]']],
    ['h:1/\\[a\\]\\{b\\}', ['h:1/[a]{b}']],
    ['http://[::1]:2379/[1-2]', ['http://[::1]:2379/1', 'http://[::1]:2379/2']],
  ] as const)('%s', (url, urls) => {
    expect(all(url)).toEqual(urls);
  });

  test.each([
    ['[1-3:0]', 'bad range', 39],
    ['[a-Z]', 'bad range', 37],
    ['[1-99999999999999999999999]', 'bad range', 35],
    ['[1-3', 'bad range', 35],
    ['[z]', 'bad range', 33],
    ['[1-3:9]', 'bad range', 39],
    ['[3-1]', 'bad range', 37],
    ['[a-c:0]', 'bad range', 39],
    ['{a,{b}}', 'nested brace', 35],
    ['{a,b', 'unmatched brace', 32],
    ['{}', 'empty string within braces', 33],
    ['a}', 'unmatched close brace/bracket', 33],
    ['a]', 'unmatched close brace/bracket', 33],
  ] as const)('%s: %s', (end, message, position) => {
    expect(parseUrlGlob(`http://127.0.0.1:23790/version?${end}`)).toEqual({ type: 'error', message, position });
  });

  test('a range of millions costs nothing before it is asked for; one beyond counting is refused', () => {
    const parsed = parseUrlGlob('h:1/[0-999999999]');
    expect(parsed).toMatchObject({ type: 'ok', glob: { count: 1_000_000_000 } });
    expect(parseUrlGlob('h:1/[0-999999999][0-999999999]')).toMatchObject({ type: 'error', message: 'range overflow' });
    expect(parseUrlGlob('{a}'.repeat(101))).toMatchObject({ type: 'error', message: 'too many globs' });
  });
});
