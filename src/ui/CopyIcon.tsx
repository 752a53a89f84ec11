import type { JSX } from 'react';

/** Two sheets: what a button that copies shows, or a tick once it has. */
export function CopyIcon({ done }: { readonly done: boolean }): JSX.Element {
  return (
    <svg className="copy-icon" width={14} height={14} viewBox="0 0 14 14" aria-hidden>
      {done ? <path d="M2 7.5l3.5 3.5L12 3.5" /> : <path d="M5 4.5V2h7v7H9.5M2 5h7v7H2Z" />}
    </svg>
  );
}
