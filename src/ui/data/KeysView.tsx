/** The keys of one member's store, as a tree or a list, with search; one of them in full, and a form for new ones. */

import { useMemo, useState, type JSX } from 'react';
import { byteId, showBytes } from '#view/byte-text.ts';
import type { StoredKey } from '#view/data.ts';
import { listRows, treeRows, type KeyRow } from '#view/key-tree.ts';
import { outputText } from '#store/terminal-history.ts';
import { KeyDetail } from '#ui/data/KeyDetail.tsx';
import { KeyList } from '#ui/data/KeyList.tsx';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { PutForm } from '#ui/data/PutForm.tsx';
import { parseQuorumRead } from '#ui/data/quorum-read.ts';
import { RunLine } from '#ui/data/RunLine.tsx';
import { ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useView } from '#ui/playground-context.ts';

const ALL = Uint8Array.of(0);
const KEYS_MAX = 5000;
type Reading = 'serializable' | 'linearizable';

/** Folders of a small tree are open at first. */
const OPEN_UP_TO = 60;

function useRows(
  keys: readonly StoredKey[],
  search: string,
  isTree: boolean,
): readonly [readonly KeyRow[], (path: string, open: boolean) => void] {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const names = useMemo(() => keys.map(({ key }) => showBytes(key)), [keys]);
  const rows = useMemo(() => {
    const all = names.map((name, index) => ({ name, index }));
    const needle = search.trim();
    const found = needle === '' ? all : all.filter(({ name }) => name.includes(needle));
    const shown = found.map(({ name }) => name);
    const made = isTree ? treeRows(shown, (path) => toggled.get(path) ?? (names.length <= OPEN_UP_TO || needle !== '')) : listRows(shown);
    // Back from places among what was found to places among the keys.
    return made.map((row) => {
      if (row.index === undefined) return row;
      const index = found[row.index]?.index ?? row.index;
      return { ...row, index, id: `k${names[index] ?? ''}` };
    });
  }, [names, search, isTree, toggled]);
  const toggle = (path: string, open: boolean): void => {
    setToggled((old) => new Map(old).set(path, open));
  };
  return [rows, toggle];
}

export function KeysView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run, last } = useLines('keys');
  const [reading, setReading] = useState<Reading>('serializable');
  const [asked, setAsked] = useState(0);
  const [search, setSearch] = useState('');
  const [isTree, setTree] = useState(true);
  const [selected, setSelected] = useState<StoredKey>();
  const [isNew, setNew] = useState(false);
  const answer = useData(
    member === undefined ? undefined : { type: 'range', member: member.name, key: ALL, rangeEnd: ALL, revision: 0, limit: KEYS_MAX },
  );
  const quorumRun = useView(({ data }) => data.runs.find((one) => one.id === asked));
  const confirmed = useMemo(
    () =>
      quorumRun === undefined || quorumRun.output.busy || quorumRun.output.code !== 0
        ? undefined
        : parseQuorumRead(outputText(quorumRun.output)),
    [quorumRun],
  );
  const isQuorum = reading === 'linearizable';
  const none: readonly StoredKey[] = useMemo(() => [], []);
  const keys = isQuorum ? (confirmed?.keys ?? none) : (answer?.keys ?? none);
  const [rows, toggle] = useRows(keys, search, isTree);
  const askQuorum = (): void => {
    setAsked(run(etcdctl('get', "''", '--prefix', `--limit=${KEYS_MAX}`, '-w', 'json')));
  };
  const chosen = selected === undefined ? undefined : (keys.find(({ key }) => byteId(key) === byteId(selected.key)) ?? selected);
  const isGone =
    selected !== undefined &&
    answer !== undefined &&
    answer.error === undefined &&
    !keys.some(({ key }) => byteId(key) === byteId(selected.key));
  const shownRun = last !== undefined && last.id === asked ? undefined : last;
  return (
    <div className="data-view">
      <div className="fields fields-wrap fields-asked">
        <MemberSelect />
        <ChoiceField
          label={words.keys.read}
          value={reading}
          choices={[
            ['serializable', words.keys.serializable],
            ['linearizable', words.keys.linearizable],
          ]}
          onChange={(next) => {
            setReading(next);
            if (next === 'linearizable') askQuorum();
          }}
        />
      </div>
      {isQuorum && (
        <div className="data-note">
          <p className="quiet">{words.keys.linearizableExplained}</p>
          <p role="status">
            {quorumRun?.output.busy === true && words.keys.quorumWaits}
            {confirmed !== undefined && words.keys.quorumSaid(confirmed.revision)}
            {quorumRun !== undefined && !quorumRun.output.busy && confirmed === undefined && (
              <span className="data-error">
                {words.keys.quorumFailed} {outputText(quorumRun.output)}
              </span>
            )}
          </p>
          <button type="button" className="button" disabled={quorumRun?.output.busy === true} onClick={askQuorum}>
            {words.keys.readAgain}
          </button>
        </div>
      )}
      <div className="fields">
        <TextField label={words.keys.search} value={search} onChange={setSearch} />
        <div className="segment" role="group" aria-label={words.keys.names} title={words.keys.treeExplained}>
          {[true, false].map((tree) => (
            <button
              key={String(tree)}
              type="button"
              className="button"
              aria-pressed={isTree === tree}
              onClick={() => {
                setTree(tree);
              }}
            >
              {tree ? words.keys.tree : words.keys.list}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="button"
          aria-expanded={isNew}
          onClick={() => {
            setNew(!isNew);
          }}
        >
          {words.keys.newKey}
        </button>
      </div>
      {isNew && (
        <PutForm
          view="keys"
          onDone={() => {
            setNew(false);
          }}
        />
      )}
      {!isQuorum && answer?.error !== undefined && <p className="data-error">{answer.error}</p>}
      {!isQuorum && answer !== undefined && answer.error === undefined && (
        <p className="quiet" role="status">
          {search.trim() === ''
            ? words.keys.count(answer.count, answer.revision)
            : words.keys.found(rows.filter(({ index }) => index !== undefined).length)}
          {answer.count > answer.keys.length && ` ${words.keys.more(answer.keys.length)}`}
        </p>
      )}
      {rows.length > 0 ? (
        <KeyList
          isShort={chosen !== undefined}
          rows={rows}
          keys={keys}
          selected={chosen === undefined ? undefined : `k${showBytes(chosen.key)}`}
          onSelect={(row) => {
            setSelected(row.index === undefined ? undefined : keys[row.index]);
          }}
          onToggle={(row, open) => {
            toggle(row.id.slice(1), open);
          }}
        />
      ) : (
        (isQuorum ? confirmed !== undefined : answer !== undefined && answer.error === undefined) && (
          <p className="empty">{keys.length === 0 ? words.keys.empty : words.keys.noMatch}</p>
        )
      )}
      {keys.length === 0 && !isNew && answer !== undefined && answer.error === undefined && !isQuorum && (
        <button
          type="button"
          className="button button-strong data-start"
          onClick={() => {
            setNew(true);
          }}
        >
          {words.keys.newKey}
        </button>
      )}
      {chosen !== undefined && (
        <KeyDetail
          key={byteId(chosen.key)}
          stored={chosen}
          isGone={isGone}
          onClose={() => {
            setSelected(undefined);
          }}
        />
      )}
      <RunLine run={shownRun} />
    </div>
  );
}
