/** Tables as etcdctl draws them: upper-case centred headers, cells aligned to the right. */

/** Columns that a text takes in a terminal: wide East Asian characters take two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const ch of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(ch) ? 2 : 1;
  return width;
}

/** @param header already in upper case */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((h, i) => Math.max(displayWidth(h), ...rows.map((r) => displayWidth(r[i] ?? ''))));
  const rule = `+${widths.map((w) => '-'.repeat(w + 2)).join('+')}+\n`;
  const centred = (text: string, width: number): string => {
    const gap = width - displayWidth(text);
    return `${' '.repeat(Math.floor(gap / 2))}${text}${' '.repeat(Math.ceil(gap / 2))}`;
  };
  const right = (text: string, width: number): string => `${' '.repeat(width - displayWidth(text))}${text}`;
  const line = (cells: readonly string[], align: (text: string, width: number) => string): string =>
    `| ${widths.map((w, i) => align(cells[i] ?? '', w)).join(' | ')} |\n`;
  return rule + line(header, centred) + rule + rows.map((r) => line(r, right)).join('') + rule;
}
