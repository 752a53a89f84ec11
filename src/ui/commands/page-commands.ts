/** Everything that the page itself can do, once: for the keys, the palette and the help. */

import type { Playground } from '#store/playground.ts';
import type { RailTab } from '#store/preferences.ts';
import { selectedMember, type Selection } from '#view/selection.ts';
import type { MemberView, Pace } from '#view/frame.ts';
import { NARROW } from '#ui/use-media.ts';
import type { Panels } from '#ui/use-panels.ts';

/** Fixed paces on offer: virtual time in wall time. */
export const RATES = [1 / 1000, 1 / 200, 1 / 50, 1 / 10, 1 / 2, 1, 2, 10] as const;

/** The page's commands in the order in which they are listed, with the keys that do them. */
export const SHORTCUTS = {
  play: 'Space',
  step: '.',
  stepBack: ',',
  present: 'End',
  start: 'Home',
  slower: '[',
  faster: ']',
  automatic: '\\',
  bookmark: 'b',
  breakpoints: 'B',
  undo: 'Ctrl+Z',
  palette: 'Ctrl+K',
  choose: '1 – 9',
  menu: 'm',
  kill: 'k',
  restart: 'r',
  freeze: 'f',
  isolate: 'i',
  sides: 'p',
  heal: 'h',
  request: 'n',
  view: 'v',
  table: 'a',
  log: 'l',
  details: 'e',
  terminal: 't',
  why: undefined,
  member: undefined,
  data: undefined,
  safety: undefined,
  newCluster: undefined,
  branches: undefined,
  share: undefined,
  scenarios: undefined,
  room: 'w',
  theme: undefined,
  language: undefined,
  help: '?',
  close: 'Esc',
} as const;

export type PageCommand = keyof typeof SHORTCUTS;
// The keys of an object literal are its keys.
export const PAGE_COMMANDS = Object.keys(SHORTCUTS) as readonly PageCommand[];

/** Keys as the browser names them, where they are not what is printed. */
const BY_KEY: Readonly<Record<string, PageCommand>> = {
  ' ': 'play',
  ...Object.fromEntries(PAGE_COMMANDS.flatMap((id) => (SHORTCUTS[id]?.length === 1 ? [[SHORTCUTS[id], id]] : []))),
  Home: 'start',
  End: 'present',
  Escape: 'close',
};

/** The command of a key without modifiers; undefined if it has none. */
export const commandOfKey = (key: string): PageCommand | undefined => (Object.hasOwn(BY_KEY, key) ? BY_KEY[key] : undefined);

/** What commands act on besides the store. */
export interface CommandTools {
  readonly playground: Playground;
  readonly panels: Panels;
  /** Opens the menu of what is selected, or of the stage. */
  readonly openMenu: (selection: Selection | undefined) => void;
  /** What the next bookmark is called. */
  readonly bookmarkName: () => string;
}

function chosenMember({ store }: Playground): MemberView | undefined {
  const { selected, frame } = store.getState();
  const name = selectedMember(selected);
  return frame?.members.find((each) => each.name === name);
}

/** A pace slower or faster than the present one, among the fixed ones. */
function otherPace(pace: Pace, step: 1 | -1): Pace {
  if (pace.type === 'fastest') return step < 0 ? { type: 'fixed', rate: RATES.at(-1) ?? 1 } : pace;
  const rate = pace.type === 'fixed' ? pace.rate : 1 / 50;
  const next = step > 0 ? RATES.find((each) => each > rate) : RATES.findLast((each) => each < rate);
  return next === undefined ? (step > 0 ? { type: 'fastest' } : { type: 'fixed', rate: RATES[0] }) : { type: 'fixed', rate: next };
}

function showTab(playground: Playground, railTab: RailTab): true {
  playground.actions.prefer({ rail: true, railTab });
  return true;
}

/** Commands that need a chosen member. @returns whether there was something to do */
function toChosen(id: 'kill' | 'restart' | 'freeze' | 'isolate', playground: Playground): boolean {
  const member = chosenMember(playground);
  if (member === undefined) return false;
  const up = member.life === 'up' || member.life === 'frozen';
  if (up === (id === 'restart')) return false;
  playground.actions.toMember(id === 'freeze' && member.life === 'frozen' ? 'thaw' : id, member.name);
  return true;
}

/** Does it. @returns false if there was nothing to do */
export function runCommand(id: PageCommand, { playground, panels, openMenu, bookmarkName }: CommandTools): boolean {
  const { store, actions } = playground;
  const state = store.getState();
  const { preferences } = state;
  const pace = state.frame?.pace ?? { type: 'adaptive' };
  switch (id) {
    case 'kill':
    case 'restart':
    case 'freeze':
    case 'isolate':
      return toChosen(id, playground);
    case 'why':
    case 'member':
    case 'data':
    case 'safety':
      return showTab(playground, id);
    case 'log':
    case 'details':
    case 'terminal':
      panels.toggle(id);
      return true;
    case 'choose':
      return false;
    case 'room':
      // A phone is no projector.
      if (state.mode === 'page' && window.matchMedia(NARROW).matches) return false;
      break;
    default:
  }
  const acts: Readonly<
    Record<Exclude<PageCommand, Parameters<typeof toChosen>[0] | RailTab | 'log' | 'details' | 'terminal' | 'choose'>, () => void>
  > = {
    play: actions.playOrPause,
    step: actions.step,
    stepBack: actions.stepBack,
    present: () => actions.seek(state.frame?.head ?? 0),
    start: () => actions.seek(0),
    slower: () => actions.setPace(otherPace(pace, -1)),
    faster: () => actions.setPace(otherPace(pace, 1)),
    automatic: () => actions.setPace({ type: 'adaptive' }),
    bookmark: () => actions.bookmark(bookmarkName()),
    breakpoints: () => actions.show('breakpoints'),
    undo: actions.undo,
    palette: () => actions.show('palette'),
    room: () => actions.setMode(state.mode === 'page' ? 'room' : state.mode === 'room' ? 'page' : state.mode),
    menu: () => openMenu(state.selected),
    sides: actions.chooseSides,
    heal: actions.heal,
    request: () => actions.prefer({ request: !preferences.request }),
    view: () => actions.prefer({ stage: preferences.stage === 'ring' ? 'time' : 'ring', table: false }),
    table: () => actions.prefer({ table: !preferences.table }),
    newCluster: () => actions.show('new'),
    branches: () => actions.show('branches'),
    share: () => actions.show('share'),
    scenarios: () => actions.show('scenarios'),
    theme: () => actions.setTheme(state.theme === 'light' ? 'dark' : 'light'),
    language: () => actions.setLanguage(state.language === 'en' ? 'zh' : 'en'),
    help: () => actions.show('help'),
    close: actions.letGo,
  };
  acts[id]();
  return true;
}
