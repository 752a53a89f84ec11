/** A member's place in the world: whether it runs, its clock, its disk's latency, what waits for it. The member itself lives in a host. */

import type { CrashPoint } from '#etcd/crash-points.ts';
import type { Halt, InboxItem, MemberConfig, MemberStatus, RemoteCluster, StartInfo } from '#etcd/contract.ts';
import { HOME, resolvePath } from '#ctl/file-request.ts';
import type { LatencyRange } from '#ctl/world-command.ts';
import { simTime, type SimTime } from '#kernel/brand.ts';
import { equalBytes, type Bytes } from '#kernel/bytes.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { createPrng, restorePrng, type Prng } from '#kernel/prng.ts';
import type { AgendaItem } from '#sim/agenda.ts';
import type { DiskFate, MemberOp } from '#sim/node-host.ts';
import type { RunOptions } from '#sim/run-options.ts';

/** `crashed`: stopped by a failed assertion, its disk or a refused start. `dead`: killed, not started yet, or ended because it was removed. */
export type MemberLife = 'up' | 'frozen' | 'dead' | 'crashed';

type SaveTarget = 'wal' | 'backend' | 'snapshot';

/** A clock that ran at `rate` since world time `since`, when it showed `base` (all µs). */
export interface MemberClock {
  readonly since: number;
  readonly base: number;
  readonly rate: number;
  /** By how much the time of day that it tells is off, µs. Ticks, leases and timeouts are of a monotonic clock and do not feel it (`#etcd/time-of-day.ts`). */
  readonly offset: number;
}

/** What is wrong with a member's disk besides its latency. */
export interface SeatDisk {
  readonly full: boolean;
  readonly failFsync: boolean;
  /** Bytes of unflushed writes that the next loss of power leaves; undefined leaves that to chance. */
  readonly tear: number | undefined;
  /** A bit of the log was flipped since the disk was new. */
  readonly isCorrupt: boolean;
}

export const SOUND_DISK: SeatDisk = { full: false, failFsync: false, tear: undefined, isCorrupt: false };

/** What a frozen member keeps for its thaw; beyond it messages are dropped and senders told, as by a full stream buffer of etcd's peers. */
export const FROZEN_INBOX_MAX = 4096;

export interface Seat {
  readonly actor: number;
  readonly name: string;
  /** What its process was started with last, or will be. */
  config: MemberConfig;
  /** Absolute paths of the data directories on its disk, in the order of their folders. */
  directories: string[];
  /** Those of them that hold a log: a member was begun or restored there, and the disk not wiped since. */
  begun: string[];
  /** The world's count of starts when it was started last; 0 if never. */
  startedAs: number;
  /** The cluster as its process told it last. */
  cluster: RemoteCluster | undefined;
  life: MemberLife;
  /** Why it crashed or stopped by itself. */
  crash: string | undefined;
  /** What kind of end that was. */
  ended: Halt['type'] | undefined;
  /** Its process ended by itself and its host has not been told yet what becomes of the disk. */
  fate: DiskFate | undefined;
  /** Where its process is to die. */
  armed: { readonly point: CrashPoint; readonly powerLoss: boolean } | undefined;
  disk: SeatDisk;
  incarnation: number;
  /** Number of its next trace event. */
  nextEvent: number;
  /** How it was started last. */
  info: StartInfo | undefined;
  status: MemberStatus | undefined;
  /** World time (µs) at which it is stepped without an item. */
  wakeAt: number | undefined;
  clock: MemberClock;
  latency: Record<SaveTarget, LatencyRange>;
  /** World time (µs) at which the last operation on a target is done; operations on one target do not overtake each other. */
  busyUntil: Record<SaveTarget, number>;
  /** Stream `disk/<name>`. */
  readonly random: Prng;
  /** What came while it was frozen, in order. */
  backlog: AgendaItem[];
  /** Work of the instant that is being collected. */
  ops: MemberOp[];
  inbox: InboxItem[];
}

