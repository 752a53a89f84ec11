/** The words of the inspectors, of a request's life and of the safety panel, in English. */

import type { LifeStage, RequestOutcome } from '#view/request-life.ts';
import type { LogLevelName } from '#view/member-inspection.ts';
import type { ClientOperation } from '#view/operations.ts';
import type { SafetyGroup, SafetyProperty } from '#view/safety.ts';
import { ENGLISH_PROPERTIES, type PropertyWords } from '#words/english-properties.ts';
import { durationText, instantText } from '#words/measure.ts';

const GROUPS: Readonly<Record<SafetyGroup, string>> = {
  raft: 'Raft',
  clients: 'Reads and writes',
  watch: 'Watches',
  stores: 'Stores',
};

const OUTCOMES: Readonly<Record<RequestOutcome, string>> = { waiting: 'waits', done: 'done', failed: 'failed', 'given-up': 'given up' };

function stage({ kind, lane, origin }: LifeStage): string {
  switch (kind) {
    case 'call':
      return `request to ${lane}`;
    case 'forward':
      return `passed on to ${lane}`;
    case 'append':
      return `${lane} appends`;
    case 'save':
      return `${lane} flushes`;
    case 'replicate':
      return `entry to ${lane}`;
    case 'acknowledge':
      return `${origin ?? ''} acknowledges`;
    case 'commit':
      return `${lane} commits`;
    case 'tell':
      return `news to ${lane}`;
    case 'apply':
      return `${lane} applies`;
    case 'read-index':
      return `${lane} asks for an index`;
    case 'answer':
      return 'answer';
    case 'watch':
      return `watch at ${origin ?? lane}`;
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  type: 'kind of message',
  from: 'sender',
  to: 'receiver',
  term: 'term of the sender',
  logTerm: 'term of the entry before, or of the last one',
  index: 'entry that it is about',
  entries: 'entries that it carries',
  commit: 'committed, as the sender knows',
  reject: 'it is a refusal',
  rejectHint: 'where to try again',
  context: 'belongs to a read',
  'snapshot index': 'the snapshot goes up to entry',
  'snapshot term': 'term of that entry',
  method: 'method that is called',
};

const BYTES = ['B', 'KiB', 'MiB', 'GiB'];

/** Bytes as a person reads them, the same in both languages. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < BYTES.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(value < 10 && unit > 0 ? 1 : 0))} ${BYTES[unit] ?? ''}`;
}

const times = (count: number): string => (count === 1 ? 'looked at once' : `looked at ${count.toLocaleString('en')} times`);

export const englishInspect = {
  message: {
    title: 'This message',
    field: (name: string): string => FIELDS[name] ?? name,
    sent: (at: number, arrives: number): string => `sent at ${instantText(at)} s, arrives at ${instantText(arrives)} s`,
    actions: 'What can happen to it',
    drop: 'Drop',
    delay: 'Delay by 50 ms',
    duplicate: 'Duplicate',
    deliver: 'Deliver now',
  },
  life: {
    title: 'The life of a request',
    choose: 'Which request',
    newest: 'Choose a request …',
    empty: 'No request has been sent yet. Send one with “Request” (n), or type etcdctl in the terminal.',
    outcome: (outcome: RequestOutcome, micros: number | undefined): string =>
      `${OUTCOMES[outcome]}${micros === undefined ? '' : ` in ${durationText(micros)}`}`,
    option: (label: string, at: number, outcome: RequestOutcome): string => `${instantText(at)} ${label}, ${OUTCOMES[outcome]}`,
    stage,
    stageTime: (from: number, to: number | undefined): string =>
      to === undefined
        ? `since ${instantText(from)} s`
        : to === from
          ? `at ${instantText(from)} s`
          : `${instantText(from)} s to ${instantText(to)} s`,
    decisive: 'filled: the answer waited for it · outlined: it did not',
    lost: 'lost',
    columns: { stage: 'Stage', time: 'Time', took: 'Took' },
  },
  member: {
    state: 'State and queues',
    hard: 'On disk',
    hardText: (term: number, vote: string | undefined, commit: number): string =>
      `term ${term}, vote ${vote ?? 'nobody'}, commit ${commit}`,
    stable: 'Flushed up to entry',
    timer: 'Election timer',
    timerText: (elapsed: number, timeout: number, tick: number): string => `${elapsed} of ${timeout} ticks of ${durationText(tick)}`,
    voters: 'Voters',
    learners: 'Learners',
    transferee: 'Hands over to',
    queues: 'Waiting',
    queuesText: (proposals: number, reads: number, unapplied: number): string =>
      `${proposals} for their entry, ${reads} for a safe index, ${unapplied} to be applied`,
    saves: 'Writes under way',
    savesText: (writes: number, entries: number): string =>
      writes === 0 ? 'none' : `${writes} with ${entries === 1 ? '1 entry' : `${entries} entries`}`,
    leaderChanges: 'Leaders seen',
    clock: 'Clock',
    clockText: (rate: number): string => (rate === 1 ? 'runs right' : `runs at ${rate}×`),
    disk: 'Disk',
    wal: 'Write-ahead log',
    walText: (segments: number, bytes: number): string => `${segments === 1 ? '1 segment' : `${segments} segments`}, ${bytesText(bytes)}`,
    snapshot: 'Snapshot',
    snapshotText: (index: number): string => (index === 0 ? 'none' : `up to entry ${index}`),
    db: 'Database',
    dbText: (total: number, used: number): string => `${bytesText(total)}, ${bytesText(used)} in use`,
    latency: 'A flush takes',
    latencyText: (least: number, most: number): string =>
      least === most ? durationText(least) : `${durationText(least)} to ${durationText(most)}`,
    faults: 'Done to it',
    noFaults: 'nothing',
    file: 'File',
    size: 'Size',
    files: 'Files',
    log: 'Log of its process',
    level: 'From level',
    levels: { debug: 'debug', info: 'info', warn: 'warning', error: 'error', fatal: 'fatal' } satisfies Record<LogLevelName, string>,
    search: 'Search in the log',
    noLines: 'No line is like that.',
    metrics: 'Metrics',
    allMetrics: 'All of /metrics',
    notRunning: 'It does not run: only its disk is there. Restart it to look inside.',
  },
  safety: {
    title: 'Guarantees',
    kept: (checks: number): string => `Every guarantee has held so far: ${checks.toLocaleString('en')} checks.`,
    broken: (count: number): string => (count === 1 ? 'A guarantee was broken.' : `${count} guarantees were broken.`),
    /** What a check says of what it found, and of whom, as the command line prints it. */
    found: (members: readonly string[], index: number, detail: string): string =>
      `${members.join(' and ')}${index === 0 ? '' : `, index ${index}`}: ${detail}`,
    states: { holds: 'holds', violated: 'broken', unchecked: 'nothing to check yet' },
    times,
    group: (group: SafetyGroup): string => GROUPS[group],
    property: (property: SafetyProperty): PropertyWords => ENGLISH_PROPERTIES[property],
    goTo: (at: number): string => `Go to ${instantText(at)} s`,
    shows: 'What shows it',
    history: 'What clients asked, and when it took effect',
    explained: '| where it takes effect, in the order of revisions · open on the right: nobody knows',
    noHistory: 'No client has asked anything yet. Send a request to see it here.',
    operation: ({ text, outcome, revision, member }: ClientOperation): string =>
      `${text}${member === undefined ? '' : ` at ${member}`}: ${{ open: 'not answered yet', ok: revision > 0 ? `revision ${revision}` : 'done', failed: 'failed', unknown: 'nobody knows whether it happened' }[outcome]}`,
    interval: (from: number, to: number | undefined): string =>
      `${instantText(from)} s to ${to === undefined ? '…' : `${instantText(to)} s`}`,
    columns: { client: 'Client', operation: 'Operation', time: 'Time' },
    breakHint: 'Every run is checked. To see a guarantee break, begin a run that breaks a rule on purpose:',
    breakLine: 'play new --break commit-without-majority',
  },
};

export type InspectWords = typeof englishInspect;
