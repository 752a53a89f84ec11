/** One entry of a menu: a line that changes the cluster, or something that the page does by itself. */

import type { Selection } from '#view/selection.ts';
import type { MenuTarget } from '#store/state.ts';
import type { Catalogue } from '#words/english.ts';

/** What the page itself does for an entry. */
export type PageAct =
  | { readonly type: 'menu'; readonly target: MenuTarget }
  | { readonly type: 'explain' | 'select'; readonly selection: Selection }
  | { readonly type: 'details'; readonly member: string }
  | { readonly type: 'requests'; readonly member: string }
  | { readonly type: 'choose-sides' | 'request' | 'new' | 'undo' | 'table' | 'bookmark' | 'breakpoints' };

export type MenuEntry = { readonly id: string; readonly text: string; readonly key?: string | undefined } & (
  { readonly line: string } | { readonly act: PageAct }
);

/** Groups are set apart. */
export type MenuGroups = readonly (readonly MenuEntry[])[];

/** An entry that is a line. */
export const say = (id: string, text: string, line: string, key?: string): MenuEntry => ({ id, text, line, key });

/** An entry for the page. */
export const page = (id: string, text: string, act: PageAct, key?: string): MenuEntry => ({ id, text, act, key });

/** Asks why. */
export const why = (selection: Selection, words: Catalogue): MenuEntry =>
  page('why', words.touch.entries.why, { type: 'explain', selection });

/** A duration (virtual µs) as lines have it. */
export const millis = (micros: number): string => `${micros / 1000}ms`;
