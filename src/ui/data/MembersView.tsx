/** The cluster's members, and the way to more, other or fewer of them: each step in the order in which etcd wants it. */

import { useState, type JSX } from 'react';
import type { ClusterAnswer, ClusterRow } from '#view/data.ts';
import { etcdctlLine } from '#store/command-lines.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { sizeText } from '#ui/data/size-text.ts';
import { useData, useDataMember, useDataWords, useLines, useFlags } from '#ui/data/use-data.ts';
import { useView } from '#ui/playground-context.ts';

const FIRST_PEER_PORT = 2380;
const PORTS_APART = 100;

/** The number that a member's name or peer port has in this playground; 0 if neither has one. */
function numberOf(row: ClusterRow): number {
  const named = Number(/^etcd-(\d+)$/.exec(row.name)?.[1] ?? 0);
  if (named > 0) return named;
  const port = Number(/:(\d+)\/?$/.exec(row.peerUrls[0] ?? '')?.[1] ?? 0);
  return port >= FIRST_PEER_PORT ? Math.floor((port - FIRST_PEER_PORT) / PORTS_APART) + 1 : 0;
}

const nameOf = (row: ClusterRow): string => (row.name === '' ? `etcd-${numberOf(row)}` : row.name);
const peerUrlOf = (number: number): string => `http://127.0.0.1:${FIRST_PEER_PORT + (number - 1) * PORTS_APART}`;

function Badge({ row, leader }: { readonly row: ClusterRow; readonly leader: string }): JSX.Element {
  const words = useDataWords();
  const { members } = words;
  const isLeader = row.name !== '' && row.name === leader;
  const text = !row.isMember ? members.outside : isLeader ? members.leader : row.isLearner ? members.learner : members.voter;
  return (
    <>
      <span className={`badge${isLeader ? ' badge-leader' : ''}`}>
        {isLeader && <span aria-hidden="true">♛ </span>}
        {text}
      </span>
      {row.status === undefined && <span className="badge badge-down">{row.name === '' ? members.unstarted : members.down}</span>}
    </>
  );
}

interface RowProps {
  readonly row: ClusterRow;
  readonly cluster: ClusterAnswer;
}

function MemberRow({ row, cluster }: RowProps): JSX.Element {
  const words = useDataWords();
  const { etcdctl, run } = useLines('members');
  const leaderUrl = useView(({ frame }) => frame?.members.find((member) => member.name === cluster.leader)?.clientUrl);
  const [sure, setSure] = useState(false);
  const name = nameOf(row);
  const { status } = row;
  const quorumWithout = Math.floor((cluster.voters - (row.isLearner ? 0 : 1)) / 2) + 1;
  const isDead = row.isMember && status === undefined && row.name !== '';
  return (
    <li className="member-row" aria-label={name}>
      <div className="watcher-head">
        <strong>{name}</strong>
        <Badge row={row} leader={cluster.leader} />
      </div>
      {status !== undefined && (
        <p className="quiet mono member-figures">
          {words.members.term} {status.term} · {words.members.index} {status.lastIndex} · {words.members.db} {sizeText(status.dbSize)} ·{' '}
          {status.version}
        </p>
      )}
      <p className="quiet mono member-figures">
        {row.id !== '' && `${row.id} · `}
        {row.peerUrls.join(',')}
        {row.clientUrls.length > 0 && ` · ${row.clientUrls.join(',')}`}
      </p>
      {row.isMember && (
        <div className="choice">
          {!row.isLearner && name !== cluster.leader && status !== undefined && leaderUrl !== undefined && (
            <button
              type="button"
              className="button"
              aria-label={words.members.leadLabel(name)}
              onClick={() => {
                run(etcdctlLine(leaderUrl, ['move-leader', row.id]));
              }}
            >
              {words.members.lead}
            </button>
          )}
          <button
            type="button"
            className="button"
            aria-label={isDead ? words.members.replaceLabel(name) : words.members.removeLabel(name)}
            aria-expanded={sure}
            onClick={() => {
              setSure(!sure);
            }}
          >
            {isDead ? words.members.replace : words.members.remove}
          </button>
        </div>
      )}
      {sure && (
        <div className="data-note">
          <p>
            {isDead && `${words.members.replaceExplained} `}
            {words.members.removeSure(name)} {words.members.removeExplained(quorumWithout)}
          </p>
          <button
            type="button"
            className="button button-danger"
            onClick={() => {
              setSure(false);
              run(etcdctl('member', 'remove', row.id));
            }}
          >
            {words.members.removeLabel(name)}
          </button>
        </div>
      )}
    </li>
  );
}

