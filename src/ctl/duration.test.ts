import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration } from '#kernel/go-duration.ts';
import { goQuote, parseDuration, parseLatency, parseMicros } from '#ctl/duration.ts';

test('durations print as Go prints them', () => {
  expect([0, 5, 1500, 2_345_678, 1e9, 61.5e9, 3_600e9, 9e12 + 1].map(formatDuration)).toEqual([
    '0s',
    '5ns',
    '1.5µs',
    '2.345678ms',
    '1s',
    '1m1.5s',
    '1h0m0s',
    '2h30m0.000000001s',
  ]);
});
test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (n) => {
      expect(parseDuration(formatDuration(n))).toEqual({ type: 'ok', nanos: n });
    }),
  );
});
test("errors are Go's", () => {
  expect(parseDuration('abc')).toEqual({ type: 'error', message: 'time: invalid duration "abc"' });
  expect(parseDuration('5')).toEqual({ type: 'error', message: 'time: missing unit in duration "5"' });
  expect(parseDuration('5x')).toEqual({ type: 'error', message: 'time: unknown unit "x" in duration "5x"' });
  expect(parseDuration('')).toEqual({ type: 'error', message: 'time: invalid duration ""' });
  expect(parseDuration('1.5h.5s')).toEqual({ type: 'ok', nanos: 5400.5e9 });
  expect(parseDuration('0')).toEqual({ type: 'ok', nanos: 0 });
});
test('times of the world have units and are whole microseconds', () => {
  expect(parseMicros('1500ms')).toEqual({ type: 'ok', micros: 1_500_000 });
  expect(parseMicros('15')).toMatchObject({ message: 'bad time "15": a time needs a unit, such as 15ms or 15s' });
  expect(parseMicros('-1s').type).toBe('error');
  expect(parseMicros('1ns').type).toBe('error');
  expect(parseLatency('2ms..8ms')).toEqual({ type: 'ok', range: { minMicros: 2000, maxMicros: 8000 } });
  expect(parseLatency('5ms')).toEqual({ type: 'ok', range: { minMicros: 5000, maxMicros: 5000 } });
  expect(parseLatency('8ms..2ms').type).toBe('error');
  expect(parseLatency('1ms..2ms..3ms').type).toBe('error');
});
test('quoting as Go quotes', () => {
  expect(goQuote('a"b\\c\n\u0001é')).toBe('"a\\"b\\\\c\\n\\x01é"');
});
