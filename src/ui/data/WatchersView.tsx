/** All watchers of the cluster: whose, on what, how far, and what each was told; and a form for another one. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { shellWord, showBytes } from '#view/byte-text.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { WatcherView } from '#view/data.ts';
import { Fold } from '#ui/data/Fold.tsx';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { rangeText } from '#ui/data/range-text.ts';
import { CheckField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataWords, useLines } from '#ui/data/use-data.ts';
import { ValueDiff } from '#ui/data/ValueDiff.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

const EVENTS_MAX = 20;
const ENDED_MAX = 5;
/** A shape for each state, so that it is not told by colour alone. */
const MARKS = { synced: '●', unsynced: '◐', victim: '■' } as const;

function Told({ watcher }: { readonly watcher: WatcherView }): JSX.Element {
  const words = useDataWords();
  const { member, key, rangeEnd, nextRevision, since } = watcher;
  const answer = useData({ type: 'changes', member, key, rangeEnd, before: nextRevision, limit: EVENTS_MAX });
  const told = (answer?.changes ?? []).filter(({ modRevision }) => modRevision >= since);
  if (told.length === 0) return <p className="empty">{words.watchers.noEvents}</p>;
  return (
    <ol className="changes" aria-label={words.watchers.events}>
      {told.map((change) => (
        <li key={`${change.modRevision} ${showBytes(change.key)}`}>
          <span className="mono quiet">{change.modRevision}</span>
          <span className={`change-kind ${change.tombstone ? 'change-delete' : 'change-put'}`}>
            {change.tombstone ? '− DELETE' : '+ PUT'}
          </span>
          <strong className="mono">{showBytes(change.key)}</strong>
          <ValueDiff before={change.before} after={change.tombstone ? undefined : change.value} />
        </li>
      ))}
    </ol>
  );
}

function Watcher({ watcher }: { readonly watcher: WatcherView }): JSX.Element {
  const words = useDataWords();
  const { you } = useWords();
  const { interrupt } = useActions();
  const client = watcher.client === 'you' ? you : watcher.client;
  const range = rangeText(watcher.key, watcher.rangeEnd, words);
  const done = Math.max(0, Math.min(watcher.revision, watcher.nextRevision - 1));
  return (
    <li className="watcher">
      <div className="watcher-head">
        <strong className="mono">{range}</strong>
        <span className={`badge badge-${watcher.state}`} title={words.watchers.stateExplained[watcher.state]}>
          <span aria-hidden="true">{MARKS[watcher.state]} </span>
          {words.watchers.states[watcher.state]}
        </span>
        {watcher.terminal !== '' && (
          <button
            type="button"
            className="link-button"
            aria-label={words.watchers.stopLabel(client, range)}
            onClick={() => {
              interrupt(watcher.terminal);
            }}
          >
            {words.watchers.stop}
          </button>
        )}
      </div>
      <p className="quiet">
        {client} · {words.watchers.at(watcher.member)} · {words.watchers.since(watcher.since)} ·{' '}
        {words.watchers.position(watcher.nextRevision, watcher.revision)}
      </p>
      {watcher.state !== 'synced' && (
        <progress
          className="watcher-progress"
          value={done}
          max={Math.max(1, watcher.revision)}
          aria-label={words.watchers.states[watcher.state]}
        />
      )}
      {watcher.line !== '' && <code className="line-preview">{watcher.line}</code>}
      <Told watcher={watcher} />
    </li>
  );
}

function Ended(): JSX.Element | null {
  const words = useDataWords();
  const feed = useView((state) => state.feed);
  const ended = feed.filter(({ fact }) => fact.type === 'watch-cancelled').slice(-ENDED_MAX);
  if (ended.length === 0) return null;
  return (
    <>
      <h3>{words.watchers.ended}</h3>
      <ul className="changes">
        {ended.map(({ seq, fact }) =>
          fact.type === 'watch-cancelled' ? <li key={seq}>{words.watchers.endedWhy(fact.client, fact.reason)}</li> : null,
        )}
      </ul>
    </>
  );
}

function WatchForm(): JSX.Element {
  const words = useDataWords();
  const { openInTerminal } = useActions();
  const { etcdctl } = useLines('watchers');
  const [key, setKey] = useState('');
  const [prefix, setPrefix] = useState(true);
  const [from, setFrom] = useState('');
  const [prevKv, setPrevKv] = useState(true);
  const line = etcdctl(
    'watch',
    ...(prefix ? ['--prefix'] : []),
    ...(prevKv ? ['--prev-kv'] : []),
    ...(/^[1-9]\d*$/.test(from) ? [`--rev=${from}`] : []),
    ...(key.startsWith('-') ? ['--'] : []),
    shellWord(utf8(key)),
  );
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    openInTerminal(line);
  };
  return (
    <form className="data-form" onSubmit={submit} aria-label={words.watchers.start}>
      <div className="fields fields-wrap">
        <MemberSelect />
        <TextField label={words.watchers.key} value={key} onChange={setKey} required={!prefix} />
        <TextField label={words.watchers.from} value={from} onChange={setFrom} numeric small placeholder={words.watchers.fromNow} />
      </div>
      <div className="fields fields-wrap">
        <CheckField label={words.watchers.prefix} checked={prefix} onChange={setPrefix} />
        <CheckField label={words.watchers.prevKv} checked={prevKv} onChange={setPrevKv} />
        <button type="submit" className="button button-strong">
          {words.watchers.start}
        </button>
      </div>
      <code className="line-preview">{line}</code>
    </form>
  );
}

export function WatchersView(): JSX.Element {
  const words = useDataWords();
  const answer = useData({ type: 'watchers' }, 'time');
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.watchers.explained}</p>
      {answer !== undefined && answer.watchers.length === 0 && <p className="empty">{words.watchers.none}</p>}
      <ul className="watchers" aria-label={words.views.watchers}>
        {answer?.watchers.map((watcher) => (
          <Watcher key={`${watcher.member} ${watcher.client} ${watcher.call} ${watcher.watch}`} watcher={watcher} />
        ))}
      </ul>
      <Fold title={words.watchers.add} open={answer?.watchers.length === 0}>
        <WatchForm />
      </Fold>
      <Ended />
    </div>
  );
}
