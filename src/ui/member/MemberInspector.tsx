/** Inside a member: its state and queues, its disk, its log and its metrics. What is closed is not asked for. */

import { useState, type JSX, type ReactNode } from 'react';
import type { LogLevelName, MemberInspection } from '#view/member-inspection.ts';
import { instantText } from '#words/measure.ts';
import { bytesText } from '#words/english-inspect.ts';
import { useActions } from '#ui/playground-context.ts';
import { useAnswer } from '#ui/use-answer.ts';
import { useInspectWords } from '#ui/why/inspect-words.ts';
import '#ui/why/why.css';

function Section({ title, children }: { readonly title: string; readonly children: () => ReactNode }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details
      className="inspector-section"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{title}</summary>
      {open && children()}
    </details>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function useInspection(name: string): MemberInspection | undefined {
  const { explainer } = useActions();
  return useAnswer(`inspect/${name}`, () => explainer.inspectMember(name));
}

function State({ name }: { readonly name: string }): JSX.Element {
  const words = useInspectWords().member;
  const found = useInspection(name);
  if (found === undefined) return <p className="empty">{words.notRunning}</p>;
  const entries = found.saves.reduce((sum, save) => sum + save.entries, 0);
  return (
    <Facts
      facts={[
        [words.hard, words.hardText(found.term, found.vote, found.commit)],
        [words.stable, String(found.stable)],
        [words.timer, words.timerText(found.elapsedTicks, found.timeoutTicks, found.tickMicros)],
        [words.queues, words.queuesText(found.proposals, found.reads, found.unapplied)],
        [words.saves, words.savesText(found.saves.length, entries)],
        [words.voters, found.voters.join(', ')],
        ...(found.learners.length > 0 ? [[words.learners, found.learners.join(', ')] as const] : []),
        ...(found.transferee !== undefined ? [[words.transferee, found.transferee] as const] : []),
        [words.leaderChanges, String(found.leaderChanges)],
        [words.clock, words.clockText(found.clockRate)],
      ]}
    />
  );
}

function Disk({ name }: { readonly name: string }): JSX.Element {
  const words = useInspectWords().member;
  const found = useInspection(name);
  if (found === undefined) return <p className="empty">{words.notRunning}</p>;
  const { disk } = found;
  return (
    <>
      <Facts
        facts={[
          [words.wal, words.walText(disk.segments, disk.walBytes)],
          [words.stable, String(found.stable)],
          [words.snapshot, words.snapshotText(disk.snapshotIndex)],
          [words.db, words.dbText(disk.dbBytes, disk.dbBytesInUse)],
          [words.latency, words.latencyText(...disk.latency)],
          [words.faults, disk.faults.length === 0 ? words.noFaults : disk.faults.join(', ')],
        ]}
      />
      <table className="table">
        <caption>{words.files}</caption>
        <thead>
          <tr>
            <th scope="col">{words.file}</th>
            <th scope="col">{words.size}</th>
          </tr>
        </thead>
        <tbody>
          {disk.files.map((file) => (
            <tr key={file.name}>
              <th scope="row" className="mono">
                {file.name}
              </th>
              <td className="mono">{bytesText(file.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const LEVELS: readonly LogLevelName[] = ['debug', 'info', 'warn', 'error', 'fatal'];

function LogConsole({ name }: { readonly name: string }): JSX.Element {
  const words = useInspectWords().member;
  const { explainer, select, seek } = useActions();
  const [level, setLevel] = useState<LogLevelName>('info');
  const [text, setText] = useState('');
  const lines = useAnswer(`log/${name}/${level}/${text}`, () => explainer.memberLog({ member: name, level, text }));
  return (
    <div className="log-console">
      <div className="feed-filter" role="search" aria-label={words.log}>
        <input
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
        <select
          aria-label={words.level}
          value={level}
          onChange={(event) => {
            setLevel(LEVELS.find((each) => each === event.target.value) ?? 'info');
          }}
        >
          {LEVELS.map((each) => (
            <option key={each} value={each}>
              {words.levels[each]}
            </option>
          ))}
        </select>
      </div>
      {lines?.length === 0 && <p className="empty">{words.noLines}</p>}
      <ol className="log-lines mono" aria-label={words.log} tabIndex={0}>
        {lines?.toReversed().map((line) => (
          <li key={line.event} className={`log-line log-line-${line.level}`}>
            <button
              type="button"
              className="link-button mono"
              onClick={() => {
                select({ type: 'event', id: line.event, at: line.at });
                seek(line.at);
              }}
            >
              {instantText(line.at)}
            </button>{' '}
            <b>{words.levels[line.level]}</b> {line.logger !== '' && `${line.logger}: `}
            {line.text}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The few that a reader of a dashboard looks at first. */
const FIRST_METRICS = [
  'etcd_server_has_leader',
  'etcd_server_is_leader',
  'etcd_server_leader_changes_seen_total',
  'etcd_server_proposals_committed_total',
  'etcd_server_proposals_applied_total',
  'etcd_server_proposals_pending',
  'etcd_server_proposals_failed_total',
  'etcd_server_slow_read_indexes_total',
  'etcd_mvcc_db_total_size_in_bytes',
  'etcd_debugging_mvcc_keys_total',
];

function Metrics({ name }: { readonly name: string }): JSX.Element {
  const words = useInspectWords().member;
  const { explainer } = useActions();
  const text = useAnswer(`metrics/${name}`, () => explainer.memberMetrics(name));
  if (text === undefined || text === '') return <p className="empty">{words.notRunning}</p>;
  const lines = text.split('\n');
  const first = FIRST_METRICS.flatMap((metric) => {
    const line = lines.find((each) => each.startsWith(`${metric} `));
    return line === undefined ? [] : [[metric.replace(/^etcd_/, ''), line.slice(metric.length + 1)] as const];
  });
  return (
    <>
      <Facts facts={first} />
      <details className="inspector-section">
        <summary>{words.allMetrics}</summary>
        <pre className="metrics" tabIndex={0} role="region" aria-label={words.allMetrics}>
          {text}
        </pre>
      </details>
    </>
  );
}

export function MemberInspector({ name }: { readonly name: string }): JSX.Element {
  const words = useInspectWords().member;
  return (
    <div className="member-inspector">
      <Section title={words.state}>{() => <State name={name} />}</Section>
      <Section title={words.disk}>{() => <Disk name={name} />}</Section>
      <Section title={words.log}>{() => <LogConsole name={name} />}</Section>
      <Section title={words.metrics}>{() => <Metrics name={name} />}</Section>
    </div>
  );
}
