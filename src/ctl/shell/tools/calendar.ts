/** Dates from Unix milliseconds, in UTC, without the platform's clock. */

export interface Calendar {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Two digits. */
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly weekdayName: string;
  readonly monthName: string;
  readonly dayOfYear: number;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const two = (n: number): string => String(n).padStart(2, '0');

/** Days since 1970 as a date of the proleptic Gregorian calendar. */
function civil(days: number): readonly [number, number, number] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - Math.floor((153 * mp + 2) / 5) + 1];
}

export function calendar(millis: number): Calendar {
  const days = Math.floor(millis / 86_400_000);
  const seconds = Math.floor((millis - days * 86_400_000) / 1000);
  const [year, month, day] = civil(days);
  const weekday = (((days + 4) % 7) + 7) % 7;
  let first = days;
  while (civil(first - 1)[0] === year) first--;
  return {
    year,
    month,
    day,
    hour: two(Math.floor(seconds / 3600)),
    minute: two(Math.floor(seconds / 60) % 60),
    second: two(seconds % 60),
    weekday,
    weekdayName: WEEKDAYS[weekday] ?? '',
    monthName: (MONTHS[month - 1] ?? '').slice(0, 3),
    dayOfYear: days - first + 1,
  };
}

/** `date +FORMAT`. */
export function formatDate(millis: number, micros: number, format: string): string {
  const c = calendar(millis);
  const values: Readonly<Record<string, () => string>> = {
    Y: () => String(c.year),
    y: () => two(c.year % 100),
    m: () => two(c.month),
    d: () => two(c.day),
    e: () => String(c.day).padStart(2),
    H: () => c.hour,
    M: () => c.minute,
    S: () => c.second,
    N: () => String((millis % 1000) * 1_000_000 + (micros % 1000) * 1000).padStart(9, '0'),
    s: () => String(Math.floor(millis / 1000)),
    F: () => `${c.year}-${two(c.month)}-${two(c.day)}`,
    T: () => `${c.hour}:${c.minute}:${c.second}`,
    D: () => `${two(c.month)}/${two(c.day)}/${two(c.year % 100)}`,
    R: () => `${c.hour}:${c.minute}`,
    a: () => c.weekdayName.slice(0, 3),
    A: () => c.weekdayName,
    b: () => c.monthName,
    B: () => MONTHS[c.month - 1] ?? '',
    j: () => String(c.dayOfYear).padStart(3, '0'),
    u: () => String(c.weekday === 0 ? 7 : c.weekday),
    w: () => String(c.weekday),
    I: () => two(Number(c.hour) % 12 === 0 ? 12 : Number(c.hour) % 12),
    p: () => (Number(c.hour) < 12 ? 'AM' : 'PM'),
    Z: () => 'UTC',
    z: () => '+0000',
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  };
  return format.replace(/%(\d?)([-_0]?)([A-Za-z%])/g, (all, digits: string, flag: string, name: string) => {
    const value = Object.hasOwn(values, name) ? (values[name]?.() ?? all) : all;
    if (name === 'N' && digits !== '') return value.slice(0, Number(digits));
    return flag === '-' ? value.replace(/^[0 ]+(?=.)/, '') : value;
  });
}
