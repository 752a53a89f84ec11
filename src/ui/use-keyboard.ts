/** The keys of the page. Nothing happens while someone types, and a focused button keeps its own space and Enter. */

import { useEffect } from 'react';
import { selectedMember } from '#view/selection.ts';
import type { Playground } from '#store/playground.ts';
import { usePage } from '#ui/playground-context.ts';
import { usePanels, type Panels } from '#ui/use-panels.ts';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, [role="button"], a, summary') !== null;
}

/** Keys that concern the chosen member. */
function toMember(key: string, { store, actions }: Playground): boolean {
  const { selected, frame } = store.getState();
  const member = frame?.members.find((each) => each.name === selectedMember(selected));
  if (member === undefined) return false;
  const up = member.life === 'up' || member.life === 'frozen';
  if (key === 'k' && up) actions.toMember('kill', member.name);
  else if (key === 'r' && !up) actions.toMember('restart', member.name);
  else if (key === 'f' && up) actions.toMember(member.life === 'frozen' ? 'thaw' : 'freeze', member.name);
  else if (key === 'i' && up) actions.toMember('isolate', member.name);
  else return false;
  return true;
}

function act(key: string, playground: Playground, panels: Panels): boolean {
  const { store, actions } = playground;
  const state = store.getState();
  const number = /^[1-9]$/.test(key) ? Number(key) : 0;
  if (number > 0) {
    const member = state.frame?.members[number - 1];
    if (member !== undefined) actions.pick(member.name);
    return member !== undefined;
  }
  switch (key) {
    case ' ':
      actions.playOrPause();
      return true;
    case '.':
      actions.step();
      return true;
    case ',':
      actions.stepBack();
      return true;
    case 'p':
      actions.chooseSides();
      return true;
    case 'Enter':
      if (state.choosing === undefined) return false;
      actions.cut();
      return true;
    case 'h':
      actions.heal();
      return true;
    case 'v':
      actions.prefer({ stage: state.preferences.stage === 'ring' ? 'time' : 'ring' });
      return true;
    case 'n':
      actions.prefer({ request: !state.preferences.request });
      return true;
    case 'l':
      panels.toggle('log');
      return true;
    case 'e':
      panels.toggle('details');
      return true;
    case 't':
      panels.toggle('terminal');
      return true;
    case '?':
      actions.show('help');
      return true;
    default:
      return toMember(key, playground);
  }
}

/** Listens for the page's keys as long as the page stands. */
export function useKeyboard(): void {
  const { playground } = usePage();
  const panels = usePanels();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.key === 'Escape') {
        if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
        else playground.actions.letGo();
        return;
      }
      if (isTyping(event.target) || playground.store.getState().dialog !== undefined) return;
      if ((event.key === ' ' || event.key === 'Enter') && isButton(event.target)) return;
      if (act(event.key, playground, panels)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [playground, panels]);
}
