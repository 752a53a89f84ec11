/** The answer to "why" for what is selected: the question, the reasons, and how it came to this. Choosing a reason goes to its event. */

import type { JSX } from 'react';
import type { Selection } from '#view/selection.ts';
import type { WhyAnswer as Answer, WhyReason } from '#view/why.ts';
import { instantText } from '#words/measure.ts';
import { useActions, useView } from '#ui/playground-context.ts';
import { Unbroken } from '#ui/Unbroken.tsx';
import { useAnswer } from '#ui/use-answer.ts';
import { useWhyWords } from '#ui/why/why-words.ts';
import '#ui/why/why.css';

/** What choosing a reason selects. */
function selectionOf({ fact, event, at }: WhyReason): Selection | undefined {
  if (event === 0 || at === undefined) return undefined;
  return fact.type === 'message' ? { type: 'message', id: event } : { type: 'event', id: event, at };
}

function Text({ reason }: { readonly reason: WhyReason }): JSX.Element {
  const { text, code, rule } = useWhyWords().reason(reason.fact);
  return (
    <>
      <Unbroken text={text} />
      {code !== undefined && (
        <>
          {' '}
          <code>{code}</code>
        </>
      )}
      {rule !== undefined && <small>{rule}</small>}
    </>
  );
}

/** A reason; one that is about an event is a door to it. */
function Reason({ reason }: { readonly reason: WhyReason }): JSX.Element {
  const { select, seek, point } = useActions();
  const why = useWhyWords();
  const selection = selectionOf(reason);
  const { at } = reason;
  if (selection === undefined || at === undefined) {
    return (
      <span className="reason-text">
        <Text reason={reason} />
      </span>
    );
  }
  return (
    <button
      type="button"
      className="reason-text reason-door"
      title={why.goThere(`${instantText(at)} s`)}
      onClick={() => {
        select(selection);
        seek(at);
      }}
      onPointerEnter={() => {
        point(selection);
      }}
      onPointerLeave={() => {
        point(undefined);
      }}
      onFocus={() => {
        point(selection);
      }}
      onBlur={() => {
        point(undefined);
      }}
    >
      <Text reason={reason} />
    </button>
  );
}

function Reasons({ answer }: { readonly answer: Answer }): JSX.Element {
  const why = useWhyWords();
  if (answer.question.type === 'forgotten') return <p className="empty">{why.forgotten}</p>;
  if (answer.reasons.length === 0 && answer.chain.length === 0) return <p className="empty">{why.noReasons}</p>;
  return (
    <>
      {answer.reasons.length > 0 && (
        <ul className="reasons">
          {answer.reasons.map((reason, place) => (
            <li key={place}>
              <Reason reason={reason} />
            </li>
          ))}
        </ul>
      )}
      {answer.chain.length > 0 && (
        <details className="chain" open={answer.reasons.length === 0}>
          <summary>{why.chain}</summary>
          <ol>
            {answer.chain.map((reason, place) => (
              <li key={place}>
                <span className="event-time">{reason.at === undefined ? '' : instantText(reason.at)}</span>
                <Reason reason={reason} />
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

const keyOf = (selection: Selection | undefined): string => (selection === undefined ? '' : JSON.stringify(selection));

export function WhyAnswer(): JSX.Element {
  const why = useWhyWords();
  const { explainer, letGo, seek } = useActions();
  const selected = useView((state) => state.selected);
  const answer = useAnswer(keyOf(selected), () => explainer.why(selected));
  return (
    <section className="why-answer" aria-label={why.title} aria-busy={answer === undefined}>
      {answer !== undefined && (
        <>
          <header>
            <h2>
              <Unbroken text={why.question(answer.question)} />
            </h2>
            {selected?.type === 'event' && (
              <button
                type="button"
                className="link-button mono"
                title={why.goThere(`${instantText(selected.at)} s`)}
                onClick={() => {
                  seek(selected.at);
                }}
              >
                {instantText(selected.at)}
              </button>
            )}
            {selected !== undefined && (
              <button type="button" className="icon-button" aria-label={why.letGo} title={`${why.letGo} (Esc)`} onClick={letGo}>
                ×
              </button>
            )}
          </header>
          <Reasons answer={answer} />
          {selected === undefined && <p className="quiet why-hint">{why.nothingSelected}</p>}
        </>
      )}
    </section>
  );
}
