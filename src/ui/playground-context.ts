/** How components reach the store, the words and the clock: narrow selectors, no prop drilling. */

import { createContext, use } from 'react';
import { useStore } from 'zustand';
import { present } from '#kernel/assert.ts';
import { chinese } from '#words/chinese.ts';
import { english, type Catalogue } from '#words/english.ts';
import type { Language } from '#store/preferences.ts';
import type { Actions } from '#store/actions.ts';
import type { Playground } from '#store/playground.ts';
import type { PlaygroundState } from '#store/state.ts';
import type { FrameTicker } from '#ui/frame-ticker.ts';

/** What the whole page shares. */
export interface PageContext {
  readonly playground: Playground;
  readonly ticker: FrameTicker;
}

export const PlaygroundContext = createContext<PageContext | undefined>(undefined);

export function usePage(): PageContext {
  return present(use(PlaygroundContext), 'the page context above this component');
}

/** A part of the state; the component draws again when that part changes. */
export function useView<T>(selector: (state: PlaygroundState) => T): T {
  return useStore(usePage().playground.store, selector);
}

export function useActions(): Actions {
  return usePage().playground.actions;
}

/** The catalogue of a language. */
export function wordsOf(language: Language): Catalogue {
  return language === 'zh' ? chinese : english;
}

export function useWords(): Catalogue {
  return wordsOf(useView((state) => state.language));
}
