/** The state machine as bytes: what a Raft snapshot carries from member to member and what lies in snapshot files. Equal states, equal bytes. */

import { logIndex, simTime, term } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { BlockSource } from '#kernel/blocks.ts';
import { DecodeError, Reader, Writer } from '#kernel/codec.ts';
import { AuthStore } from '#auth/auth-store.ts';
import { Lessor, type Checkpointing } from '#lease/lessor.ts';
import { decodeStore, encodeStore } from '#mvcc/store-codec.ts';
import type { MvccProfile } from '#mvcc/store-state.ts';
import { WatchableStore } from '#mvcc/watchable-store.ts';
import { readConfState, writeConfState } from '#raft/state-codec.ts';
import { EMPTY_CONF_STATE } from '#raft/state.ts';
import { readV2Store, writeV2Store } from '#v2/store-codec.ts';
import { Alarms } from '#etcd/alarms.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { Membership } from '#etcd/membership.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import type { Parts, StateMachine } from '#etcd/parts.ts';
import { settingsOf } from '#etcd/settings.ts';
import { versionRules } from '#etcd/version-rules.ts';
import { freshV2Store, NAMESPACES } from '#etcd/v2-store.ts';

const FORMAT = 6;

/** With etcd's issue 18089 brought back on purpose, the store compacts as 3.4.23's did. */
const storeProfile = (config: MemberConfig): MvccProfile => (breaks(config, 'compact-tombstone') ? '3.4.23' : config.profile);

function checkpointing(config: MemberConfig): Checkpointing {
  const { leaseCheckpoint, leaseCheckpointPersist } = settingsOf(config);
  if (!leaseCheckpoint) return 'off';
  return leaseCheckpointPersist && versionRules(config).storesCheckpoints ? 'persisted' : 'on';
}

/** The state of a member that has applied nothing. */
export function freshMachine(config: MemberConfig): StateMachine {
  const lessor = new Lessor(config.electionMicros, checkpointing(config));
  return {
    kv: new WatchableStore({ profile: storeProfile(config), leases: lessor }),
    cluster: new Membership(),
    alarms: new Alarms(),
    lessor,
    auth: new AuthStore(),
    v2: freshV2Store(),
    confState: EMPTY_CONF_STATE,
    appliedIndex: logIndex(0),
    appliedTerm: term(0),
    changedIndex: logIndex(0),
  };
}

/**
 * @param what `replicated`: what all members share; `all`: this member's own clockwork too, for checkpoints
 * @param blocks see {@link encodeStore}
 */
export function writeMachine(w: Writer, machine: StateMachine, what: 'replicated' | 'all', blocks?: Bytes[]): void {
  w.u8(FORMAT).varint(machine.appliedIndex).varint(machine.appliedTerm).varint(machine.changedIndex);
  writeConfState(w, machine.confState);
  machine.cluster.save(w);
  machine.alarms.save(w, what);
  machine.lessor.save(w, what);
  machine.auth.save(w);
  writeV2Store(w, machine.v2, what);
  w.bytes(encodeStore(machine.kv, blocks));
}

/** @throws DecodeError */
export function readMachine(r: Reader, config: MemberConfig, blocks?: BlockSource): StateMachine {
  const format = r.u8();
  if (format !== FORMAT) throw new DecodeError(`snapshot format ${format}, expected ${FORMAT}`);
  const appliedIndex = logIndex(r.varint());
  const appliedTerm = term(r.varint());
  const changedIndex = logIndex(r.varint());
  const confState = readConfState(r);
  const cluster = Membership.restore(r);
  const alarms = Alarms.restore(r);
  const lessor = Lessor.restore(r, config.electionMicros, checkpointing(config));
  const auth = AuthStore.restore(r);
  const v2 = readV2Store(r, NAMESPACES);
  const state = decodeStore(r.bytes().slice(), lessor, blocks);
  const kv = new WatchableStore({ profile: storeProfile(config), leases: lessor }, state);
  return { kv, cluster, alarms, lessor, auth, v2, confState, appliedIndex, appliedTerm, changedIndex };
}

/** A snapshot's data. */
export function encodeImage(machine: StateMachine): Bytes {
  const w = new Writer(4096);
  writeMachine(w, machine, 'replicated');
  return w.finish();
}

/** Reads a snapshot's data. @throws DecodeError */
export function decodeImage(bytes: Bytes, config: MemberConfig): StateMachine {
  const r = new Reader(bytes);
  const machine = readMachine(r, config);
  if (!r.done) throw new DecodeError(`${bytes.length - r.offset} bytes after a snapshot`);
  return machine;
}

/** Replaces the state machine by a snapshot's. Watchers stay and go through history again from where they were. */
export function installImage(m: Parts, data: Bytes): void {
  const { kv, ...rest } = decodeImage(data, m.config);
  m.machine.kv.replaceState(kv.state());
  if (breaks(m.config, 'watch-back-in-time')) forgetFuture(m);
  // Watchers of the v2 store stay where they are, and hear of what comes after the snapshot: etcd has the same gap.
  rest.v2.hub.takeWatchers(m.machine.v2.hub);
  Object.assign(m.machine, rest);
  m.machine.kv.interruptCompactions();
  m.loop.compactionAt = simTime(m.machine.kv.isCompacting ? m.out.now : 0);
}

/** Broken on purpose (etcd issue 15271): a watcher that waits for a later revision than the snapshot's is told of everything after the snapshot. */
function forgetFuture(m: Parts): void {
  const next = m.machine.kv.currentRevision + 1;
  for (const { stream } of m.watches.all())
    for (const watcher of m.machine.kv.stream(stream).watchers()) watcher.minRevision = Math.min(watcher.minRevision, next);
}
