/**
 * Whether the members hold the same data (server/etcdserver/corrupt.go): a member that is restarted compares its HashKV with its peers' before it
 * takes part in anything, and the leader does so at an interval; what differs there raises CORRUPT for the member that it is about.
 *
 * Deviations: the leader does not confirm by a ReadIndex that it is up to date, it waits until it has applied what every answer was taken from;
 * and a member whose compaction has not finished its physical pass is left out of that round, since the hash may still depend on how far it is.
 */

import { AlarmRequest, AlarmRequest_AlarmAction, AlarmType } from '#api/gen/rpc.ts';
import { ERRORS } from '#api/errors.ts';
import { simTime, type EventId, type NodeId } from '#kernel/brand.ts';
import { goDuration } from '#kernel/go-duration.ts';
import { sendCheck, type CheckAnswer, type CheckMessage } from '#etcd/corruption-message.ts';
import { CorruptionChecks, type CheckRound } from '#etcd/corruption-round.ts';
import { formatId } from '#etcd/identity.ts';
import { isLeader, requestTimeoutMicros, type Parts } from '#etcd/parts.ts';
import { proposeOwn } from '#etcd/propose.ts';
import { settingsOf } from '#etcd/settings.ts';

/** What a new member's checks are. @param isKnown whether it was started before: one that is new has nothing to compare */
export function freshChecks(m: Pick<Parts, 'config' | 'out'>, isKnown: boolean): CorruptionChecks {
  const { initialCorruptCheck, corruptCheckMicros } = settingsOf(m.config);
  const checks = new CorruptionChecks();
  checks.isInitialDue = isKnown && initialCorruptCheck;
  checks.at = simTime(corruptCheckMicros > 0 ? m.out.now + corruptCheckMicros : 0);
  return checks;
}

/** Whether the member compares itself with its peers and takes no part yet. */
export const isBeforeStart = ({ checks }: Parts): boolean => checks.round?.kind === 'initial';

/** A started member has applied what it knew to be committed: the check before its start begins, if it is wanted. */
export function beginInitialCheck(m: Parts): void {
  const { corruptCheckMicros } = settingsOf(m.config);
  if (m.checks.isInitialDue) {
    m.checks.isInitialDue = false;
    const timeout = goDuration(requestTimeoutMicros(m));
    begin(m, 'initial', m.out.log('check-starting', { 'local-member-id': formatId(m.self), timeout }));
    concludeCheck(m);
  }
  if (corruptCheckMicros > 0) m.out.log('check-enabled', { 'local-member-id': formatId(m.self), interval: goDuration(corruptCheckMicros) });
}

/** Begins the leader's check when it is time, and gives up waiting for answers. */
export function onCheckTimers(m: Parts): void {
  const { checks, out } = m;
  if (checks.round !== undefined) {
    if (out.now >= checks.round.deadline) concludeCheck(m);
    return;
  }
  if (checks.at === 0 || out.now < checks.at) return;
  checks.at = simTime(out.now + settingsOf(m.config).corruptCheckMicros);
  if (isLeader(m) && !m.machine.kv.isCompacting) begin(m, 'periodic', out.cause);
}

function begin(m: Parts, kind: CheckRound['kind'], cause: EventId): void {
  const own = m.machine.kv.hashKv(0);
  if (own.type !== 'hash') return;
  const peers = m.machine.cluster.list().flatMap(({ id }) => (id === m.self ? [] : [id]));
  const { hash, compactRevision, hashRevision } = own;
  const { now } = m.out;
  m.checks.round = {
    kind,
    since: now,
    deadline: simTime(now + requestTimeoutMicros(m)),
    own: { hash, compactRevision, revision: hashRevision },
    waitsFor: peers,
    answers: [],
  };
  for (const to of peers) sendCheck(m, to, { type: 'question', from: m.self, since: now, revision: hashRevision }, cause);
}

/** A peer asks, or has answered. */
export function onCheckMessage(m: Parts, message: CheckMessage, cause: EventId): void {
  if (message.type === 'question') {
    // A member that has not started does not answer anybody.
    if (!isBeforeStart(m))
      sendCheck(m, message.from, { type: 'answer', from: m.self, since: message.since, ...answerOf(m, message.revision) }, cause);
    return;
  }
  const { round } = m.checks;
  if (round?.since !== message.since || !round.waitsFor.includes(message.from)) return;
  m.checks.round = { ...round, waitsFor: round.waitsFor.filter((id) => id !== message.from), answers: [...round.answers, message] };
}

/** A peer cannot be reached: nobody waits for it. */
export function onSilentPeer({ checks }: Parts, peer: NodeId): void {
  if (checks.round !== undefined) checks.round = { ...checks.round, waitsFor: checks.round.waitsFor.filter((id) => id !== peer) };
}