/** The next step for a learner, or the beginning. */
export function Wizard({ cluster }: { readonly cluster: ClusterAnswer }): JSX.Element {
  const words = useDataWords();
  const { etcdctl, run } = useLines('members');
  const { faults, internals } = useFlags();
  const unstarted = cluster.rows.find((row) => row.isMember && row.name === '');
  const learner = cluster.rows.find((row) => row.isMember && row.isLearner && row.name !== '');
  const number = Math.max(0, ...cluster.rows.map(numberOf)) + 1;
  const next = `etcd-${number}`;
  const add = (more: readonly string[]): void => {
    run(etcdctl('member', 'add', next, ...more, `--peer-urls=${peerUrlOf(number)}`));
  };
  if (unstarted !== undefined) {
    const name = nameOf(unstarted);
    return (
      <div className="wizard">
        <p className="quiet">{words.members.startExplained}</p>
        {faults && (
          <button
            type="button"
            className="button button-strong"
            onClick={() => {
              run(`play start ${name}`);
            }}
          >
            {words.members.start(name)}
          </button>
        )}
      </div>
    );
  }
  if (learner !== undefined) {
    const match = learner.match ?? learner.status?.lastIndex ?? 0;
    const isCaughtUp = match >= cluster.lastIndex;
    return (
      <div className="wizard">
        {internals && (
          <>
            <label className="field">
              <span>{words.members.progress}</span>
              <progress value={match} max={Math.max(1, cluster.lastIndex)} />
            </label>
            <p role="status">{isCaughtUp ? words.members.caughtUp : words.members.catching(match, cluster.lastIndex)}</p>
          </>
        )}
        <p className="quiet">{words.members.promoteExplained}</p>
        <button
          type="button"
          className="button button-strong"
          onClick={() => {
            run(etcdctl('member', 'promote', learner.id));
          }}
        >
          {words.members.promote(nameOf(learner))}
        </button>
      </div>
    );
  }
  return (
    <div className="wizard">
      <p className="quiet">{words.members.addExplained}</p>
      <button
        type="button"
        className="button button-strong"
        onClick={() => {
          add(['--learner']);
        }}
      >
        {words.members.add(next)}
      </button>
      <p className="quiet">{words.members.addVoterExplained(Math.floor((cluster.voters + 1) / 2) + 1)}</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          add([]);
        }}
      >
        {words.members.addVoter(next)}
      </button>
    </div>
  );
}

export function MembersView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { last } = useLines('members');
  const cluster = useData(member === undefined ? undefined : { type: 'cluster', member: member.name }, 'time');
  return (
    <div className="data-view scroll">
      <div className="fields">
        <MemberSelect />
      </div>
      {cluster?.error !== undefined && <p className="data-error">{cluster.error}</p>}
      {cluster !== undefined && cluster.error === undefined && (
        <>
          <p>
            {words.members.explained(cluster.voters, cluster.quorum)} <span className="quiet">{words.members.asked(cluster.member)}</span>
          </p>
          <RunLine run={last} quiet />
          <h3>{words.members.steps}</h3>
          <Wizard cluster={cluster} />
          <ul className="watchers" aria-label={words.views.members}>
            {cluster.rows.map((row) => (
              <MemberRow key={`${row.name} ${row.id}`} row={row} cluster={cluster} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
