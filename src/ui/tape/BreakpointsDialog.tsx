/** Breakpoints: conditions that stop time when they come to hold. */

import { useState, type JSX, type SubmitEvent } from 'react';
import type { BreakpointView } from '#view/breakpoint.ts';
import { instantText } from '#words/measure.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

/** Conditions to begin with, in the language of `play until`. */
const IDEAS = ['not leader', 'leader', 'term > 3', 'commit >= 10 on all', 'alive <= 1'] as const;

function BreakpointRow({ breakpoint }: { readonly breakpoint: BreakpointView }): JSX.Element {
  const words = useWords();
  const { removeBreakpoint, enableBreakpoint } = useActions();
  const { id, condition, enabled, hits, lastHitAt, problem } = breakpoint;
  return (
    <li className="breakpoint">
      <label className="check">
        <input
          type="checkbox"
          checked={enabled}
          onChange={(event) => {
            enableBreakpoint(id, event.target.checked);
          }}
        />
        <code>{condition}</code>
      </label>
      <span className="quiet">
        {words.views.hits(hits)}
        {lastHitAt !== undefined && ` · ${words.views.lastHit(`${instantText(lastHitAt)} s`)}`}
      </span>
      <button
        type="button"
        className="text-button"
        aria-label={words.views.removeBreakpoint(condition)}
        onClick={() => {
          removeBreakpoint(id);
        }}
      >
        {words.branches.delete}
      </button>
      {problem !== undefined && <span className="breakpoint-problem">{problem}</span>}
    </li>
  );
}

export function BreakpointsDialog(): JSX.Element {
  const words = useWords();
  const { addBreakpoint } = useActions();
  const breakpoints = useView((state) => state.breakpoints);
  const [condition, setCondition] = useState('');
  const [problem, setProblem] = useState('');
  const add = (text: string): void => {
    if (text.trim() === '') return;
    void addBreakpoint(text.trim()).then((answer) => {
      setProblem(answer.type === 'error' ? answer.message : '');
      if (answer.type === 'ok') setCondition('');
    });
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    add(condition);
  };
  return (
    <Dialog title={words.views.breakpoints}>
      <p>{words.views.breakpointsExplained}</p>
      <form className="request-form" onSubmit={submit}>
        <label className="field field-grow">
          <span>{words.views.condition}</span>
          <input
            className="mono"
            value={condition}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            placeholder="term > 3"
            onChange={(event) => {
              setCondition(event.target.value);
            }}
          />
        </label>
        <button type="submit" className="button button-strong">
          {words.views.addBreakpoint}
        </button>
      </form>
      {problem !== '' && (
        <p className="breakpoint-problem" role="alert">
          {problem}
        </p>
      )}
      <p className="choice" role="group" aria-label={words.views.ideas}>
        {IDEAS.map((idea) => (
          <button
            key={idea}
            type="button"
            className="button mono"
            onClick={() => {
              add(idea);
            }}
          >
            {idea}
          </button>
        ))}
      </p>
      {breakpoints.length === 0 && <p className="quiet">{words.views.noBreakpoints}</p>}
      <ul className="branch-list" aria-label={words.views.breakpoints}>
        {breakpoints.map((breakpoint) => (
          <BreakpointRow key={breakpoint.id} breakpoint={breakpoint} />
        ))}
      </ul>
    </Dialog>
  );
}
