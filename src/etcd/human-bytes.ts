/** Sizes in the words of etcd's logs. */

/** A size as etcd's logs write it: `20 kB`, `2.1 GB` (thousands, two digits). */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return `${bytes} B`;
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  return `${rounded < 10 ? rounded.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}
