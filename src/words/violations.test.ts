/** Every sentence with which a check of the page tells what it found has its Chinese. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { violationInChinese } from '#words/chinese-violations.ts';

/** The checks that look at a run that is played in the page. */
const LIVE_CHECKS = ['trace-checks', 'watch-checks', 'v2-checks', 'live-checks'];

/** What stands in a sentence of a check for what it fills in. */
const FILLED: readonly (readonly [name: RegExp, text: string])[] = [
  [/^text$/, 'put "a/b" of revision 7'],
  [/^what$/, 'an acknowledgement of entry 7 in term 2'],
  [/memberText/, 'etcd-2'],
  [/JSON\.stringify/, '"a/b"'],
  [/versionText/, 'x of version 3'],
  [/name|by$|key/i, 'etcd-2'],
];
const fill = (template: string): string =>
  template.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => FILLED.find(([pattern]) => pattern.test(name))?.[1] ?? '7');

/** The sentences in the calls that report: the first text of each that has words. */
function sentencesOf(source: string): readonly string[] {
  return source
    .split(/report\(/)
    .slice(1)
    .flatMap((call) => {
      const [found = ''] = /(?<=[,?:(]\s*)(?:`[^`]* [^`]*`|'[^']* [^']*')/.exec(call.slice(0, 420)) ?? [];
      return found === '' ? [] : [fill(found.slice(1, -1))];
    });
}

describe('what a check found, in Chinese', () => {
  it.each(LIVE_CHECKS)('is told for every sentence of %s', (name) => {
    const sentences = sentencesOf(readFileSync(new URL(`../checker/${name}.ts`, import.meta.url), 'utf8'));
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.filter((sentence) => violationInChinese(sentence) === sentence)).toEqual([]);
  });

  it('keeps what the sentence is about', () => {
    expect(violationInChinese('both led in term 2')).toBe('两者都在任期 2 中当过领导者');
    expect(violationInChinese('in term 2 it voted for ee287c4d42f6becf, then for 72ab37cc61e2023b')).toContain('72ab37cc61e2023b');
    expect(violationInChinese('sent a vote of term 3 when only term 2 was on its disk')).toBe('发送任期 3 的选票时，磁盘上只有任期 2');
    expect(violationInChinese('put "a" of revision 9 came twice')).toBe('修订 9 的 put "a" 到了两次');
    expect(violationInChinese('they applied the same entry with another outcome')).not.toMatch(/[a-z]/);
  });

  it('leaves a sentence that it does not know as it is', () => {
    expect(violationInChinese('something else was found')).toBe('something else was found');
  });
});
