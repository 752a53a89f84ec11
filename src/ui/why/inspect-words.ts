/** The words of the inspectors: loaded with them, not with the page. */

import { chineseInspect } from '#words/chinese-inspect.ts';
import { englishInspect, type InspectWords } from '#words/english-inspect.ts';
import { useView } from '#ui/playground-context.ts';

export function useInspectWords(): InspectWords {
  return useView((state) => state.language) === 'zh' ? chineseInspect : englishInspect;
}
