/** What the last click of a view ran, and what came of it: the line, its state, what it printed. */

import type { JSX } from 'react';
import { outputText } from '#store/terminal-history.ts';
import type { RunState } from '#store/data-state.ts';
import { useDataWords } from '#ui/data/use-data.ts';
import { useActions } from '#ui/playground-context.ts';

/** Characters of output that are shown. */
const SHOWN_MAX = 4000;

export function RunLine({ run, quiet = false }: { readonly run: RunState | undefined; readonly quiet?: boolean }): JSX.Element | null {
  const words = useDataWords();
  const { stopRun } = useActions();
  if (run === undefined) return null;
  const { busy, code = 0 } = run.output;
  const state = busy ? 'busy' : code === 0 ? 'ok' : 'failed';
  const text = quiet && state === 'ok' ? '' : outputText(run.output).slice(0, SHOWN_MAX);
  return (
    <section className={`run run-${state}`} aria-label={words.lastLine}>
      <div className="run-line">
        <code>{run.line}</code>
        <span className="run-state" role="status">
          {state === 'failed' ? words.run.failed(code) : words.run[state]}
        </span>
        {busy && (
          <button
            type="button"
            className="link-button"
            onClick={() => {
              stopRun(run.id);
            }}
          >
            {words.stop}
          </button>
        )}
      </div>
      {text !== '' && <pre>{text}</pre>}
    </section>
  );
}
