/**
 * What etcd checks before a member without data starts (server/config, server/etcdserver/bootstrap.go): its own place in `--initial-cluster`, and
 * what the running cluster says, if one answers. All refusals are {@link StartError}s in etcd's words.
 */

import { nodeId, type NodeId } from '#kernel/brand.ts';
import type { InitialMember, MemberConfig, RemoteCluster, RemoteMember } from '#etcd/contract.ts';
import { bootstrapMembers, clusterIdOf, formatId, memberIdOf, type ClusterId } from '#etcd/identity.ts';

/** A member cannot start; `message` in etcd's words. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Who a member is, fixed when its data directory is begun. */
export interface Identity {
  readonly self: NodeId;
  readonly clusterId: ClusterId;
}

/** `--initial-cluster` as etcd prints it: members by name, one entry for each URL. */
const clusterText = (cluster: readonly InitialMember[]): string =>
  cluster
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .flatMap(({ name, peerUrls }) => peerUrls.toSorted().map((url) => `${name}=${url}`))
    .join(',');

const sameUrls = (a: readonly string[], b: readonly string[]): boolean => {
  const sorted = b.toSorted();
  return a.length === b.length && a.toSorted().every((url, i) => url === sorted[i]);
};

/** @throws StartError */
function ownEntry(config: MemberConfig): InitialMember {
  const own = config.initialCluster.find(({ name }) => name === config.name);
  if (own === undefined) throw new StartError(`couldn't find local name "${config.name}" in the initial cluster configuration`);
  return own;
}

/** @throws StartError */
function refuseDuplicates({ initialCluster }: MemberConfig): void {
  const urls = initialCluster.flatMap(({ peerUrls }) => peerUrls);
  if (new Set(urls).size < urls.length) throw new StartError(`initial cluster ${clusterText(initialCluster)} has duplicate url`);
}

/** A member of a new cluster: its ids come from `--initial-cluster` alone. @throws StartError */
export function identityOfNew(config: MemberConfig, remote: RemoteCluster | undefined): Identity {
  const own = ownEntry(config);
  refuseDuplicates(config);
  if (!sameUrls(own.peerUrls, config.peerUrls)) throw new StartError(mismatchText(config, own));
  const { initialClusterToken: token } = config;
  const ids = bootstrapMembers(config.initialCluster, token).map(({ id }) => id);
  const duplicate = ids.find((id, i) => ids.indexOf(id) !== i);
  if (duplicate !== undefined) throw new StartError(`member exists with identical ID ${formatId(duplicate)}`);
  const self = memberIdOf(own.peerUrls, token);
  // A member that has told the cluster of its clients ran before; with an empty disk it would forget its votes (isMemberBootstrapped).
  const known = remote?.members.find(({ id }) => id === formatId(self));
  if (known !== undefined && known.clientUrls.length > 0) throw new StartError(`member ${formatId(self)} has already been bootstrapped`);
  return { self, clusterId: clusterIdOf(ids) };
}

function mismatchText({ name, peerUrls }: MemberConfig, own: InitialMember): string {
  const advertised = peerUrls.toSorted();
  const missing = own.peerUrls.filter((url) => !advertised.includes(url)).map((url) => `${name}=${url}`);
  const extra = advertised.filter((url) => !own.peerUrls.includes(url)).map((url) => `${name}=${url}`);
  const resolved = `(resolved urls: "${advertised.join(',')}" != "${own.peerUrls.join(',')}")`;
  return missing.length > 0
    ? `--initial-cluster has ${missing.join(',')} but missing from --initial-advertise-peer-urls=${advertised.join(',')} ${resolved}`
    : `--initial-advertise-peer-urls has ${extra.join(',')} but missing from --initial-cluster=${own.peerUrls.map((url) => `${name}=${url}`).join(',')} ${resolved}`;
}

/** A member that joins a running cluster: the cluster says who it is, by its peer URLs. @throws StartError */
export function identityOfJoining(config: MemberConfig, remote: RemoteCluster | undefined): Identity {
  const own = ownEntry(config);
  refuseDuplicates(config);
  if (remote === undefined)
    throw new StartError('cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs');
  const refuse = (why: string): never => {
    throw new StartError(`error validating peerURLs ${remoteText(remote)}: ${why}`);
  };
  if (remote.members.length !== config.initialCluster.length) return refuse('member count is unequal');
  const known = bootstrapMembers(config.initialCluster, config.initialClusterToken).map(({ member }) => member.peerUrls);
  for (const { id, peerUrls } of remote.members) {
    if (known.some((urls) => sameUrls(urls, peerUrls))) continue;
    const resolved = `(resolved urls: "${peerUrls.join(',')}" != "${known.at(-1)?.join(',') ?? ''}")`;
    return refuse(`PeerURLs: no match found for existing member (${id}, [${peerUrls.join(' ')}]), last resolver error ${resolved}`);
  }
  const self = remote.members.find(({ peerUrls }) => sameUrls(peerUrls, own.peerUrls));
  return { self: nodeId(BigInt(`0x${self?.id ?? '0'}`)), clusterId: BigInt(`0x${remote.id}`) };
}

/** A cluster as Go prints it with %s. */
const remoteText = ({ id, members }: RemoteCluster): string =>
  `{ClusterID:${id} Members:[${members.map(memberText).join(' ')}] RemovedMemberIDs:[]}`;
const memberText = ({ id, name, peerUrls, clientUrls, isLearner }: RemoteMember): string =>
  `&{ID:${id} RaftAttributes:{PeerURLs:[${peerUrls.join(' ')}] IsLearner:${isLearner}} Attributes:{Name:${name} ClientURLs:[${clientUrls.join(' ')}]}}`;
