/**
 * One etcd member: a pure step machine over its parts (DESIGN §2). It owns all its state; the world gives it time, messages and completions
 * and takes what comes out. A failed assertion or a failing disk ends it, visibly.
 */

import { AssertionError, unreachable } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import type { Plain } from '#kernel/plain.ts';
import { NO_NODE, simTime, type NodeId } from '#kernel/brand.ts';
import { decodeMessage } from '#raft/message-codec.ts';
import type { Disk } from '#wal/disk.ts';
import { folderDisk } from '#wal/folder-disk.ts';
import { promoteFor } from '#etcd/cluster-requests.ts';
import { digestOf, restoreParts, saveParts } from '#etcd/checkpoint.ts';
import type { InboxItem, Inspection, MemberConfig, MemberStatus, RemoteCluster, StartInfo, StepInput, StepOutput } from '#etcd/contract.ts';
import { beginInitialCheck, concludeCheck, isBeforeStart, onCheckMessage, onSilentPeer } from '#etcd/corruption-check.ts';
import { CHECK_MESSAGE, decodeCheck } from '#etcd/corruption-message.ts';
import { openEnvelope } from '#etcd/envelope.ts';
import { crashPointOf } from '#etcd/crash-points.ts';
import { FORCED_FAILURE, haltOf } from '#etcd/halt.ts';
import { inspect } from '#etcd/inspect.ts';
import { LEASE_MESSAGE, onLeaseMessage } from '#etcd/lease-forwarding.ts';
import { settle } from '#etcd/inner-loop.ts';
import { formatId } from '#etcd/identity.ts';
import type { Membership } from '#etcd/membership.ts';
import { Outbox } from '#etcd/outbox.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';
import { NOTICE_MESSAGE, onNotice, refuseRemoved, refuseStranger } from '#etcd/peer-notice.ts';
import { onPromoteMessage, PROMOTE_MESSAGE } from '#etcd/promote-forwarding.ts';
import { onHttp, releaseHeld } from '#etcd/http.ts';
import { onClientItem } from '#etcd/requests.ts';
import { startParts } from '#etcd/start.ts';
import { drive, onSaved, releaseTick, setElectionTimer } from '#etcd/storage-loop.ts';
import { nextWake, onTimers } from '#etcd/timers.ts';

