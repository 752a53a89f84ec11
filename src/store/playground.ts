/**
 * The page's store and its actions. The conductor's updates come in through `receive`; everything else is something that the visitor
 * did. A click that changes the cluster sends the line that it stands for.
 */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DataSource } from '#view/data.ts';
import type { Update } from '#view/conductor.ts';
import type { Actions, Surroundings, Tools } from '#store/actions.ts';
import { clusterActions, timeActions } from '#store/cluster-actions.ts';
import { dataActions, simulatedSource } from '#store/data-actions.ts';
import { pageActions } from '#store/page-actions.ts';
import { languageFor, readPreferences, writePreferences } from '#store/preferences.ts';
import { followRelated } from '#store/related-events.ts';
import { requestActions } from '#store/request-actions.ts';
import { firstState, type PlaygroundState } from '#store/state.ts';
import { touchActions } from '#store/touch-actions.ts';
import { terminalActions } from '#store/terminal-actions.ts';
import { withClick } from '#store/terminal-tabs.ts';
import { readView, type SharedLook } from '#store/shared-view.ts';
import { PAGE_TERMINAL, withUpdate } from '#store/updates.ts';
import { createVirtualClock, type VirtualClock } from '#store/virtual-clock.ts';

export interface Playground {
  readonly store: StoreApi<PlaygroundState>;
  readonly clock: VirtualClock;
  readonly actions: Actions;
  /** Where the data views read from. */
  readonly source: DataSource;
}

function createTools(around: Surroundings): Tools {
  const preferences = readPreferences(around.storage);
  const language = preferences.language ?? languageFor(around.languages);
  const theme = preferences.theme ?? (around.prefersDark ? 'dark' : 'light');
  const store = createStore<PlaygroundState>(() => firstState(preferences, language, theme));
  const send = (call: Promise<unknown>): void => {
    call.catch((error: unknown) => {
      store.setState({ phase: 'failed', failure: error instanceof Error ? error.message : String(error) });
    });
  };
  return {
    around,
    store,
    clock: createVirtualClock(),
    send,
    click: (line) => {
      store.setState((state) => ({
        lastCommand: { line, error: undefined },
        terminals: withClick(state.terminals, line),
      }));
      send(around.conductor.execute(PAGE_TERMINAL, line));
    },
    prefer: (changed) => {
      store.setState((state) => ({ preferences: { ...state.preferences, ...changed } }));
    },
  };
}

/** A run that was given away is looked at as the giver did. */
function openLook({ around, prefer, send }: Tools, { at, playing, preferences }: SharedLook): void {
  prefer(preferences);
  if (at === undefined) return;
  send(around.conductor.seek(at));
  if (playing) send(around.conductor.play());
}

/** Makes the store and its actions over a conductor. Nothing happens until `actions.open`. */
export function createPlayground(around: Surroundings): Playground {
  const tools = createTools(around);
  const { store, clock, send } = tools;
  const receive = (update: Update): void => {
    clock.anchor(update.frame, around.wall());
    store.setState((state) => withUpdate(state, update));
    if (update.opened !== undefined) openLook(tools, readView(update.opened));
  };
  const fail = (reason: string): void => {
    store.setState({ phase: 'failed', failure: reason });
  };
  const open = (fragment: string, scope: string): void => {
    send(around.conductor.boot({ fragment, scope }, receive));
  };
  store.subscribe((state, before) => {
    if (state.preferences !== before.preferences) writePreferences(around.storage, state.preferences);
  });
  followRelated(tools);
  const actions: Actions = {
    open,
    receive,
    fail,
    ...timeActions(tools),
    ...clusterActions(tools),
    ...touchActions(tools),
    ...requestActions(tools),
    ...dataActions(tools),
    ...terminalActions(tools),
    ...pageActions(tools),
    explainer: around.conductor,
  };
  return { store, clock, actions, source: simulatedSource(around.conductor) };
}
