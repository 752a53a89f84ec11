/** Leases with their countdown as one member knows them: the leader counts, the others wait for it to revoke. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { showBytes } from '#view/byte-text.ts';
import type { LeaseRow } from '#view/data.ts';
import { Fold } from '#ui/data/Fold.tsx';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { PutForm } from '#ui/data/PutForm.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, useView } from '#ui/playground-context.ts';

const MICROS = 1_000_000;

/** How much is left, as a bar and in words; the words change with the tenth of a second. */
function Countdown({ lease }: { readonly lease: LeaseRow & { readonly expiresAt: number } }): JSX.Element {
  const words = useDataWords();
  const now = useNow(true);
  const left = Math.max(0, lease.expiresAt - now);
  const text = left === 0 ? words.leases.due : `${words.leases.left((left / MICROS).toFixed(1))} ${words.leases.ofTtl(lease.ttl)}`;
  return (
    <div className="countdown">
      <meter value={Math.min(left, lease.ttl * MICROS)} max={lease.ttl * MICROS} aria-label={`${words.leases.id} ${lease.id}`} />
      <span className="mono">{text}</span>
    </div>
  );
}

function Lease({ lease, onPut }: { readonly lease: LeaseRow; readonly onPut: () => void }): JSX.Element {
  const words = useDataWords();
  const { openInTerminal } = useActions();
  const { etcdctl, run } = useLines('leases');
  const button = (text: string, line: string, what: (line: string) => unknown = run): JSX.Element => (
    <button
      type="button"
      className="button"
      aria-label={words.leases.label(text, lease.id)}
      title={line}
      onClick={() => {
        what(line);
      }}
    >
      {text}
    </button>
  );
  return (
    <li className="lease">
      <div className="watcher-head">
        <strong className="mono">{lease.id}</strong>
        <span className="quiet">{words.leases.keys(lease.keys.length)}</span>
      </div>
      {lease.expiresAt === undefined ? (
        <p className="quiet">{words.leases.granted(lease.ttl)}</p>
      ) : (
        <Countdown lease={{ ...lease, expiresAt: lease.expiresAt }} />
      )}
      {lease.keys.length > 0 && <p className="mono lease-keys">{lease.keys.map(showBytes).join('  ')}</p>}
      <div className="choice">
        {button(words.leases.once, etcdctl('lease', 'keep-alive', '--once', lease.id))}
        {button(words.leases.alive, etcdctl('lease', 'keep-alive', lease.id), openInTerminal)}
        {button(words.leases.ask, etcdctl('lease', 'timetolive', lease.id, '--keys'))}
        {button(words.leases.revoke, etcdctl('lease', 'revoke', lease.id))}
        <button type="button" className="button" aria-label={words.leases.label(words.leases.putKey, lease.id)} onClick={onPut}>
          {words.leases.putKey}
        </button>
      </div>
    </li>
  );
}

export function LeasesView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run, last } = useLines('leases');
  const leader = useView(({ frame }) => (frame?.headline.type === 'leader' ? frame.headline.leader : ''));
  const [ttl, setTtl] = useState('30');
  const [putting, setPutting] = useState<string>();
  const answer = useData(member === undefined ? undefined : { type: 'leases', member: member.name }, 'time');
  const line = etcdctl('lease', 'grant', ttl);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(line);
  };
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.leases.explained}</p>
      <div className="fields">
        <MemberSelect />
      </div>
      {answer?.error !== undefined && <p className="data-error">{answer.error}</p>}
      {answer !== undefined && answer.error === undefined && (
        <p className="data-note">
          {answer.isPrimary
            ? words.leases.counting(answer.member)
            : words.leases.notCounting(answer.member, leader === answer.member ? '' : leader)}
        </p>
      )}
      {answer?.error === undefined && answer?.leases.length === 0 && <p className="empty">{words.leases.none}</p>}
      <ul className="watchers" aria-label={words.views.leases}>
        {answer?.leases.map((lease) => (
          <Lease
            key={lease.id}
            lease={lease}
            onPut={() => {
              setPutting(putting === lease.id ? undefined : lease.id);
            }}
          />
        ))}
      </ul>
      {putting !== undefined && (
        <PutForm
          key={putting}
          view="leases"
          lease={putting}
          onDone={() => {
            setPutting(undefined);
          }}
        />
      )}
      <Fold title={words.leases.add} open={answer?.leases.length === 0}>
        <form className="data-form" onSubmit={submit} aria-label={words.leases.grant}>
          <div className="fields fields-wrap">
            <TextField label={words.leases.ttl} value={ttl} onChange={setTtl} numeric required small />
            <button type="submit" className="button button-strong">
              {words.leases.grant}
            </button>
          </div>
          <code className="line-preview">{line}</code>
        </form>
      </Fold>
      <RunLine run={last} />
    </div>
  );
}
