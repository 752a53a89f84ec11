/** Spans of time in Go's words, as etcd prints them everywhere. */

/** Digits of `value / 10^digits` without trailing zeros. */
function decimal(value: number, digits: number): string {
  const scale = 10 ** digits;
  const whole = Math.floor(value / scale);
  const fraction = String(value % scale)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}

/** A duration as Go prints it: `1.5s`, `2m0s`, `12.3µs`. @param nanos whole nanoseconds */
export function formatDuration(nanos: number): string {
  if (nanos === 0) return '0s';
  if (nanos < 0) return `-${formatDuration(-nanos)}`;
  if (nanos < 1e3) return `${nanos}ns`;
  if (nanos < 1e6) return `${decimal(nanos, 3)}µs`;
  if (nanos < 1e9) return `${decimal(nanos, 6)}ms`;
  const minutes = Math.floor(nanos / 60e9);
  const seconds = `${decimal(nanos % 60e9, 9)}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

/** The same for virtual time. @param micros whole microseconds */
export const goDuration = (micros: number): string => formatDuration(micros * 1000);
