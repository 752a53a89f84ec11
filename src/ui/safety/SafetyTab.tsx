/** What every run must keep, how each promise stands, and the moment at which one broke. Below it what clients asked, as overlapping operations. */

import { useMemo, type JSX } from 'react';
import { SAFETY_GROUPS, type SafetyGroup, type SafetyView } from '#view/safety.ts';
import { OperationsDrawing } from '#viz/OperationsDrawing.tsx';
import { operationsScene } from '#viz/operations-scene.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { useAnswer } from '#ui/use-answer.ts';
import { useSize } from '#ui/use-size.ts';
import { useInspectWords } from '#ui/why/inspect-words.ts';
import '#ui/safety/safety.css';

const GROUPS: readonly SafetyGroup[] = ['raft', 'clients', 'watch', 'stores'];
const MARKS = { holds: '✓', violated: '✕', unchecked: '·' } as const;
/** Operations in the picture, the newest; and virtual time that it reaches back, µs. */
const SHOWN_MAX = 40;
const REACH = 60_000_000;

function Property({ view }: { readonly view: SafetyView }): JSX.Element {
  const words = useInspectWords().safety;
  const { seek } = useActions();
  const { name, meaning, source } = words.property(view.property);
  const { violation } = view;
  return (
    <li className={`property property-${view.state}`}>
      <span className="property-mark" aria-hidden>
        {MARKS[view.state]}
      </span>
      <div>
        <p className="property-name">
          <strong>{name}</strong>{' '}
          <span className="quiet">
            {words.states[view.state]}
            {view.state === 'holds' && `, ${words.times(view.checks)}`}
          </span>
        </p>
        <p className="property-meaning">
          {meaning} <small>{source}</small>
        </p>
        {violation !== undefined && (
          <div className="violation">
            <p>{words.found(violation.members, violation.index, violation.detail)}</p>
            {violation.events.length > 0 && (
              <details>
                <summary>{words.shows}</summary>
                <ol>
                  {violation.events.map((event, place) => (
                    <li key={place} className="mono">
                      {event}
                    </li>
                  ))}
                </ol>
              </details>
            )}
            <button
              type="button"
              className="button"
              onClick={() => {
                seek(violation.at);
              }}
            >
              {words.goTo(violation.at)}
            </button>
          </div>
        )}
      </div>
    </li>
  );
}

function History(): JSX.Element {
  const inspect = useInspectWords().safety;
  const words = useWords();
  const { explainer } = useActions();
  const [ref, size] = useSize<HTMLDivElement>();
  const now = useView((state) => state.frame?.now ?? 0);
  const known = useAnswer('operations', () => explainer.operations({ from: Math.max(0, now - REACH), to: now }));
  const operations = useMemo(() => (known?.operations ?? []).slice(-SHOWN_MAX), [known]);
  const end = Math.max(1, ...operations.map(({ invokedAt, returnedAt }) => returnedAt ?? Math.max(invokedAt + 1, now)));
  const scene = useMemo(() => operationsScene(operations, end, Math.max(280, size.width)), [operations, end, size.width]);
  return (
    <section className="history" aria-label={inspect.history} ref={ref}>
      <h2>{inspect.history}</h2>
      {known !== undefined && operations.length === 0 && <p className="empty">{inspect.noHistory}</p>}
      {operations.length > 0 && (
        <>
          <p className="quiet">{inspect.explained}</p>
          <OperationsDrawing scene={scene} clientOf={(client) => clientName(client, words)} titleOf={inspect.operation} />
          <table className="visually-hidden">
            <caption>{inspect.history}</caption>
            <thead>
              <tr>
                <th scope="col">{inspect.columns.client}</th>
                <th scope="col">{inspect.columns.operation}</th>
                <th scope="col">{inspect.columns.time}</th>
              </tr>
            </thead>
            <tbody>
              {operations.map((operation) => (
                <tr key={`${operation.client}#${operation.call}`}>
                  <th scope="row">{clientName(operation.client, words)}</th>
                  <td>{inspect.operation(operation)}</td>
                  <td>{inspect.interval(operation.invokedAt, operation.returnedAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

const NONE: readonly SafetyView[] = [];

export function SafetyTab(): JSX.Element {
  const words = useInspectWords().safety;
  const { say } = useActions();
  const safety = useView((state) => state.frame?.safety) ?? NONE;
  const broken = safety.filter((view) => view.state === 'violated');
  const checks = safety.reduce((sum, view) => sum + view.checks, 0);
  return (
    <div className="scroll safety">
      <p role="status" className={broken.length > 0 ? 'safety-broken' : 'safety-kept'}>
        <strong>{broken.length > 0 ? words.broken(broken.length) : words.kept(checks)}</strong>
      </p>
      {broken.length > 0 && (
        <ul className="properties" aria-label={words.states.violated}>
          {broken.map((view) => (
            <Property key={view.property} view={view} />
          ))}
        </ul>
      )}
      <History />
      {GROUPS.map((group) => {
        const views = safety.filter((view) => view.group === group && view.state !== 'violated');
        return views.length === 0 ? undefined : (
          <details key={group} className="inspector-section" open={group === 'raft'}>
            <summary>
              {words.group(group)}{' '}
              <span className="quiet">
                {views.filter((view) => view.state === 'holds').length}/{SAFETY_GROUPS[group].length}
              </span>
            </summary>
            <ul className="properties">
              {views.map((view) => (
                <Property key={view.property} view={view} />
              ))}
            </ul>
          </details>
        );
      })}
      {broken.length === 0 && (
        <p className="quiet">
          {words.breakHint}{' '}
          <button
            type="button"
            className="link-button mono"
            onClick={() => {
              say(words.breakLine);
            }}
          >
            {words.breakLine}
          </button>
        </p>
      )}
    </div>
  );
}