/** A seat whose fields lie in one order in memory, created or restored: compiled code that meets another order is thrown away. */
const seatFrom = (from: Seat): Seat => ({
  actor: from.actor,
  name: from.name,
  config: from.config,
  directories: from.directories,
  begun: from.begun,
  startedAs: from.startedAs,
  cluster: from.cluster,
  life: from.life,
  crash: from.crash,
  ended: from.ended,
  fate: from.fate,
  armed: from.armed,
  disk: from.disk,
  incarnation: from.incarnation,
  nextEvent: from.nextEvent,
  info: from.info,
  status: from.status,
  wakeAt: from.wakeAt,
  clock: from.clock,
  latency: from.latency,
  busyUntil: from.busyUntil,
  random: from.random,
  backlog: from.backlog,
  ops: from.ops,
  inbox: from.inbox,
});

export function createSeat(actor: number, config: MemberConfig, seed: number, options: RunOptions): Seat {
  return seatFrom({
    actor,
    name: config.name,
    config,
    directories: [resolvePath(config.dataDir, HOME)],
    begun: [],
    startedAs: 0,
    cluster: undefined,
    life: 'dead',
    crash: undefined,
    ended: undefined,
    fate: undefined,
    armed: undefined,
    disk: SOUND_DISK,
    incarnation: 0,
    nextEvent: 1,
    info: undefined,
    status: undefined,
    wakeAt: undefined,
    clock: { since: 0, base: 0, rate: 1, offset: 0 },
    latency: { wal: options.walLatency, backend: options.backendLatency, snapshot: options.snapshotLatency },
    busyUntil: { wal: 0, backend: 0, snapshot: 0 },
    random: createPrng(seed, `disk/${config.name}`),
    backlog: [],
    ops: [],
    inbox: [],
  });
}

/** The data directory that its process was started on last, or will be. */
export function directoryOf({ config }: Seat): string {
  const known = DIRECTORIES.get(config) ?? resolvePath(config.dataDir, HOME);
  DIRECTORIES.set(config, known);
  return known;
}

/** Asked for with every delivery: resolving a path anew cost a twentieth of an idle cluster's time. */
const DIRECTORIES = new WeakMap<MemberConfig, string>();

/** Whether a member was begun there. */
export const isBegun = (seat: Seat): boolean => seat.begun.includes(directoryOf(seat));

/** Its process has begun or taken up its data directory. */
export function noteBegun(seat: Seat): void {
  if (!isBegun(seat)) seat.begun.push(directoryOf(seat));
}

/** What the member's clock shows at a world time. */
export function memberTime(seat: { readonly clock: MemberClock }, at: number): SimTime {
  const { since, base, rate } = seat.clock;
  return simTime(rate === 1 ? base + (at - since) : base + Math.floor((at - since) * rate));
}

/** For a step of the member; nothing for a clock that tells the right time. */
export const wallOffset = ({ clock: { offset } }: Seat): { readonly wallOffset?: number } => (offset === 0 ? {} : { wallOffset: offset });

/** The first world time (µs, not rounded to the grid) at which the member's clock shows `time`. */
export function worldTime(seat: { readonly clock: MemberClock }, time: number): number {
  const { since, base, rate } = seat.clock;
  return rate === 1 ? since + (time - base) : since + Math.ceil((time - base) / rate);
}

const plainConfig = (config: MemberConfig): Bytes => encodePlain(config as unknown as Plain); // plain data; interfaces have no index signature

export type SeatState = Omit<Seat, 'random' | 'ops' | 'inbox'> & { readonly random: readonly [number, number, number, number] };

/** Between instants a seat has no work. */
export function saveSeat(seat: Seat): SeatState {
  const { random, ops: _ops, inbox: _inbox, ...rest } = seat;
  return {
    ...rest,
    directories: [...seat.directories],
    begun: [...seat.begun],
    backlog: [...seat.backlog],
    latency: { ...seat.latency },
    busyUntil: { ...seat.busyUntil },
    random: random.save(),
  };
}

/** @param fresh the seat as the run begins with it: the same configuration is the same object, of the same shape */
export function restoreSeat(state: SeatState, fresh: Seat | undefined): Seat {
  const isSame = fresh !== undefined && equalBytes(plainConfig(fresh.config), plainConfig(state.config));
  return seatFrom({
    ...state,
    config: isSame ? fresh.config : state.config,
    directories: [...state.directories],
    begun: [...state.begun],
    backlog: [...state.backlog],
    latency: { ...state.latency },
    busyUntil: { ...state.busyUntil },
    random: restorePrng(state.random),
    ops: [],
    inbox: [],
  });
}
