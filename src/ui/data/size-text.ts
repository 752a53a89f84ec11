/** Bytes in the unit that fits: `20 KiB`. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Number(value.toFixed(1))} ${UNITS[unit] ?? 'B'}`;
}
