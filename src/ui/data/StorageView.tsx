/** Alarms, and the size of each member's database against its quota; compaction, defragmentation, and the end of an alarm. */

import { useState, type JSX, type SubmitEvent } from 'react';
import type { ClusterRow } from '#view/data.ts';
import { etcdctlLine } from '#store/command-lines.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { sizeText } from '#ui/data/size-text.ts';
import { CheckField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useNow } from '#ui/frame-ticker.ts';

function Busy({ until }: { readonly until: number }): JSX.Element {
  const words = useDataWords();
  const now = useNow(true);
  return (
    <p className="data-error" role="status">
      {words.storage.defragging((Math.max(0, until - now) / 1_000_000).toFixed(1))}
    </p>
  );
}

function Database({ row }: { readonly row: ClusterRow }): JSX.Element {
  const words = useDataWords();
  const { run } = useLines('storage');
  const { status } = row;
  const url = row.clientUrls[0];
  if (status === undefined || url === undefined)
    return (
      <li className="member-row">
        <strong>{row.name}</strong> <span className="quiet">{words.storage.down}</span>
      </li>
    );
  // Without a quota that is near, the file itself is the measure.
  const scale = status.quota > 0 && status.dbSize > status.quota / 20 ? status.quota : Math.max(status.dbSize, 1);
  const percent = (bytes: number): string => `${Math.min(100, (100 * bytes) / scale)}%`;
  return (
    <li className="member-row" aria-label={row.name}>
      <div className="watcher-head">
        <strong>{row.name}</strong>
        {row.alarms.map((alarm) => (
          <span key={alarm} className="badge badge-alarm">
            ! {alarm}
          </span>
        ))}
        <button
          type="button"
          className="button"
          aria-label={words.storage.defrag(row.name)}
          onClick={() => {
            run(etcdctlLine(url, ['defrag']));
          }}
        >
          {words.storage.defragShort}
        </button>
      </div>
      <div className="db-bar" aria-hidden="true">
        <span className="db-used" style={{ width: percent(status.dbSizeInUse) }} />
        <span className="db-free" style={{ width: percent(Math.max(0, status.dbSize - status.dbSizeInUse)) }} />
      </div>
      <p className="quiet mono">
        {words.storage.of(
          sizeText(status.dbSizeInUse),
          sizeText(status.dbSize),
          status.quota < 0 ? words.storage.noQuota : sizeText(status.quota),
        )}
      </p>
      {status.busyUntil !== undefined && <Busy until={status.busyUntil} />}
    </li>
  );
}

export function StorageView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run, last } = useLines('storage');
  const [to, setTo] = useState('');
  const [physical, setPhysical] = useState(true);
  const cluster = useData(member === undefined ? undefined : { type: 'cluster', member: member.name }, 'time');
  const revision = /^\d{1,15}$/.test(to) ? to : String(member?.revision ?? 1);
  const line = etcdctl('compact', ...(physical ? ['--physical'] : []), revision);
  const alarms = cluster?.rows.flatMap((row) => row.alarms.map((alarm) => ({ alarm, name: row.name }))) ?? [];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(line);
  };
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.storage.explained}</p>
      {cluster?.error !== undefined && <p className="data-error">{cluster.error}</p>}
      {alarms.length === 0 ? (
        cluster !== undefined && <p className="data-note">{words.storage.noAlarm}</p>
      ) : (
        <div className="alarm" role="alert">
          <ul>
            {alarms.map(({ alarm, name }) => (
              <li key={`${name} ${alarm}`}>
                <strong>! {words.storage.alarm(name, alarm)}</strong>
              </li>
            ))}
          </ul>
          <p>{alarms.some(({ alarm }) => alarm === 'CORRUPT') ? words.storage.corrupt : words.storage.noSpace}</p>
          <button
            type="button"
            className="button"
            onClick={() => {
              run(etcdctl('alarm', 'disarm'));
            }}
          >
            {words.storage.disarm}
          </button>
        </div>
      )}
      <ul className="watchers" aria-label={words.views.storage}>
        {cluster?.rows
          .filter(({ isMember }) => isMember)
          .map((row) => (
            <Database key={row.id} row={row} />
          ))}
      </ul>
      <p className="quiet legend-line">
        <span className="db-used db-key" aria-hidden="true" /> {words.storage.inUse} <span className="db-free db-key" aria-hidden="true" />{' '}
        {words.storage.free}
      </p>
      <form className="data-form" onSubmit={submit} aria-label={words.storage.compact}>
        <div className="fields fields-wrap">
          <MemberSelect />
          <TextField
            label={words.storage.compactTo}
            value={to}
            onChange={setTo}
            numeric
            small
            placeholder={String(member?.revision ?? 1)}
          />
          <CheckField label={words.storage.physical} checked={physical} onChange={setPhysical} />
          <button type="submit" className="button button-strong">
            {words.storage.compact}
          </button>
        </div>
        <code className="line-preview">{line}</code>
      </form>
      <div>
        <button
          type="button"
          className="button"
          onClick={() => {
            run(etcdctl('snapshot', 'save', 'snapshot.db'));
          }}
        >
          {words.storage.snapshot}
        </button>
      </div>
      <RunLine run={last} />
    </div>
  );
}
