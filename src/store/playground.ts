/**
 * The page's store and its actions. The conductor's updates come in through `receive`; everything else is something that the visitor
 * did. A click that changes the cluster sends the line that it stands for.
 */

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conductor, KeysAnswer, Update } from '#view/conductor.ts';
import type { Pace } from '#view/frame.ts';
import { memberLine, newLine, partitionLine, requestLine, type RequestInput } from '#store/command-lines.ts';
import { withMilestone, type Milestone } from '#store/milestones.ts';
import {
  forgetPreferences,
  languageFor,
  readPreferences,
  writePreferences,
  type Language,
  type Preferences,
  type PreferenceStorage,
  type Theme,
} from '#store/preferences.ts';
import { firstState, REQUESTS_MAX, type PlaygroundState } from '#store/state.ts';
import { EMPTY_TERMINAL, withEntered } from '#store/terminal-history.ts';
import { MAIN_TERMINAL, PAGE_TERMINAL, withUpdate } from '#store/updates.ts';
import { createVirtualClock, type VirtualClock } from '#store/virtual-clock.ts';

/** What the page needs of the browser, so that tests can do without one. */
export interface Surroundings {
  readonly conductor: Conductor;
  readonly storage: PreferenceStorage | undefined;
  readonly languages: readonly string[];
  readonly prefersDark: boolean;
  /** Wall time, ms. */
  readonly wall: () => number;
  /** Copies text; false if the browser refuses. */
  readonly copy: (text: string) => Promise<boolean>;
  /** The address of this page with another fragment. */
  readonly addressWith: (fragment: string) => string;
}

export type MemberVerb = 'kill' | 'restart' | 'freeze' | 'thaw' | 'isolate' | 'timeout' | 'wipe';

export interface Actions {
  readonly open: (fragment: string, scope: string) => void;
  readonly receive: (update: Update) => void;
  /** The engine is gone, for this reason. */
  readonly fail: (reason: string) => void;
  readonly playOrPause: () => void;
  readonly play: () => void;
  readonly step: () => void;
  readonly setPace: (pace: Pace) => void;
  readonly setVisible: (visible: boolean) => void;
  readonly toMember: (verb: MemberVerb, member: string) => void;
  readonly select: (member: string | undefined) => void;
  /** A click on a member: chooses its side while sides are chosen, else selects it. */
  readonly pick: (member: string) => void;
  readonly chooseSides: () => void;
  readonly cut: () => void;
  readonly heal: () => void;
  readonly letGo: () => void;
  readonly newRun: (nodes: number, seed: number | undefined) => void;
  readonly request: (input: RequestInput, member: string) => void;
  readonly stopRequest: (id: number) => void;
  readonly clearRequests: () => void;
  readonly setEndpoint: (member: string) => void;
  readonly type: (line: string) => void;
  /** Lines that run one after another, such as what was pasted. */
  readonly typeAll: (lines: readonly string[]) => void;
  readonly interrupt: () => void;
  readonly clearTerminal: () => void;
  readonly keys: (member: string, prefix: string, revision: number) => Promise<KeysAnswer>;
  readonly prefer: (preferences: Partial<Preferences>) => void;
  readonly setLanguage: (language: Language) => void;
  readonly setTheme: (theme: Theme) => void;
  readonly show: (dialog: PlaygroundState['dialog']) => void;
  readonly share: () => void;
  readonly dismissToast: () => void;
  readonly dismissNotice: (id: number) => void;
  readonly resolveStorage: (id: number, choice: 'start-from-disks' | 'start-over') => void;
  readonly copy: (text: string) => Promise<boolean>;
  readonly deleteStored: () => void;
  readonly reach: (milestone: Milestone) => void;
}

/** Pasted lines that may wait for the one before them. */
const QUEUE_MAX = 200;

export interface Playground {
  readonly store: StoreApi<PlaygroundState>;
  readonly clock: VirtualClock;
  readonly actions: Actions;
}

interface Tools {
  readonly around: Surroundings;
  readonly store: StoreApi<PlaygroundState>;
  readonly clock: VirtualClock;
  /** Waits for a call in the background; its failure is shown, never lost. */
  readonly send: (call: Promise<unknown>) => void;
  /** A click's line: shown as the last command, in the terminal, and sent. */
  readonly click: (line: string) => void;
  readonly prefer: (preferences: Partial<Preferences>) => void;
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
        terminal: state.terminal.busy ? state.terminal : withEntered(state.terminal, line, 'click'),
      }));
      send(around.conductor.execute(PAGE_TERMINAL, line));
    },
    prefer: (changed) => {
      store.setState((state) => ({ preferences: { ...state.preferences, ...changed } }));
    },
  };
}

function timeActions({
  around,
  store,
  send,
  prefer,
}: Tools): Pick<Actions, 'playOrPause' | 'play' | 'step' | 'setPace' | 'setVisible' | 'reach'> {
  const reach = (milestone: Milestone): void => {
    prefer({ seen: withMilestone(store.getState().preferences.seen, milestone) });
  };
  return {
    reach,
    play: () => {
      send(around.conductor.play());
    },
    playOrPause: () => {
      const playing = store.getState().frame?.playing ?? false;
      if (playing) reach('pause');
      send(playing ? around.conductor.pause() : around.conductor.play());
    },
    step: () => {
      send(around.conductor.step(store.getState().preferences.step));
    },
    setPace: (pace) => {
      send(around.conductor.setPace(pace));
    },
    setVisible: (visible) => {
      send(around.conductor.setVisible(visible));
    },
  };
}

