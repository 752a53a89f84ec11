/** Actions on the page itself: preferences, dialogs, notices, sharing, forgetting. */

import type { Actions, Tools } from '#store/actions.ts';
import { forgetPreferences, readPreferences } from '#store/preferences.ts';
import { viewOf } from '#store/shared-view.ts';
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
  | 'openRun'
  | 'scenarioLink'
  | 'openScenario'
  | 'dismissUnopened'
  | 'compareBranches'
  | 'showComparison'
  | 'dismissNotice'
  | 'resolveStorage'
  | 'copy'
  | 'deleteStored'
> {
  const { around, store, send, prefer } = tools;
  const dismissNotice = (id: number): void => {
    store.setState((state) => ({ notices: state.notices.filter((each) => each.id !== id) }));
  };
  const openText = async (name: string, text: string): Promise<void> => {
    const answer = await around.conductor.openRun(text);
    if (answer.type === 'error') store.setState({ unopened: { name, where: answer.where, message: answer.message } });
    else store.setState({ unopened: undefined, dialog: undefined });
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
    sharedRun: async (playing) => {
      const { fragment, fragmentLength, file } = await around.conductor.share(viewOf(store.getState(), playing));
      return { address: fragment === undefined ? undefined : around.addressWith(fragment), length: fragmentLength, file };
    },
    openRun: (name, text) => send(openText(name, text)),
    scenarioLink: async (id) => around.addressWith(await around.conductor.scenarioLink(id)),
    openScenario: (id, name) => send(around.conductor.scenarioLink(id).then((fragment) => openText(name, fragment))),
    dismissUnopened: () => {
      store.setState({ unopened: undefined });
    },
    showComparison: (branch) => {
      store.setState({ compared: branch, dialog: 'compare' });
    },
    compareBranches: (a, b) => around.conductor.compareBranches(a, b),
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
