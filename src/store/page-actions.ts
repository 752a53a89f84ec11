/** Actions on the page itself: preferences, dialogs, notices, sharing, forgetting. */

import type { Actions, Tools } from '#store/actions.ts';
import { forgetPreferences, readPreferences } from '#store/preferences.ts';
import { FIRST_TABS } from '#store/terminal-tabs.ts';

/** The page's own actions. */
export function pageActions(
  tools: Tools,
): Pick<
  Actions,
  | 'prefer'
  | 'setLanguage'
  | 'setTheme'
  | 'show'
  | 'setMode'
  | 'setUpdateReady'
  | 'sharedRun'
  | 'traceJson'
  | 'dismissNotice'
  | 'resolveStorage'
  | 'copy'
  | 'deleteStored'
> {
  const { around, store, send, prefer } = tools;
  const dismissNotice = (id: number): void => {
    store.setState((state) => ({ notices: state.notices.filter((each) => each.id !== id) }));
  };
  return {
    prefer,
    dismissNotice,
    setUpdateReady: (updateReady) => {
      store.setState({ updateReady });
    },
    setLanguage: (language) => {
      store.setState({ language });
      prefer({ language });
    },
    setMode: (mode) => {
      store.setState({ mode, dialog: undefined });
    },
    setTheme: (theme) => {
      store.setState({ theme });
      prefer({ theme });
    },
    show: (dialog) => {
      store.setState({ dialog });
    },
    sharedRun: async () => {
      const { fragment, fragmentLength, file } = await around.conductor.share();
      return { address: fragment === undefined ? undefined : around.addressWith(fragment), length: fragmentLength, file };
    },
    traceJson: () => around.conductor.traceJson(),
    resolveStorage: (id, choice) => {
      dismissNotice(id);
      send(around.conductor.resolveStorage(choice));
    },
    copy: around.copy,
    deleteStored: () => {
      forgetPreferences(around.storage);
      const preferences = readPreferences(undefined);
      store.setState({ preferences, dialog: undefined, notices: [], requests: [], terminals: FIRST_TABS });
      send(around.conductor.deleteStored());
    },
  };
}
