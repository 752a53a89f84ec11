/** Opening a menu: right click, long press, the Menu key or Shift-F10, wherever something can be pointed at. */

import { useCallback, useEffect, useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import type { MenuTarget } from '#store/state.ts';
import { useActions } from '#ui/playground-context.ts';

/** How long a finger rests until the menu opens, ms. */
const LONG_PRESS = 500;
/** How far it may stray meanwhile, px. */
const STRAY = 8;

export interface MenuHandlers {
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
  /** @returns whether the key opened a menu */
  readonly openByKey: (event: KeyboardEvent) => boolean;
}

/** The key that asks for a menu. */
export const isMenuKey = (event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): boolean =>
  event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);

/** Below the middle of an element, for a menu that no pointer asked for. */
export function placeBelow(element: Element): { readonly x: number; readonly y: number } {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + Math.min(box.height / 2, 40) };
}

/** The click that comes when the finger lets go belongs to the press: the menu lies under the finger by then, and nothing in it was meant. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  const options = { capture: true, once: true };
  document.addEventListener('click', swallow, options);
  // Not every browser sends one; the next touch is another one.
  document.addEventListener('pointerdown', () => document.removeEventListener('click', swallow, true), options);
}

/** Handlers for an element that stands for `target`. */
export function useMenu(target: MenuTarget): MenuHandlers {
  const { openMenu } = useActions();
  const press = useRef<{ readonly timer: number; readonly x: number; readonly y: number } | undefined>(undefined);
  const latest = useRef(target);
  useEffect(() => {
    latest.current = target;
  });
  const release = useCallback((): void => {
    if (press.current !== undefined) window.clearTimeout(press.current.timer);
    press.current = undefined;
  }, []);
  useEffect(() => release, [release]);
  return {
    onContextMenu: (event) => {
      event.preventDefault();
      event.stopPropagation();
      release();
      const byPointer = event.clientX !== 0 || event.clientY !== 0;
      const { x, y } = byPointer ? { x: event.clientX, y: event.clientY } : placeBelow(event.currentTarget);
      openMenu(latest.current, x, y);
    },
    onPointerDown: (event) => {
      if (event.pointerType !== 'touch') return;
      const { clientX: x, clientY: y } = event;
      release();
      const timer = window.setTimeout(() => {
        press.current = undefined;
        swallowClick();
        openMenu(latest.current, x, y);
      }, LONG_PRESS);
      press.current = { timer, x, y };
    },
    onPointerMove: (event) => {
      const from = press.current;
      if (from !== undefined && Math.hypot(event.clientX - from.x, event.clientY - from.y) > STRAY) release();
    },
    onPointerUp: release,
    onPointerCancel: release,
    openByKey: (event) => {
      if (!isMenuKey(event)) return false;
      event.preventDefault();
      event.stopPropagation();
      const { x, y } = placeBelow(event.currentTarget);
      openMenu(latest.current, x, y);
      return true;
    },
  };
}
