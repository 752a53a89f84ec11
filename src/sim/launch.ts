/**
 * Starting members at run time: from etcd's flags (`launch`), or from what the cluster knows of a member that was added (`play start`). A machine
 * belongs to a data directory: a process that names a known directory runs where that lies, one with a known name gets another directory on that
 * member's machine, and a new name a machine of its own.
 */

import type { LaunchFlags, LaunchSettings } from '#ctl/launch.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { MemberConfig, RemoteCluster, RemoteMember } from '#etcd/contract.ts';
import type { EventId } from '#kernel/brand.ts';
import { listensAt } from '#sim/endpoint.ts';
import { settleFate, startMember } from '#sim/faults.ts';
import { dataDirectory, filesOf, folderOf } from '#sim/member-files.ts';
import { createSeat, directoryOf, isBegun, type Seat } from '#sim/member-seat.ts';
import { leaderSeat, resolveTargets } from '#sim/node-refs.ts';
import { memberConfig, placeOf } from '#sim/run-options.ts';
import { addSeat, findClient, isRunning, type WorldCore } from '#sim/world-core.ts';

/** Machines in a world. */
export const SEATS_MAX = 9;
/** Data directories on one machine. */
export const DIRECTORIES_MAX = 16;

/** What a start will do, or why it cannot be done. */
export type LaunchPlan =
  { readonly type: 'ok'; readonly value: (cause: EventId) => void } | { readonly type: 'error'; readonly message: string };

const problem = (message: string): LaunchPlan => ({ type: 'error', message });

const DEFAULT_PEER_URL = 'http://localhost:2380';
const DEFAULT_CLIENT_URL = 'http://localhost:2379';
/** Names that mean more than one member, or none. */
const ROLES = new Set(['all', 'leader', 'followers']);

/** Plans a start by etcd's flags. */
export function planLaunch(core: WorldCore, flags: LaunchFlags): LaunchPlan {
  const config = configOf(core, flags);
  const refusal = refuseSettings(config) ?? refuseName(core, flags.name);
  if (refusal !== undefined) return problem(refusal);
  const directory = dataDirectory(config.dataDir);
  const seat = core.seats.find((s) => s.directories.includes(directory)) ?? core.seats.find((s) => s.name === flags.name);
  if (seat === undefined) {
    if (core.seats.length >= SEATS_MAX) return problem(`there are ${SEATS_MAX} members already`);
    return refusePorts(core, config, undefined) ?? planNewSeat(core, config);
  }
  if (isRunning(seat)) return problem(`${seat.name} is running on ${seat.config.dataDir}: kill it first`);
  if (!seat.directories.includes(directory) && seat.directories.length >= DIRECTORIES_MAX)
    return problem(`${seat.name} has ${DIRECTORIES_MAX} data directories already`);
  return refusePorts(core, config, seat) ?? { type: 'ok', value: (cause) => startIn(core, seat, config, cause) };
}

function planNewSeat(core: WorldCore, config: MemberConfig): LaunchPlan {
  return {
    type: 'ok',
    value: (cause) => {
      const seat = createSeat(core.seats.length + 1, config, core.seed, core.options);
      addSeat(core, seat);
      // Files of an older run may lie where its disk will be.
      seat.ops.push({ type: 'kill', disk: { type: 'wipe' } });
      startIn(core, seat, config, cause);
    },
  };
}

/** Starts a member again as it was started last. */
export const startAgain = (core: WorldCore, seat: Seat, cause: EventId): void => startIn(core, seat, seat.config, cause);

/** Starts a process in a seat, on the folder of its data directory. One that lies among the machine's files moves to the member's disk. */
function startIn(core: WorldCore, seat: Seat, config: MemberConfig, cause: EventId): void {
  const directory = dataDirectory(config.dataDir);
  if (!seat.directories.includes(directory)) seat.directories.push(directory);
  const folder = folderOf(seat, directory);
  const files = filesOf(core.files, directory);
  if (files !== undefined) {
    core.files.do({ type: 'remove', path: directory, recursive: true });
    settleFate(seat);
    seat.ops.push({ type: 'files', folder, files });
  }
  seat.config = { ...config, folder, forceNewCluster: false };
  startMember(core, seat, cause, { ...config, folder });
}

/** A member's configuration from etcd's flags. */
function configOf(core: WorldCore, flags: LaunchFlags): MemberConfig {
  const peerUrls = flags.peerUrls ?? [DEFAULT_PEER_URL];
  const clientUrls = flags.clientUrls ?? [DEFAULT_CLIENT_URL];
  const { name } = flags;
  return withSettings(
    {
      ...memberConfig(core.seed, core.options, {
        name,
        peerUrls,
        clientUrls,
        initialCluster: flags.initialCluster ?? [{ name, peerUrls }],
        initialClusterToken: flags.initialClusterToken ?? 'etcd-cluster',
        initialClusterState: flags.initialClusterState ?? 'new',
      }),
      dataDir: flags.dataDir ?? `${name}.etcd`,
      listenPeerUrls: flags.listenPeerUrls ?? peerUrls,
      listenClientUrls: flags.listenClientUrls ?? clientUrls,
      forceNewCluster: flags.forceNewCluster ?? false,
    },
    flags,
  );
}

const SETTINGS = [
  'heartbeatMicros',
  'electionMicros',
  'preVote',
  'snapshotCount',
  'snapshotCatchUpEntries',
  'maxRequestBytes',
  'maxTxnOps',
  'quotaBackendBytes',
  'strictReconfigCheck',
  'learnersMax',
] as const satisfies readonly (keyof LaunchSettings & keyof MemberConfig)[];

