/** The button that shows a link as a QR code and hides it again. */

import type { JSX } from 'react';

interface QrButtonProps {
  readonly name: string;
  readonly shown: boolean;
  readonly onShown: (shown: boolean) => void;
}

export function QrButton({ name, shown, onShown }: QrButtonProps): JSX.Element {
  return (
    <button type="button" className="button" aria-pressed={shown} onClick={() => onShown(!shown)}>
      {name}
    </button>
  );
}
