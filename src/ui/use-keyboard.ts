/** The keys of the page. Nothing happens while someone types, and a focused button keeps its own space and Enter. */

import { useEffect } from 'react';
import { commandOfKey, runCommand, type CommandTools } from '#ui/commands/page-commands.ts';
import { useCommandTools } from '#ui/commands/use-commands.ts';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, [role="button"], a, summary') !== null;
}

/** Things that have their own use for the keys of moving. */
function movesItself(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('[role="slider"], [role="tablist"], [tabindex="0"][role="region"], ol, .scroll') !== null
  );
}

function act(key: string, tools: CommandTools): boolean {
  const { store, actions } = tools.playground;
  const state = store.getState();
  const number = /^[1-9]$/.test(key) ? Number(key) : 0;
  if (number > 0) {
    const member = state.frame?.members[number - 1];
    if (member !== undefined) actions.pick(member.name);
    return member !== undefined;
  }
  if (key === 'Enter') {
    if (state.choosing === undefined) return false;
    actions.cut();
    return true;
  }
  const command = commandOfKey(key);
  return command !== undefined && runCommand(command, tools);
}

/** Ctrl or Cmd with a letter. @returns whether it meant something */
function withModifier(event: KeyboardEvent, tools: CommandTools): boolean {
  if (event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return false;
  if (event.key === 'k') return runCommand('palette', tools);
  if (event.key === 'z' && !isTyping(event.target)) return runCommand('undo', tools);
  return false;
}

/** Listens for the page's keys as long as the page stands. */
export function useKeyboard(): void {
  const tools = useCommandTools();
  useEffect(() => {
    const { store, actions } = tools.playground;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented) return;
      if (store.getState().dialog === undefined && withModifier(event, tools)) {
        event.preventDefault();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape') {
        if (isTyping(event.target) && event.target instanceof HTMLElement) event.target.blur();
        else actions.letGo();
        return;
      }
      if (isTyping(event.target) || store.getState().dialog !== undefined) return;
      if ((event.key === ' ' || event.key === 'Enter') && isButton(event.target)) return;
      if ((event.key === 'Home' || event.key === 'End') && movesItself(event.target)) return;
      if (act(event.key, tools)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [tools]);
}
