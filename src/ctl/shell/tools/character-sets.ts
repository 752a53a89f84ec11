/** The sets of `tr`: ranges, classes and escapes. */

const CLASSES: Readonly<Record<string, string>> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digit: '0123456789',
  space: ' \t\n\r\v\f',
  blank: ' \t',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '0': '\0', v: '\v', f: '\f' };

/** Its characters in order; a range or class counts each of its own. */
export function charactersOf(set: string): readonly string[] {
  const classes: Readonly<Record<string, string>> = {
    ...CLASSES,
    alpha: `${CLASSES['upper'] ?? ''}${CLASSES['lower'] ?? ''}`,
    alnum: `${CLASSES['digit'] ?? ''}${CLASSES['upper'] ?? ''}${CLASSES['lower'] ?? ''}`,
  };
  const text = set.replace(/\[:(\w+):\]/g, (all, name: string) => classes[name] ?? all);
  const plain = Array.from(text.replace(/\\([ntrvf0\\])/g, (_, ch: string) => ESCAPES[ch] ?? ch));
  const out: string[] = [];
  for (let i = 0; i < plain.length; i++) {
    const from = plain[i]?.codePointAt(0) ?? 0;
    const to = plain[i + 1] === '-' ? plain[i + 2]?.codePointAt(0) : undefined;
    if (to === undefined || to < from || to - from > 0xffff) {
      out.push(plain[i] ?? '');
      continue;
    }
    for (let code = from; code <= to; code++) out.push(String.fromCodePoint(code));
    i += 2;
  }
  return out;
}
