/** The key-value store of one member, at its newest or an older revision. */

import { useEffect, useState, type JSX } from 'react';
import { selectedMember } from '#view/selection.ts';
import type { KeysAnswer } from '#view/conductor.ts';
import { MemberChoice } from '#ui/member/MemberTab.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

/** Asks again at most this often while revisions go by, ms. */
const AGAIN_MS = 150;

function useKeys(member: string | undefined, prefix: string, revision: number): KeysAnswer | undefined {
  const { keys } = useActions();
  const [answer, setAnswer] = useState<KeysAnswer>();
  // The member's own revision and life, so that the list follows it.
  const version = useView((state) => {
    const view = state.frame?.members.find((each) => each.name === member);
    return view === undefined ? '' : `${view.revision}.${view.compactRevision}.${view.life}.${view.incarnation}`;
  });
  useEffect(() => {
    if (member === undefined) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      keys(member, prefix, revision).then(
        (fresh) => {
          if (current) setAnswer(fresh);
        },
        () => undefined, // The engine's failure has its own banner.
      );
    }, AGAIN_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [keys, member, prefix, revision, version]);
  return answer;
}

function KeyTable({ answer, prefix }: { readonly answer: KeysAnswer; readonly prefix: string }): JSX.Element {
  const words = useWords();
  if (answer.error !== undefined) return <p className="empty">{answer.error}</p>;
  if (answer.keys.length === 0) return <p className="empty">{prefix === '' ? words.keys.empty : words.keys.noMatch}</p>;
  return (
    <>
      <table className="table key-table">
        <caption>
          {answer.member}, {words.keys.atRevision(answer.revision)}
          {answer.compactRevision > 0 && ` · ${words.keys.compactedBelow(answer.compactRevision)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{words.keys.key}</th>
            <th scope="col">{words.keys.value}</th>
            <th scope="col">{words.keys.modified}</th>
            <th scope="col">{words.keys.version}</th>
          </tr>
        </thead>
        <tbody>
          {answer.keys.map((key) => (
            <tr key={key.key}>
              <th scope="row" className="mono">
                {key.key}
              </th>
              <td className="mono">
                {key.value}
                {key.lease !== '' && key.lease !== '0' && (
                  <span className="quiet">
                    {' '}
                    {words.keys.lease} {key.lease}
                  </span>
                )}
              </td>
              <td className="mono" title={`${words.keys.created} ${key.createRevision}`}>
                {key.modRevision}
              </td>
              <td className="mono">{key.version}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.more && <p className="quiet">{words.keys.more}</p>}
    </>
  );
}

export function KeysView(): JSX.Element {
  const words = useWords();
  const { select } = useActions();
  const member = useView(
    (state) =>
      selectedMember(state.selected) ??
      (state.frame?.headline.type === 'leader' ? state.frame.headline.leader : state.frame?.members[0]?.name),
  );
  const [prefix, setPrefix] = useState('');
  const [revision, setRevision] = useState('');
  const answer = useKeys(member, prefix, /^\d{1,15}$/.test(revision) ? Number(revision) : 0);
  return (
    <div className="scroll">
      <MemberChoice
        chosen={member}
        onChoose={(name) => {
          select({ type: 'member', name });
        }}
      />
      <div className="fields">
        <label className="field field-grow">
          <span>{words.keys.prefix}</span>
          <input
            className="mono"
            value={prefix}
            spellCheck={false}
            autoCapitalize="off"
            onChange={(event) => {
              setPrefix(event.target.value);
            }}
          />
        </label>
        <label className="field field-small">
          <span>{words.keys.revision}</span>
          <input
            className="mono"
            inputMode="numeric"
            placeholder={words.keys.newest}
            value={revision}
            onChange={(event) => {
              setRevision(event.target.value);
            }}
          />
        </label>
      </div>
      {answer !== undefined && <KeyTable answer={answer} prefix={prefix} />}
    </div>
  );
}
