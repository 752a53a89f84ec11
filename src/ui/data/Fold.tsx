/** Something that is out of the way until it is wanted; open where there is nothing else to see. */

import { useState, type JSX, type ReactNode } from 'react';

interface FoldProps {
  readonly title: string;
  /** Whether it is open as long as nobody has opened or closed it. */
  readonly open: boolean;
  /** What is in it stays in the document, unseen: a form that a button outside submits. */
  readonly kept?: boolean;
  readonly children: ReactNode;
}

export function Fold({ title, open, kept = false, children }: FoldProps): JSX.Element {
  const [chosen, setChosen] = useState<boolean>();
  const isOpen = chosen ?? open;
  return (
    <section className="fold">
      <button
        type="button"
        className="fold-head"
        aria-expanded={isOpen}
        onClick={() => {
          setChosen(!isOpen);
        }}
      >
        <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span> {title}
      </button>
      {kept ? <div hidden={!isOpen}>{children}</div> : isOpen && children}
    </section>
  );
}