/** A configuration with some flags changed. */
function withSettings(config: MemberConfig, changes: LaunchSettings): MemberConfig {
  const given = Object.fromEntries(SETTINGS.flatMap((name) => (changes[name] === undefined ? [] : [[name, changes[name]]])));
  const settings = changes.settings === undefined ? config.settings : { ...config.settings, ...changes.settings };
  return { ...config, ...given, ...(settings === undefined ? {} : { settings }) };
}

/** etcd's own checks of its flags. */
function refuseSettings({ heartbeatMicros, electionMicros }: MemberConfig): string | undefined {
  const milliseconds = (micros: number): string => `${micros / 1000}ms`;
  if (electionMicros < 5 * heartbeatMicros)
    return `--election-timeout[${milliseconds(electionMicros)}] should be at least as 5 times as --heartbeat-interval[${milliseconds(heartbeatMicros)}]`;
  return undefined;
}

function refuseName(core: WorldCore, name: string): string | undefined {
  if (ROLES.has(name) || /^\d{1,4}$/.test(name))
    return `${JSON.stringify(name)} cannot be a member's name here: it means members by role or number`;
  return findClient(core, name) === undefined ? undefined : `${name} is a client, not a member`;
}

/** A port that another process listens on. */
function refusePorts(core: WorldCore, config: MemberConfig, own: Seat | undefined): LaunchPlan | undefined {
  for (const url of [...config.listenPeerUrls, ...config.listenClientUrls]) {
    const other = core.seats.find((s) => s !== own && isRunning(s) && listensAt(s.config, url));
    if (other !== undefined)
      return problem(
        `listen tcp ${url.replace(/^\w+:\/\//, '').replace('localhost', '127.0.0.1')}: bind: address already in use (${other.name} listens there)`,
      );
  }
  return undefined;
}

type StartCommand = Extract<WorldCommand, { readonly type: 'start-member' }>;

/** Plans `play start`. */
export function planStart(core: WorldCore, { node, changes }: StartCommand): LaunchPlan {
  const { forceNewCluster = false } = changes;
  const seat = seatNamed(core, node);
  if (typeof seat === 'string') return problem(seat);
  if (seat !== undefined && isRunning(seat)) return problem(`${seat.name} is running: kill it first`);
  const config = seat !== undefined && hasData(core, seat) ? seat.config : (joiningConfig(core, seat?.name ?? node, seat) ?? seat?.config);
  if (config === undefined)
    return problem(`no added member waits to be started as ${node}: add one with etcdctl member add ${node} --peer-urls=URL`);
  const changed = { ...withSettings(config, changes), forceNewCluster };
  const refusal = refuseSettings(changed) ?? refuseName(core, changed.name);
  if (refusal !== undefined) return problem(refusal);
  if (seat === undefined && core.seats.length >= SEATS_MAX) return problem(`there are ${SEATS_MAX} members already`);
  const busy = refusePorts(core, changed, seat);
  if (busy !== undefined) return busy;
  return seat === undefined ? planNewSeat(core, changed) : { type: 'ok', value: (cause) => startIn(core, seat, changed, cause) };
}

/** Its data directory holds a member, or one lies where it looks for it. */
const hasData = (core: WorldCore, seat: Seat): boolean => isBegun(seat) || filesOf(core.files, directoryOf(seat)) !== undefined;

/** The one member that is meant; undefined if nobody has that name, a text if it cannot be meant. */
function seatNamed(core: WorldCore, node: string): Seat | string | undefined {
  const known = core.seats.find((s) => s.name === node);
  if (known !== undefined) return known;
  if (!ROLES.has(node) && !/^\d{1,4}$/.test(node)) return undefined;
  const resolved = resolveTargets(core, [node]);
  if (resolved.type === 'error') return resolved.message;
  const [first, ...more] = resolved.targets;
  return first?.target.type === 'member' && more.length === 0 ? first.target.seat : `play start takes one member, not ${node}`;
}

/** The cluster as the leader knows it, or whoever runs. */
const clusterNow = (core: WorldCore): RemoteCluster | undefined =>
  leaderSeat(core)?.cluster ?? core.seats.find((s) => s.life === 'up' && s.cluster !== undefined)?.cluster;

/** Flags for a member that was added and never started: `--initial-cluster` of all present members, state existing. */
function joiningConfig(core: WorldCore, name: string, seat: Seat | undefined): MemberConfig | undefined {
  const cluster = clusterNow(core);
  const waiting = cluster?.members.filter((m) => m.name === '' && m.peerUrls.length > 0) ?? [];
  const number = Number(/^etcd-(\d)$/.exec(name)?.[1] ?? 0);
  const usual = seat?.config.peerUrls ?? (number === 0 ? [] : placeOf(number, Math.max(2, number)).peerUrls);
  const member = waiting.find((m) => m.peerUrls.some((url) => usual.includes(url))) ?? (seat === undefined ? waiting[0] : undefined);
  if (cluster === undefined || member === undefined) return undefined;
  const { peerUrls } = member;
  return memberConfig(core.seed, core.options, {
    name,
    peerUrls,
    clientUrls: seat?.config.clientUrls ?? [clientUrlBeside(peerUrls[0] ?? DEFAULT_PEER_URL)],
    initialCluster: cluster.members.map((m) => ({ name: m === member ? name : nameOf(m), peerUrls: m.peerUrls })),
    initialClusterToken: core.seats[0]?.config.initialClusterToken ?? 'etcd-cluster',
    initialClusterState: 'existing',
  });
}

/** Another one that was never started has no name yet; any will do. */
const nameOf = ({ id, name }: RemoteMember): string => (name === '' ? id : name);

/** Clients are served one port below the peers, as usual. */
const clientUrlBeside = (peerUrl: string): string => peerUrl.replace(/:(\d+)\/?$/, (_, port: string) => `:${Number(port) - 1}`);
