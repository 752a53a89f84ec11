import type { JSX } from 'react';

/** A text in which names such as `etcd-1` never break at their hyphen. */
export function Unbroken({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split(/([A-Za-z][\w.]*-\d+)/).map((piece, at) =>
        at % 2 === 1 ? (
          <span key={at} className="unbroken">
            {piece}
          </span>
        ) : (
          piece
        ),
      )}
    </>
  );
}