function answerOf(m: Parts, at: number): Omit<CheckAnswer, 'type' | 'from' | 'since'> {
  const { kv, appliedIndex: applied } = m.machine;
  const result = kv.hashKv(at);
  const where = { revision: kv.currentRevision, compactRevision: kv.compactRevision, applied };
  if (result.type !== 'hash') return { outcome: at > kv.currentRevision ? 'future' : 'compacted', hash: 0, ...where };
  return { outcome: kv.isCompacting ? 'unsettled' : 'hash', hash: result.hash, ...where };
}

/** Judges a round that has its answers. Called at the end of each step. */
export function concludeCheck(m: Parts): void {
  const { round } = m.checks;
  if (round === undefined) return;
  const isLate = m.out.now >= round.deadline;
  if (round.waitsFor.length > 0 && !isLate) return;
  if (round.kind === 'initial') {
    m.checks.round = undefined;
    judgeStart(m, round);
    return;
  }
  if (!isLeader(m)) {
    m.checks.round = undefined;
    return;
  }
  const needed = Math.max(0, ...round.answers.map(({ applied }) => applied));
  if (m.machine.appliedIndex < needed && !isLate) return;
  m.checks.round = undefined;
  m.checks.at = simTime(m.out.now + settingsOf(m.config).corruptCheckMicros);
  if (m.machine.appliedIndex < needed) m.out.log('check-failed', { error: ERRORS.Timeout.message });
  else judgePeers(m, round);
}

/** CheckInitialHashKV: a hash that differs at the same compacted revision ends the member. */
function judgeStart(m: Parts, { own, answers }: CheckRound): void {
  let mismatches = 0;
  for (const { from, outcome, hash, revision, compactRevision } of answers) {
    const fields = {
      'local-member-id': formatId(m.self),
      'local-member-revision': own.revision,
      'local-member-compact-revision': own.compactRevision,
      'local-member-hash': own.hash,
      'remote-peer-id': formatId(from),
      'remote-peer-revision': revision,
      'remote-peer-compact-revision': compactRevision,
      'remote-peer-hash': hash,
    };
    if (outcome === 'future') m.out.log('check-slow-peer', { ...fields, error: ERRORS.FutureRev.message });
    else if (outcome === 'compacted') m.out.log('check-behind', { ...fields, error: ERRORS.Compacted.message });
    else if (hash === own.hash) continue;
    else if (compactRevision !== own.compactRevision) m.out.log('check-other-compaction', fields);
    else if (outcome === 'hash' && !m.machine.kv.isCompacting) {
      m.out.log('check-other-hash', fields);
      mismatches++;
    }
  }
  if (mismatches === 0) {
    m.out.log('check-passed', { 'local-member-id': formatId(m.self) });
    return;
  }
  const message = `${formatId(m.self)} found data inconsistency with peers`;
  for (const line of ['check-start-failed', 'failed-to-start', 'start-failed'] as const) m.out.log(line, { error: message });
  m.halt = { type: 'start', message, event: m.out.cause };
}

/** checkHashKV: the first member that differs gets the alarm. */
function judgePeers(m: Parts, { own, answers }: CheckRound): void {
  const now = m.machine.kv.hashKv(0);
  if (now.type !== 'hash') return;
  const suspects: { readonly id: NodeId; readonly event: EventId }[] = [];
  if (
    now.hash !== own.hash &&
    now.currentRevision === own.revision &&
    now.compactRevision === own.compactRevision &&
    !m.machine.kv.isCompacting
  )
    suspects.push({
      id: m.self,
      event: m.out.log('check-own-hash', {
        'revision-1': own.revision,
        'compact-revision-1': own.compactRevision,
        'hash-1': own.hash,
        'revision-2': now.currentRevision,
        'compact-revision-2': now.compactRevision,
        'hash-2': now.hash,
      }),
    });
  const compared = answers.filter(({ outcome }) => outcome === 'hash');
  for (const { from, hash, revision, compactRevision } of compared) {
    const who = { 'follower-peer-id': formatId(from) };
    if (revision > now.currentRevision)
      suspects.push({
        id: from,
        event: m.out.log('check-revision', { 'leader-revision': now.currentRevision, 'follower-revision': revision, ...who }),
      });
    if (compactRevision > now.compactRevision)
      suspects.push({
        id: from,
        event: m.out.log('check-compaction', {
          'leader-compact-revision': now.compactRevision,
          'follower-compact-revision': compactRevision,
          ...who,
        }),
      });
    if (compactRevision === own.compactRevision && hash !== own.hash)
      suspects.push({
        id: from,
        event: m.out.log('check-hash', {
          'leader-compact-revision': own.compactRevision,
          'leader-hash': own.hash,
          'follower-compact-revision': compactRevision,
          'follower-hash': hash,
          ...who,
        }),
      });
  }
  const [first] = suspects;
  if (first !== undefined) raise(m, first.id, first.event);
  m.out.log('check-finished', { 'number-of-peers-checked': compared.length });
}

const raise = (m: Parts, memberID: NodeId, cause: EventId): void =>
  proposeOwn(m, { alarm: AlarmRequest.create({ action: AlarmRequest_AlarmAction.ACTIVATE, memberID, alarm: AlarmType.CORRUPT }) }, cause);
