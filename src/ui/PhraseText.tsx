import type { JSX } from 'react';
import { Unbroken } from '#ui/Unbroken.tsx';
import type { Phrase } from '#words/phrase.ts';

/** A phrase with its emphasis. */
export function PhraseText({ phrase }: { readonly phrase: Phrase }): JSX.Element {
  return (
    <>
      {phrase.map((part, at) =>
        part.strong ? (
          <strong key={at}>
            <Unbroken text={part.text} />
          </strong>
        ) : (
          <span key={at}>{part.text}</span>
        ),
      )}
    </>
  );
}
