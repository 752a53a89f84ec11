/** The whole store at any revision, what that revision changed, and the part that compaction removed. */

import { useMemo, useState, type JSX } from 'react';
import { showBytes, showLine } from '#view/byte-text.ts';
import type { StoredChange } from '#view/data.ts';
import { revisionTrack, type RevisionMark } from '#viz/revision-track.ts';
import { RevisionTrackDrawing } from '#viz/RevisionTrackDrawing.tsx';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { ValueDiff } from '#ui/data/ValueDiff.tsx';
import { useSize } from '#ui/use-size.ts';

const ALL = Uint8Array.of(0);
const MARKS_MAX = 1000;
const KEYS_MAX = 300;
const TRACK_PX = 34;

function marksOf(changes: readonly StoredChange[]): readonly RevisionMark[] {
  const byRevision = new Map<number, RevisionMark>();
  for (const { modRevision: revision, tombstone } of changes) {
    const old = byRevision.get(revision);
    byRevision.set(revision, { revision, keys: (old?.keys ?? 0) + 1, deletes: (old?.deletes ?? false) || tombstone });
  }
  return [...byRevision.values()];
}

export function RevisionsView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run, last } = useLines('revisions');
  const [wanted, setWanted] = useState<number>();
  const [typed, setTyped] = useState('');
  const [box, { width }] = useSize<HTMLDivElement>();
  const newest = member?.revision ?? 1;
  const revision = wanted ?? newest;
  const name = member?.name;
  const history = useData(
    name === undefined ? undefined : { type: 'changes', member: name, key: ALL, rangeEnd: ALL, before: 0, limit: MARKS_MAX },
  );
  const store = useData(
    name === undefined ? undefined : { type: 'range', member: name, key: ALL, rangeEnd: ALL, revision, limit: KEYS_MAX },
  );
  const changed = useData(
    name === undefined ? undefined : { type: 'changes', member: name, key: ALL, rangeEnd: ALL, before: revision + 1, limit: 100 },
  );
  const marks = useMemo(() => marksOf(history?.changes ?? []), [history]);
  const compact = store?.compactRevision ?? history?.compactRevision ?? 0;
  const track = revisionTrack({ newest, compact, shown: revision, marks, width: Math.max(120, width), height: TRACK_PX });
  const here = (changed?.changes ?? []).filter(({ modRevision }) => modRevision === revision);
  const go = (to: number): void => {
    const next = Math.max(1, to);
    setWanted(next >= newest && to <= newest ? undefined : next);
  };
  const isGone = compact > 0 && revision < compact;
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.revisions.explained}</p>
      <div className="fields">
        <MemberSelect />
        <form
          className="fields"
          onSubmit={(event) => {
            event.preventDefault();
            // As typed, also where there is nothing: etcd says why.
            if (/^\d{1,15}$/.test(typed)) setWanted(Number(typed));
          }}
        >
          <TextField label={words.revisions.go} value={typed} onChange={setTyped} numeric small placeholder={String(revision)} />
        </form>
      </div>
      <div className="revision-slider" ref={box}>
        <RevisionTrackDrawing track={track} label={words.revisions.marks} />
        <input
          type="range"
          min={1}
          max={Math.max(newest, 1)}
          value={Math.min(revision, newest)}
          aria-label={words.revisions.slider}
          aria-valuetext={words.revisions.of(revision, newest)}
          onChange={(event) => {
            go(Number(event.target.value));
          }}
        />
        <div className="revision-legend">
          <button
            type="button"
            className="button"
            aria-label={words.revisions.older}
            disabled={revision <= 1}
            onClick={() => {
              go(revision - 1);
            }}
          >
            ‹
          </button>
          <output className="mono revision-now">{words.revisions.of(revision, newest)}</output>
          <button
            type="button"
            className="button"
            aria-label={words.revisions.newer}
            disabled={revision >= newest}
            onClick={() => {
              go(revision + 1);
            }}
          >
            ›
          </button>
          <button
            type="button"
            className="link-button"
            disabled={wanted === undefined}
            onClick={() => {
              setWanted(undefined);
            }}
          >
            {words.revisions.now}
          </button>
          {compact > 1 && <span className="quiet compacted-note">{words.revisions.compactedPart(compact)}</span>}
        </div>
      </div>
      {store?.error !== undefined && (
        <div className="data-note" role="alert">
          <p className="data-error">{store.error}</p>
          {isGone && <p className="quiet">{words.revisions.compactedExplained}</p>}
        </div>
      )}
      {store !== undefined && store.error === undefined && (
        <>
          <h3>{words.revisions.changes(revision)}</h3>
          {here.length === 0 && <p className="empty">{words.revisions.noChanges}</p>}
          <ul className="changes">
            {here.map((change, i) => (
              <li key={i}>
                <span className={`change-kind ${change.tombstone ? 'change-delete' : 'change-put'}`}>
                  {change.tombstone ? `− ${words.revisions.deleted}` : `+ ${words.revisions.put}`}
                </span>
                <strong className="mono">{showBytes(change.key)}</strong>
                <ValueDiff before={change.before} after={change.tombstone ? undefined : change.value} />
              </li>
            ))}
          </ul>
          <h3>{words.revisions.whole(revision)}</h3>
          {store.keys.length === 0 ? (
            <p className="empty">{words.revisions.empty}</p>
          ) : (
            <table className="table">
              <caption>{words.keys.count(store.count, revision)}</caption>
              <thead>
                <tr>
                  <th scope="col">{words.keys.key}</th>
                  <th scope="col">{words.keys.value}</th>
                  <th scope="col">{words.keys.modified}</th>
                </tr>
              </thead>
              <tbody>
                {store.keys.map((kv) => (
                  <tr key={showBytes(kv.key)} className={kv.modRevision === revision ? 'row-now' : undefined}>
                    <th scope="row" className="mono">
                      {kv.modRevision === revision && <span aria-hidden="true">• </span>}
                      {showBytes(kv.key)}
                    </th>
                    <td className="mono">{showLine(kv.value)}</td>
                    <td className="mono">{kv.modRevision}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {store.count > store.keys.length && <p className="quiet">{words.keys.more(store.keys.length)}</p>}
          <div>
            <button
              type="button"
              className="button"
              disabled={revision <= compact || newest <= 1}
              onClick={() => {
                run(etcdctl('compact', String(revision)));
              }}
            >
              {words.revisions.compact}
            </button>
          </div>
        </>
      )}
      <RunLine run={last} />
    </div>
  );
}
