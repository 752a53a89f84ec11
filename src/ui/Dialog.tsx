import { useEffect, useRef, type JSX, type ReactNode } from 'react';
import { useActions, useWords } from '#ui/playground-context.ts';

/** A modal dialog: the browser keeps the focus inside, and Escape closes it. */
export function Dialog({ title, children }: { readonly title: string; readonly children: ReactNode }): JSX.Element {
  const words = useWords();
  const { show } = useActions();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-label={title}
      onCancel={(event) => {
        // The browser tells of a closed dialog some time after it: a key pressed until then would be lost.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        event.currentTarget.close();
        show(undefined);
      }}
      onClose={() => {
        show(undefined);
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) show(undefined);
      }}
    >
      <div className="dialog-body">
        <header>
          <h2>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={words.help.close}
            onClick={() => {
              show(undefined);
            }}
          >
            ×
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
