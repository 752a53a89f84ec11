/** A line-by-line difference, for people. */

/** Lines of a text, without the last empty one. */
const linesOf = (text: string): string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

/**
 * What must be taken away (`-`) from `expected` and added (`+`) to get `actual`, with the common lines around (` `).
 * By a longest common subsequence; beyond a limit the two texts are shown one after the other.
 */
export function diffLines(expected: string, actual: string): string[] {
  const a = linesOf(expected);
  const b = linesOf(actual);
  if (a.length * b.length > CELLS_MAX) return [...a.map((line) => `-${line}`), ...b.map((line) => `+${line}`)];
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let k = b.length - 1; k >= 0; k--) {
      const below = common[(i + 1) * width + k] ?? 0;
      const right = common[i * width + k + 1] ?? 0;
      common[i * width + k] = a[i] === b[k] ? (common[(i + 1) * width + k + 1] ?? 0) + 1 : Math.max(below, right);
    }
  }
  const out: string[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    if (i < a.length && k < b.length && a[i] === b[k]) {
      out.push(` ${a[i++]}`);
      k += 1;
    } else if (i < a.length && (k >= b.length || (common[(i + 1) * width + k] ?? 0) >= (common[i * width + k + 1] ?? 0))) {
      out.push(`-${a[i++]}`);
    } else {
      out.push(`+${b[k++]}`);
    }
  }
  return out;
}

const CELLS_MAX = 1 << 22;
