/** The tree of the v2 API, where the cluster has it. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { shellWord } from '#view/byte-text.ts';
import { utf8 } from '#kernel/bytes.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines, useFlags } from '#ui/data/use-data.ts';

const word = (text: string): string => shellWord(utf8(text));
const INDENT_PX = 16;

export function V2View(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { run, last } = useLines('v2');
  const [path, setPath] = useState('/message');
  const [value, setValue] = useState('hello');
  const { faults } = useFlags();
  const answer = useData(member === undefined ? undefined : { type: 'v2', member: member.name }, 'time');
  const url = (member?.clientUrl ?? '').replace(/\/$/, '');
  const at = (key: string): string =>
    word(`${url}/v2/keys${key.startsWith('/') ? '' : '/'}${key.split('/').map(encodeURIComponent).join('/')}`);
  const line = `curl ${at(path)} -XPUT --data-urlencode ${word(`value=${value}`)}`;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(line);
  };
  if (answer !== undefined && answer.error === undefined && !answer.enabled) {
    return (
      <div className="data-view scroll">
        <p className="quiet">{words.v2.explained}</p>
        <p className="empty">{words.v2.off}</p>
        {faults && (
          <div>
            <button
              type="button"
              className="button button-strong"
              title="play new --nodes 3 --enable-v2"
              onClick={() => {
                run('play new --nodes 3 --enable-v2');
              }}
            >
              {words.v2.newRun}
            </button>
          </div>
        )}
      </div>
    );
  }
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.v2.explained}</p>
      <form className="data-form" onSubmit={submit} aria-label={words.v2.put}>
        <div className="fields fields-wrap">
          <MemberSelect />
          <TextField label={words.v2.key} value={path} onChange={setPath} required />
          <TextField label={words.v2.value} value={value} onChange={setValue} />
          <button type="submit" className="button button-strong">
            {words.v2.put}
          </button>
        </div>
        <code className="line-preview">{line}</code>
      </form>
      {answer?.error !== undefined && <p className="data-error">{answer.error}</p>}
      {answer !== undefined && answer.error === undefined && (
        <>
          <p className="quiet" role="status">
            {words.v2.index(answer.index)}
          </p>
          {answer.nodes.length === 0 && <p className="empty">{words.v2.none}</p>}
          <ul className="watchers" aria-label={words.views.v2}>
            {answer.nodes.map((node) => (
              <li key={node.key} className="v2-row" style={{ paddingInlineStart: (node.key.split('/').length - 2) * INDENT_PX }}>
                <strong className="mono">
                  {node.key.slice(node.key.lastIndexOf('/') + 1)}
                  {node.dir && '/'}
                </strong>
                <span className="mono key-value">{node.value}</span>
                {node.ttl > 0 && <span className="badge">{words.v2.ttl(node.ttl)}</span>}
                <span className="quiet mono">{node.modifiedIndex}</span>
                <button
                  type="button"
                  className="link-button"
                  aria-label={words.v2.removeLabel(node.key)}
                  onClick={() => {
                    run(
                      `curl -XDELETE ${word(`${url}/v2/keys${node.key.split('/').map(encodeURIComponent).join('/')}${node.dir ? '?recursive=true' : ''}`)}`,
                    );
                  }}
                >
                  {words.v2.remove}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <RunLine run={last} />
    </div>
  );
}