function clusterActions({
  store,
  click,
}: Tools): Pick<Actions, 'toMember' | 'select' | 'pick' | 'chooseSides' | 'cut' | 'heal' | 'letGo' | 'newRun'> {
  const names = (): readonly string[] => store.getState().frame?.members.map((member) => member.name) ?? [];
  return {
    toMember: (verb, member) => {
      click(memberLine(verb, member));
    },
    select: (selected) => {
      store.setState({ selected });
    },
    pick: (member) => {
      const { choosing, selected } = store.getState();
      if (choosing === undefined) store.setState({ selected: selected === member ? undefined : member });
      else store.setState({ choosing: choosing.includes(member) ? choosing.filter((name) => name !== member) : [...choosing, member] });
    },
    chooseSides: () => {
      const { selected } = store.getState();
      store.setState({ choosing: selected === undefined ? [] : [selected], selected: undefined });
    },
    cut: () => {
      const chosen = store.getState().choosing ?? [];
      if (chosen.length === 0 || chosen.length === names().length) return;
      store.setState({ choosing: undefined });
      click(partitionLine(chosen, names()));
    },
    heal: () => {
      click('play heal');
    },
    letGo: () => {
      const { dialog, choosing } = store.getState();
      if (dialog !== undefined) store.setState({ dialog: undefined });
      else if (choosing !== undefined) store.setState({ choosing: undefined });
      else store.setState({ selected: undefined });
    },
    newRun: (nodes, seed) => {
      store.setState({ dialog: undefined, selected: undefined, choosing: undefined, requests: [] });
      click(newLine(nodes, seed));
    },
  };
}

function requestActions({
  around,
  store,
  send,
}: Tools): Pick<Actions, 'request' | 'stopRequest' | 'clearRequests' | 'setEndpoint' | 'keys'> {
  let made = 0;
  return {
    request: (input, member) => {
      const { frame } = store.getState();
      const view = frame?.members.find((each) => each.name === member);
      if (frame === undefined || view === undefined) return;
      const line = requestLine(input, view.clientUrl);
      made += 1;
      const entry = { id: made, terminal: `request-${made}`, input, line, output: { ...EMPTY_TERMINAL, busy: true } };
      store.setState((state) => ({
        requests: [...state.requests, entry].slice(-REQUESTS_MAX),
        lastCommand: { line, error: undefined },
        terminal: state.terminal.busy ? state.terminal : withEntered(state.terminal, line, 'click'),
      }));
      if (input.method === 'put' && frame.partition.length > 1) {
        store.setState((state) => ({ preferences: { ...state.preferences, seen: withMilestone(state.preferences.seen, 'minority') } }));
      }
      send(around.conductor.execute(entry.terminal, line));
    },
    stopRequest: (id) => {
      const request = store.getState().requests.find((each) => each.id === id);
      if (request !== undefined) send(around.conductor.interrupt(request.terminal));
    },
    clearRequests: () => {
      store.setState((state) => ({ requests: state.requests.filter((request) => request.output.busy) }));
    },
    setEndpoint: (endpoint) => {
      store.setState({ endpoint });
    },
    keys: (member, prefix, revision) => around.conductor.keys(member, prefix, revision),
  };
}

function terminalActions({ around, store, send }: Tools): Pick<Actions, 'type' | 'typeAll' | 'interrupt' | 'clearTerminal'> {
  let waiting: readonly string[] = [];
  const type = (line: string): void => {
    const { terminal } = store.getState();
    if (terminal.busy) {
      store.setState({ terminal: withEntered(terminal, line, 'input') });
      send(around.conductor.input(MAIN_TERMINAL, `${line}\n`, false));
      return;
    }
    const entered = withEntered(terminal, line, 'input');
    const empty = line.trim() === '';
    store.setState((state) => ({
      terminal: { ...entered, busy: !empty },
      preferences: { ...state.preferences, seen: withMilestone(state.preferences.seen, 'terminal') },
    }));
    if (!empty) send(around.conductor.execute(MAIN_TERMINAL, line));
  };
  const advance = (): void => {
    const [first, ...rest] = waiting;
    if (store.getState().terminal.busy || first === undefined) return;
    waiting = rest;
    type(first);
  };
  store.subscribe(advance);
  return {
    type,
    typeAll: (lines) => {
      waiting = [...waiting, ...lines].slice(0, QUEUE_MAX);
      advance();
    },
    interrupt: () => {
      waiting = [];
      send(around.conductor.interrupt(MAIN_TERMINAL));
    },
    clearTerminal: () => {
      store.setState((state) => ({ terminal: { ...state.terminal, lines: [], open: false } }));
    },
  };
}

function pageActions(
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
      store.setState({ preferences, dialog: undefined, notices: [], requests: [], terminal: EMPTY_TERMINAL });
      send(around.conductor.deleteStored());
    },
  };
}

/** Makes the store and its actions over a conductor. Nothing happens until `actions.open`. */
export function createPlayground(around: Surroundings): Playground {
  const tools = createTools(around);
  const { store, clock, send } = tools;
  const receive = (update: Update): void => {
    clock.anchor(update.frame, around.wall());
    store.setState((state) => withUpdate(state, update));
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
  const actions: Actions = {
    open,
    receive,
    fail,
    ...timeActions(tools),
    ...clusterActions(tools),
    ...requestActions(tools),
    ...terminalActions(tools),
    ...pageActions(tools),
  };
  return { store, clock, actions };
}
