/** An update of the conductor, taken into the state. */

import type { Notice, TerminalEvent, Update } from '#view/conductor.ts';
import type { Frame } from '#view/frame.ts';
import type { Selection } from '#view/selection.ts';
import { withRunOutput } from '#store/data-state.ts';
import { withFacts } from '#store/milestones.ts';
import { FEED_MAX, type NoticeState, type PlaygroundState, type RequestState } from '#store/state.ts';
import { keepUnchanged } from '#store/structural-share.ts';
import { withOutput, type TerminalState } from '#store/terminal-history.ts';
import { withScreen, type TerminalTabs } from '#store/terminal-tabs.ts';

/** The terminal that clicks use. */
export const PAGE_TERMINAL = 'page';

function withEvent(terminal: TerminalState, event: TerminalEvent): TerminalState {
  switch (event.type) {
    case 'output':
      return withOutput(terminal, event.text, event.stderr);
    case 'exit':
      return { ...terminal, busy: false, open: false, goesOn: false, code: event.code };
    case 'more':
      return { ...terminal, busy: false, open: false, goesOn: true };
    case 'prompt':
      return { ...terminal, prompt: event.text };
    case 'needs-time':
      return terminal;
  }
}

function withClickEvent(state: PlaygroundState, event: TerminalEvent): PlaygroundState {
  const { lastCommand } = state;
  if (lastCommand === undefined || event.type !== 'output' || !event.stderr) return state;
  return { ...state, lastCommand: { ...lastCommand, error: `${lastCommand.error ?? ''}${event.text}`.slice(0, 500) } };
}

function withTerminalEvent(state: PlaygroundState, event: TerminalEvent): PlaygroundState {
  // Whoever asked for time has ended, or somebody asks for it now.
  const asked = event.type === 'output' ? state : { ...state, needsTime: event.type === 'needs-time' };
  if (event.terminal === PAGE_TERMINAL) return withClickEvent(asked, event);
  const terminals = withScreen(asked.terminals, event.terminal, (screen) => withEvent(screen, event));
  if (terminals !== asked.terminals) return { ...asked, terminals };
  const data = withRunOutput(asked.data, event.terminal, (output) => withEvent(output, event));
  if (data !== asked.data) return { ...asked, data };
  const at = asked.requests.findLastIndex((request) => request.terminal === event.terminal);
  const request = asked.requests[at];
  if (request === undefined) return asked;
  const changed: RequestState = { ...request, output: withEvent(request.output, event) };
  return { ...asked, requests: asked.requests.with(at, changed) };
}

/** The programs of a run end with it, whether or not each still says so. */
const ended = (terminal: TerminalState): TerminalState => ({ ...terminal, busy: false, open: false, goesOn: false, prompt: '' });

const withEnded = (terminals: TerminalTabs): TerminalTabs => ({
  ...terminals,
  tabs: terminals.tabs.map((tab) => ({ ...tab, screen: ended(tab.screen) })),
});

/** Terminals that were not told otherwise talk to the first member, as etcdctl does by itself. */
function withPrompts(terminals: TerminalTabs, first: string | undefined): TerminalTabs {
  if (first === undefined || terminals.tabs.every((tab) => tab.screen.prompt !== '')) return terminals;
  const prompt = (screen: TerminalState): TerminalState => (screen.prompt === '' ? { ...screen, prompt: `${first} $` } : screen);
  return { ...terminals, tabs: terminals.tabs.map((tab) => ({ ...tab, screen: prompt(tab.screen) })) };
}

/** A member that is not of this run (or not yet) cannot stay selected. */
function isThere(selection: Selection | undefined, frame: Frame): boolean {
  return selection?.type !== 'member' || frame.members.some((member) => member.name === selection.name);
}

/** Notices that lead to another branch of the run. */
const isOfBranches = ({ type }: Notice): boolean => type === 'branched' || type === 'undone';

/** Of branches the newest notice alone: each says that the run before is kept, and they all have their place in the list of branches. */
function withNoticed(before: readonly NoticeState[], noticed: readonly NoticeState[]): readonly NoticeState[] {
  if (noticed.length === 0) return before;
  const kept = noticed.some(({ notice }) => isOfBranches(notice)) ? before.filter(({ notice }) => !isOfBranches(notice)) : before;
  return [...kept, ...noticed];
}

/** The state after an update. A new run (another generation) begins with an empty feed. */
export function withUpdate(state: PlaygroundState, update: Update): PlaygroundState {
  const fresh = state.frame !== undefined && state.frame.run.generation !== update.frame.run.generation;
  const frame = keepUnchanged(state.frame, update.frame);
  const before = fresh || update.feedReset ? [] : state.feed;
  // What is looked at again teaches nothing new.
  const seen = update.feedReset ? state.preferences.seen : withFacts(state.preferences.seen, update.feed, update.frame.partition);
  const noticed = update.notices.map((notice, at) => ({ id: (state.notices.at(-1)?.id ?? 0) + 1 + at, notice }));
  const next: PlaygroundState = {
    ...state,
    phase: 'ready',
    frame,
    branches: update.branches ?? state.branches,
    bookmarks: update.bookmarks ?? state.bookmarks,
    breakpoints: update.breakpoints ?? state.breakpoints,
    stopped: update.stopped ?? (frame.playing || frame.looking ? undefined : state.stopped),
    feed: update.feed.length === 0 ? before : [...before, ...update.feed].slice(-FEED_MAX),
    tape: update.tape ?? (fresh ? [] : state.tape),
    notices: withNoticed(fresh ? state.notices.filter(({ notice }) => !isOfBranches(notice)) : state.notices, noticed),
    preferences: seen === state.preferences.seen ? state.preferences : { ...state.preferences, seen },
    needsTime: state.needsTime && !frame.playing,
    // A command that was taken back is none that was given.
    lastCommand: update.notices.some(({ type }) => type === 'undone') ? undefined : state.lastCommand,
    selected: fresh || !isThere(state.selected, frame) ? undefined : state.selected,
    choosing: fresh ? undefined : state.choosing,
    menu: fresh ? undefined : state.menu,
    terminals: withPrompts(fresh ? withEnded(state.terminals) : state.terminals, frame.members[0]?.name),
    requests: fresh ? [] : state.requests,
    data: fresh ? { ...state.data, member: undefined, runs: [] } : state.data,
    endpoint: frame.members.some((member) => member.name === state.endpoint) ? state.endpoint : undefined,
  };
  return update.terminal.reduce(withTerminalEvent, next);
}
