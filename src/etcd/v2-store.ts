/**
 * The member's v2 store: its namespaces, its clock, and what the cluster itself keeps in it. As in etcd the membership lives there too, so
 * that members, their attributes and the cluster's version raise its index: a user's first write on one fresh member has index 4.
 */

import { FOREVER, V2Store, type V2Result } from '#v2/store.ts';
import { formatId } from '#etcd/identity.ts';
import type { ClusterMember } from '#etcd/membership.ts';
import type { Parts } from '#etcd/parts.ts';
import { wallNanos } from '#etcd/time-of-day.ts';

const CLUSTER = '/0';
/** Where users' keys are. */
export const KEYS = '/1';
export const NAMESPACES: readonly string[] = [CLUSTER, KEYS];
/** Where each member says its name. */
export const MEMBERS = `${CLUSTER}/members`;
const REMOVED = `${CLUSTER}/removed_members`;
/** Where the leader says the cluster's version. */
export const VERSION_KEY = `${CLUSTER}/version`;
export const ATTRIBUTES = 'attributes';
const RAFT_ATTRIBUTES = 'raftAttributes';

/** The store of a member that has applied nothing. */
export const freshV2Store = (): V2Store => new V2Store(NAMESPACES);

const lookUp = (store: V2Store, path: string): V2Result => store.get(path, { recursive: true, sorted: true }, 0n);

/** etcd reads the members, and if there are any those that were removed, before each change of the membership: its counters of reads show it. */
export function lookUpMembers(store: V2Store): void {
  if (lookUp(store, MEMBERS).ok) lookUp(store, REMOVED);
}

/** What an etcd that restarts looks up in its store. */
export function lookUpCluster(store: V2Store): void {
  lookUpMembers(store);
  lookUp(store, VERSION_KEY);
}

const file = (value: string) => ({ dir: false, value, lifetime: FOREVER });
const pathOfMember = ({ id }: Pick<ClusterMember, 'id'>): string => `${MEMBERS}/${formatId(id)}`;
const raftAttributes = ({ peerUrls, isLearner }: ClusterMember): string =>
  `{"peerURLs":${JSON.stringify(peerUrls)}${isLearner ? ',"isLearner":true' : ''}}`;

/** A member is added. */
export const keepAdded = (m: Parts, member: ClusterMember): V2Result =>
  m.machine.v2.create(`${pathOfMember(member)}/${RAFT_ATTRIBUTES}`, false, file(raftAttributes(member)), wallNanos(m));

/** A member's peer URLs, or whether it votes, changed. */
export const keepChanged = (m: Parts, member: ClusterMember): V2Result =>
  m.machine.v2.update(`${pathOfMember(member)}/${RAFT_ATTRIBUTES}`, raftAttributes(member), FOREVER, wallNanos(m));

/** A member is removed. */
export function keepRemoved(m: Parts, id: bigint): void {
  const { v2 } = m.machine;
  const now = wallNanos(m);
  v2.delete(`${MEMBERS}/${formatId(id)}`, { dir: true, recursive: true }, now);
  v2.create(`${REMOVED}/${formatId(id)}`, false, file(''), now);
}

/** A member published itself, or a leader the cluster's version. */
export const keepSet = (m: Parts, path: string, value: string): V2Result => m.machine.v2.set(path, file(value), wallNanos(m));
