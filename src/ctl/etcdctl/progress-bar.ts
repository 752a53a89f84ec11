/** The progress bar of etcdctl's checks: ` 30 / 60 Booooom      !  50.00% 00m30s`, written over itself; without a terminal's width it has no bar. */

const BAR_COLUMNS_MIN = 4;

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/**
 * One state of the bar, beginning with a carriage return.
 * @param done seconds that are over, of `total`
 * @param columns width of the terminal, 0 for none
 */
export function barLine(done: number, total: number, columns: number): string {
  const left = total - done;
  const counter = ` ${done} / ${total} `;
  const percent = `${((100 * done) / total).toFixed(2).padStart(7)}%`;
  const time =
    done === 0
      ? ''
      : left === 0
        ? ` ${Math.floor(total / 60)}m${total % 60}s`
        : ` ${twoDigits(Math.floor(left / 60))}m${twoDigits(left % 60)}s`;
  const width = columns - counter.length - percent.length - time.length - 2;
  if (width < BAR_COLUMNS_MIN) return `\r${counter}${percent}${time}`;
  const full = Math.floor((width * done) / total);
  const bar = full === width ? 'o'.repeat(width) : `${'o'.repeat(full)}m${' '.repeat(width - full - 1)}`;
  return `\r${counter}B${bar}!${percent}${time}`;
}
