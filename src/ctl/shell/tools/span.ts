/** Spans of time as coreutils write them. */

import { parseDuration } from '#ctl/duration.ts';

/** `5`, `1.5s`, `2m`, `1d`: microseconds, or undefined. */
export function spanMicros(text: string): number | undefined {
  if (/^\d*\.?\d+d$/.test(text)) return Number(text.slice(0, -1)) * 86_400_000_000;
  const parsed = parseDuration(/^\d*\.?\d+$/.test(text) ? `${text}s` : text);
  return parsed.type === 'error' || parsed.nanos < 0 ? undefined : Math.round(parsed.nanos / 1000);
}
