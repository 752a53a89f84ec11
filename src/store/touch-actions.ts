/** Actions of menus, the palette and gestures: lines that clicks stand for, undo, bookmarks. */

import type { Actions, Tools } from '#store/actions.ts';

export function touchActions({
  around,
  store,
  send,
  click,
}: Tools): Pick<
  Actions,
  | 'say'
  | 'undo'
  | 'bookmark'
  | 'renameBookmark'
  | 'deleteBookmark'
  | 'addBreakpoint'
  | 'removeBreakpoint'
  | 'enableBreakpoint'
  | 'openMenu'
  | 'closeMenu'
  | 'logWindow'
> {
  return {
    say: (...lines) => {
      // One line of the shell: each waits for the one before it.
      if (lines.length > 0) click(lines.join('; '));
    },
    undo: () => {
      send(around.conductor.undo());
    },
    bookmark: (name) => {
      const { frame } = store.getState();
      if (frame !== undefined) send(around.conductor.bookmark(frame.now, name));
    },
    renameBookmark: (id, name) => {
      send(around.conductor.renameBookmark(id, name));
    },
    deleteBookmark: (id) => {
      send(around.conductor.deleteBookmark(id));
    },
    addBreakpoint: (condition) => around.conductor.addBreakpoint(condition),
    removeBreakpoint: (id) => {
      send(around.conductor.removeBreakpoint(id));
    },
    enableBreakpoint: (id, enabled) => {
      send(around.conductor.enableBreakpoint(id, enabled));
    },
    openMenu: (target, x, y) => {
      store.setState({ menu: { target, x, y } });
    },
    closeMenu: () => {
      if (store.getState().menu !== undefined) store.setState({ menu: undefined });
    },
    logWindow: (query) => around.conductor.log(query),
  };
}
