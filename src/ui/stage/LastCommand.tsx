import { useState, type JSX } from 'react';
import { CopyIcon } from '#ui/CopyIcon.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

interface LastCommandProps {
  /** Room for it on the stage, px; undefined: it stands in the flow of the page. */
  readonly width: number | undefined;
}

/** The line that the last click stood for, and what it said if it failed. */
export function LastCommand({ width }: LastCommandProps): JSX.Element | undefined {
  const words = useWords();
  const last = useView((state) => state.lastCommand);
  const { copy } = useActions();
  const [copied, setCopied] = useState('');
  if (last === undefined) return undefined;
  const failed = last.error === undefined ? '' : ' last-command-failed';
  return (
    <p
      className={`last-command${width === undefined ? '' : ' last-command-placed'}${failed}`}
      title={words.actions.lastCommand}
      style={width === undefined ? {} : { maxWidth: width }}
    >
      <span className="prompt" aria-hidden>
        ${' '}
      </span>
      <code>{last.line}</code>
      <button
        type="button"
        className="link-button"
        aria-label={words.touch.copyLine}
        onClick={() => {
          void copy(last.line).then((done) => {
            setCopied(done ? last.line : '');
          });
        }}
      >
        <CopyIcon done={copied === last.line} />
      </button>
      {last.error !== undefined && (
        <span className="last-error" role="alert">
          {last.error}
        </span>
      )}
    </p>
  );
}
