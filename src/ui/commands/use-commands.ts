/** The page's commands, ready to be run. */

import { useMemo } from 'react';
import type { CommandTools } from '#ui/commands/page-commands.ts';
import { placeBelow } from '#ui/menu/use-menu.ts';
import { usePage, useWords } from '#ui/playground-context.ts';
import { usePanels } from '#ui/use-panels.ts';

/** Where a menu opens that was asked for by a key: at what has the focus on the stage, or in the middle of it. */
function menuPlace(): { readonly x: number; readonly y: number } {
  const stage = document.querySelector('.stage-area');
  const focused = document.activeElement;
  if (focused !== null && stage?.contains(focused) === true) return placeBelow(focused);
  const pressed = stage?.querySelector('.pressed');
  return placeBelow(pressed ?? stage ?? document.body);
}

export function useCommandTools(): CommandTools {
  const { playground } = usePage();
  const words = useWords();
  const panels = usePanels();
  return useMemo(
    () => ({
      playground,
      panels,
      openMenu: (selection) => {
        const { x, y } = menuPlace();
        playground.actions.openMenu(selection ?? { type: 'stage' }, x, y);
      },
      bookmarkName: () => words.touch.bookmark.name(playground.store.getState().bookmarks.length + 1),
    }),
    [playground, panels, words],
  );
}