export class Member {
  readonly #parts: Parts;
  /** Set when it has stopped: it must not be stepped again. */
  #halted = false;
  /** The membership that the world was told last, and what had changed in it by then. */
  #told: { readonly cluster: Membership; readonly changes: number } | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Starts a member on its disk: bootstraps on an empty one, recovers on another. The output is that of its first step; with `halt` set it
   * could not start, and there is no member.
   */
  static start(config: MemberConfig, info: StartInfo, disk: Disk): { readonly member: Member | undefined; readonly output: StepOutput } {
    const out = new Outbox(info.actor, info.nextEvent, info.now);
    out.cause = info.cause;
    out.wallOffset = info.wallOffset ?? 0;
    try {
      const member = new Member(startParts(config, info, folderDisk(disk, config.folder), out));
      return { member, output: member.#run(() => member.#begin()) };
    } catch (error) {
      const halt = haltOf(error, out);
      return { member: undefined, output: { wakeAt: undefined, ...out.take(), status: NO_STATUS, halt } };
    }
  }

  /** Brings back a member from {@link save}'s bytes, on a disk as it was then. @throws DecodeError */
  static restore(config: MemberConfig, info: StartInfo, disk: Disk, bytes: Bytes, blocks?: readonly Bytes[]): Member {
    const member = new Member(restoreParts(config, info, folderDisk(disk, config.folder), bytes, blocks));
    member.#toldCluster(); // the world knows it already
    return member;
  }

  /** Takes one instant's items, in order, and gives out what they cause. */
  step(input: StepInput): StepOutput {
    const m = this.#parts;
    return this.#run(() => {
      m.out.now = input.now;
      m.out.wallOffset = input.wallOffset ?? 0;
      for (const item of input.items) {
        m.out.cause = item.cause;
        takeItem(m, item);
        if (m.halt !== undefined) return;
      }
      drive(m);
      if (m.halt !== undefined) return;
      releaseTick(m);
      releaseHeld(m);
      concludeCheck(m);
      if (m.halt === undefined) drive(m);
    });
  }

  /** Applies what is known to be committed; then its data may have to be compared before it goes on. */
  #begin(): void {
    drive(this.#parts);
    this.#parts.machine.lessor.forgetUnstored();
    if (this.#parts.halt === undefined) beginInitialCheck(this.#parts);
  }

  inspect(question: Inspection): Plain {
    return inspect(this.#parts, question);
  }

  /** @param blocks gets most of the log and the store; undefined: all is in the result */
  save(blocks?: Bytes[]): Bytes {
    return saveParts(this.#parts, blocks);
  }

  /** SHA-256 of the whole state, hex. */
  digest(): string {
    return digestOf(this.#parts);
  }

  #run(work: () => void): StepOutput {
    const m = this.#parts;
    if (this.#halted) throw new AssertionError(`member ${formatId(m.self)} was stepped after it stopped`);
    try {
      work();
      if (m.halt === undefined) settle(m);
    } catch (error) {
      m.halt = haltOf(error, m.out);
    }
    this.#halted = m.halt !== undefined;
    const { halt } = m;
    const wakeAt = halt === undefined ? nextWake(m) : undefined;
    const cluster = this.#toldCluster();
    return {
      wakeAt,
      ...m.out.take(),
      status: statusOf(m),
      ...(cluster === undefined ? {} : { cluster }),
      ...(halt === undefined ? {} : { halt }),
    };
  }

  /** What the world has to be told of the cluster; undefined if it knows. */
  #toldCluster(): RemoteCluster | undefined {
    const { cluster } = this.#parts.machine;
    if (this.#told?.cluster === cluster && this.#told.changes === cluster.changes) return undefined;
    this.#told = { cluster, changes: cluster.changes };
    return remoteView(this.#parts);
  }
}

function takeItem(m: Parts, item: InboxItem): void {
  switch (item.type) {
    case 'wake':
      onTimers(m);
      return;
    case 'peer':
      onPeerMessage(m, item.message);
      return;
    case 'unreachable':
      if (m.peers.lost(item.peer)) m.out.log('peer-inactive', brokenPeer(item.peer));
      m.v2Stats.onFailed(item.peer);
      onSilentPeer(m, item.peer);
      m.raft.reportUnreachable(item.peer);
      return;
    case 'snapshot-sent':
      m.raft.reportSnapshot(item.peer, item.ok ? 'finish' : 'failure');
      return;
    case 'saved':
      onSaved(m, item.op);
      return;
    case 'election-timeout':
      m.raft.campaign();
      return;
    case 'election-timer':
      setElectionTimer(m, item.ticks);
      return;
    case 'arm':
      m.loop.armed = crashPointOf(item.point);
      return;
    case 'fail-assertion':
      throw new AssertionError(`${FORCED_FAILURE}: ${item.reason ?? appliedSoFar(m)}`);
    case 'http':
      onHttp(m, item);
      return;
    case 'call':
    case 'call-message':
    case 'call-read':
    case 'call-half-close':
    case 'call-cancel':
      onClientItem(m, item);
      return;
    default:
      unreachable(item, 'inbox item');
  }
}

/** What an assertion says that was made to fail: like the others, what it found. */
const appliedSoFar = (m: Parts): string => `applied ${m.machine.appliedIndex} of ${coreOf(m).log.committed} committed entries`;

/** The cluster as `/members` on the peers' port tells it. */
const remoteView = ({ clusterId, machine }: Parts): RemoteCluster => ({
  id: formatId(clusterId),
  members: machine.cluster.list().map((member) => ({ ...member, id: formatId(member.id) })),
});

/** What etcd says when the process at the other end of a stream is gone. */
const brokenPeer = (peer: NodeId) => ({
  'peer-id': formatId(peer),
  error: `failed to read ${formatId(peer)} on stream Message (unexpected EOF)`,
});

/** The core's messages, by their first byte; the members' own have greater ones. */
const isRaftMessage = (bytes: Bytes): boolean => (bytes[0] ?? 0) < LEASE_MESSAGE;

/** A malformed message is dropped, as a broken stream would be. */
function onPeerMessage(m: Parts, bytes: Bytes): void {
  try {
    const { clusterId, message: inner } = openEnvelope(bytes);
    if (inner[0] === NOTICE_MESSAGE) return onNotice(m, inner, clusterId, m.out.cause);
    if (clusterId !== m.clusterId) {
      if (isRaftMessage(inner)) refuseStranger(m, decodeMessage(inner), clusterId, m.out.cause);
      return;
    }
    if (inner[0] === CHECK_MESSAGE) return onCheckMessage(m, decodeCheck(inner), m.out.cause);
    if (isBeforeStart(m)) return; // its Raft does not run yet
    if (inner[0] === LEASE_MESSAGE) return onLeaseMessage(m, inner, m.out.cause);
    if (inner[0] === PROMOTE_MESSAGE) return onPromoteMessage(m, inner, m.out.cause, promoteFor);
    const message = decodeMessage(inner);
    m.metrics.received(message.from, bytes.length);
    if (message.to !== m.self) return; // for another that had this address
    if (m.machine.cluster.isRemoved(message.from)) return refuseRemoved(m, message.from, m.out.cause);
    if (m.peers.heard(message.from, m.out.now)) m.out.log('peer-active', { 'peer-id': formatId(message.from) });
    if (message.type === 'MsgApp') m.v2Stats.onReceived(bytes.length, m.out.now);
    else if (message.type === 'MsgAppResp') m.v2Stats.onAnswered(message.from, m.out.now);
    m.raft.step(message);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

function statusOf(m: Parts): MemberStatus {
  const core = coreOf(m);
  const { kv, cluster, appliedIndex } = m.machine;
  const last = core.log.lastId();
  return {
    id: m.self,
    role: core.role.type,
    learner: cluster.get(m.self)?.isLearner ?? false,
    term: core.term,
    vote: core.vote,
    lead: core.lead,
    commit: core.log.committed,
    applied: appliedIndex,
    firstIndex: core.log.firstIndex(),
    lastIndex: last.index,
    lastTerm: last.term,
    revision: kv.currentRevision,
    compactRevision: kv.compactRevision,
    electionElapsed: core.electionElapsed,
    electionTimeout: core.randomizedElectionTimeout,
    nextTickAt: m.loop.nextTickAt,
    saving: m.loop.saves.find((save) => !save.isDone)?.op ?? 0,
    voters: core.config.voters,
  };
}

/** The status of a member that could not start. */
const NO_STATUS: MemberStatus = {
  id: NO_NODE,
  role: 'follower',
  learner: false,
  term: 0,
  vote: NO_NODE,
  lead: NO_NODE,
  commit: 0,
  applied: 0,
  firstIndex: 1,
  lastIndex: 0,
  lastTerm: 0,
  revision: 0,
  compactRevision: -1,
  electionElapsed: 0,
  electionTimeout: 0,
  nextTickAt: simTime(0),
  saving: 0,
  voters: [],
};
