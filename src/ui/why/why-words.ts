/** The words of the why panel: loaded with it, not with the page. */

import { chineseWhy } from '#words/chinese-why.ts';
import { englishWhy, type WhyWords } from '#words/english-why.ts';
import { useView } from '#ui/playground-context.ts';

export function useWhyWords(): WhyWords {
  return useView((state) => state.language) === 'zh' ? chineseWhy : englishWhy;
}
