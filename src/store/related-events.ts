/** Keeps the causes and effects of what is pointed at, or else selected, as time goes on. One question at a time; an answer that comes too late is dropped. */

import type { Tools } from '#store/actions.ts';
import { UNRELATED, type PlaygroundState } from '#store/state.ts';
import { isSameSelection, type Selection } from '#view/selection.ts';

/** Wall ms after which effects are asked for again while time goes on. */
const AGAIN_MILLIS = 400;

/** What causes and effects are asked of; states have none. */
function rootOf({ pointed, selected }: PlaygroundState): Selection | undefined {
  const wanted = pointed ?? selected;
  switch (wanted?.type) {
    case 'event':
    case 'message':
    case 'request':
    case 'entry':
    case 'term':
      return wanted;
    default:
      return undefined;
  }
}

/** Begins to follow the store. */
export function followRelated({ around, store, send }: Tools): void {
  let asked: Selection | undefined;
  let askedAt = -Infinity;
  let asking = false;
  /** Time went on and stands now, while a question was under way or shortly after it: no further frame reminds of it. */
  let isStale = false;
  const ask = async (root: Selection): Promise<void> => {
    asking = true;
    isStale = false;
    asked = root;
    askedAt = around.wall();
    try {
      const { causes, effects, entries, instants } = await around.conductor.related(root);
      if (isSameSelection(rootOf(store.getState()), root))
        store.setState({ related: { causes: new Set(causes), effects: new Set(effects), entries, instants } });
    } finally {
      asking = false;
    }
    look();
    if (isStale && !asking && asked !== undefined) send(ask(asked));
  };
  const look = (): void => {
    const root = rootOf(store.getState());
    if (root === undefined) {
      asked = undefined;
      if (store.getState().related !== UNRELATED) store.setState({ related: UNRELATED });
    } else if (!asking && !isSameSelection(asked, root)) send(ask(root));
  };
  store.subscribe((state, before) => {
    if (state.selected !== before.selected || state.pointed !== before.pointed) look();
    else if (state.frame?.now !== before.frame?.now || state.frame?.playing !== before.frame?.playing) {
      if (asked === undefined) return;
      const stands = state.frame?.playing !== true;
      if (asking) isStale ||= stands;
      else if (stands || around.wall() - askedAt > AGAIN_MILLIS) send(ask(asked));
    }
  });
}
