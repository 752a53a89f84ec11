/** Actions on the page itself: preferences, dialogs, notices, sharing, forgetting. */

import type { Actions, Tools } from '#store/actions.ts';
import { forgetPreferences, readPreferences } from '#store/preferences.ts';
import { FIRST_TABS } from '#store/terminal-tabs.ts';

/** The page's own actions. */
export function pageActions(
  tools: Tools,
): Pick<
  Actions,
  'prefer' | 'setLanguage' | 'setTheme' | 'show' | 'share' | 'dismissToast' | 'dismissNotice' | 'resolveStorage' | 'copy' | 'deleteStored'
> {
  const { around, store, send, prefer } = tools;
  const dismissNotice = (id: number): void => {
    store.setState((state) => ({ notices: state.notices.filter((each) => each.id !== id) }));
  };
  const share = async (): Promise<void> => {
    const { fragment } = await around.conductor.share();
    const copied = await around.copy(around.addressWith(fragment));
    store.setState({ toast: copied ? { type: 'shared' } : { type: 'share-failed', reason: around.addressWith(fragment) } });
  };
  return {
    prefer,
    dismissNotice,
    setLanguage: (language) => {
      store.setState({ language });
      prefer({ language });
    },
    setTheme: (theme) => {
      store.setState({ theme });
      prefer({ theme });
    },
    show: (dialog) => {
      store.setState({ dialog });
    },
    share: () => {
      share().catch((error: unknown) => {
        store.setState({ toast: { type: 'share-failed', reason: error instanceof Error ? error.message : String(error) } });
      });
    },
    dismissToast: () => {
      store.setState({ toast: undefined });
    },
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
