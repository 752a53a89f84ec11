/** A button that moves while it is pressed is pressed all the same. */

import { useEffect } from 'react';

/** CSS px that a pointer may move between press and release without meaning to leave. */
const SLACK = 8;

interface Press {
  readonly button: HTMLButtonElement;
  readonly x: number;
  readonly y: number;
}

/** Whether the pointer was taken off the button on purpose, as one does who thinks better of it. */
function isTakenAway({ button, x, y }: Press, event: MouseEvent): boolean {
  if (Math.hypot(event.clientX - x, event.clientY - y) <= SLACK) return false;
  const { left, right, top, bottom } = button.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}

/**
 * A cluster does things in its own time: a notice or a bookmark can move a button between the press and the release of a mouse, and the browser would give
 * the click to whatever lies under the release. So a pressed button keeps the pointer; who moves off before letting go still presses nothing.
 */
export function useSteadyPress(): void {
  useEffect(() => {
    let press: Press | undefined;
    const onPointerDown = (event: PointerEvent): void => {
      press = undefined;
      if (event.button !== 0 || event.pointerType !== 'mouse' || !(event.target instanceof Element)) return;
      const button = event.target.closest('button');
      if (button === null) return;
      button.setPointerCapture(event.pointerId);
      press = { button, x: event.clientX, y: event.clientY };
    };
    const onClick = (event: MouseEvent): void => {
      const pressed = press;
      press = undefined;
      // A click of the keyboard or of a script has no detail.
      if (pressed === undefined || event.detail === 0 || !isTakenAway(pressed, event)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('pointerdown', onPointerDown, true);
    window.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('pointerdown', onPointerDown, true);
      window.removeEventListener('click', onClick, true);
    };
  }, []);
}
