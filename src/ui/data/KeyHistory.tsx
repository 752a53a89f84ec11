/** Every change of a key that the member's store still has, with what each changed, and the way back to it. */

import { useState, type JSX } from 'react';
import { shellWord, showBytes } from '#view/byte-text.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { ValueDiff } from '#ui/data/ValueDiff.tsx';

const NO_END = new Uint8Array(0);
const PAGE = 30;

export function KeyHistory({ of: key }: { readonly of: Bytes }): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run } = useLines('keys');
  const [limit, setLimit] = useState(PAGE);
  const answer = useData(
    member === undefined ? undefined : { type: 'changes', member: member.name, key, rangeEnd: NO_END, before: 0, limit },
  );
  const name = showBytes(key);
  if (answer === undefined) return <p className="empty">{words.loading}</p>;
  if (answer.error !== undefined) return <p className="data-error">{answer.error}</p>;
  const newest = answer.changes[0]?.modRevision;
  return (
    <>
      {answer.changes.length === 0 && <p className="empty">{words.history.none}</p>}
      <ol className="history" aria-label={words.history.title(name)}>
        {answer.changes.map((change) => {
          const isNow = change.modRevision === newest;
          return (
            <li key={change.modRevision} className={change.tombstone ? 'history-tombstone' : undefined}>
              <div className="history-head">
                <strong className="mono">{change.modRevision}</strong>
                <span className="quiet">
                  {change.tombstone ? words.history.tombstone : words.history.version(change.version)}
                  {!change.tombstone && change.version === 1 && ` · ${words.history.created}`}
                  {isNow && ` · ${words.history.newest}`}
                </span>
                {!change.tombstone && !isNow && change.value.length === change.size && (
                  <button
                    type="button"
                    className="link-button"
                    aria-label={words.history.backLabel(change.modRevision)}
                    onClick={() => {
                      run(etcdctl('put', '--', shellWord(key), shellWord(change.value)));
                    }}
                  >
                    {words.history.back}
                  </button>
                )}
              </div>
              <ValueDiff before={change.before} after={change.tombstone ? undefined : change.value} />
            </li>
          );
        })}
      </ol>
      {answer.more && (
        <button
          type="button"
          className="button"
          onClick={() => {
            setLimit(limit + PAGE);
          }}
        >
          {words.history.more}
        </button>
      )}
      {answer.compactRevision > 0 && <p className="data-note quiet">{words.history.compacted(answer.compactRevision)}</p>}
    </>
  );
}
