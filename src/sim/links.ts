/**
 * The links of the network, one per ordered pair of actors: latency, loss, cuts and the order of arrival. Between members a link is what
 * etcd's peers have, TCP streams: first in, first out, with a stream of its own for snapshots. Each link draws from a stream of its own
 * (`network/<from>-><to>`), so that a fault on one link shifts no draw on another.
 */

import type { LatencyRange, LinkSettings } from '#ctl/world-command.ts';
import { MICROS_PER_SECOND } from '#kernel/brand.ts';
import { createPrng, restorePrng, type Prng } from '#kernel/prng.ts';
import type { AgendaItem } from '#sim/agenda.ts';

/** Actors from here on are clients; members are numbered from 1. */
export const FIRST_CLIENT = 1000;
const STRIDE = 8192;
export const isClient = (actor: number): boolean => actor >= FIRST_CLIENT;

/** The network and ticks move on a grid of 1 ms. */
const GRID_MICROS = 1000;
/** The first point of the grid at or after a time. */
export const toGrid = (at: number): number => Math.ceil(at / GRID_MICROS) * GRID_MICROS;

export interface Link {
  readonly from: number;
  readonly to: number;
  cut: boolean;
  latency: LatencyRange | undefined;
  loss: number;
  duplicate: number;
  reorder: number;
  /** Bytes a second; 0 is no limit. */
  bandwidth: number;
  /** When (µs) what was sent last has left, and the same for snapshots, which have a connection of their own. */
  freeAt: number;
  snapshotFreeAt: number;
  /** Arrival (µs) of the last thing on the stream; nothing overtakes it. */
  lastArrival: number;
  /** The same for the stream of snapshots. */
  lastSnapshotArrival: number;
  /** Segments of calls that wait for the link to be mended, as TCP keeps them. See {@link HELD_MAX}. */
  held: AgendaItem[];
  readonly random: Prng;
}

/** A link whose fields lie in one order in memory, made or restored. */
const linkFrom = (from: Link): Link => ({
  from: from.from,
  to: from.to,
  cut: from.cut,
  latency: from.latency,
  loss: from.loss,
  duplicate: from.duplicate,
  reorder: from.reorder,
  bandwidth: from.bandwidth,
  freeAt: from.freeAt,
  snapshotFreeAt: from.snapshotFreeAt,
  lastArrival: from.lastArrival,
  lastSnapshotArrival: from.lastSnapshotArrival,
  held: from.held,
  random: from.random,
});

/** Segments that a cut link between a client and a member keeps; requests that come then are dropped. */
export const HELD_MAX = 4096;

type LinkState = Omit<Link, 'random'> & { readonly random: readonly [number, number, number, number] };

export interface LinksState {
  readonly links: readonly LinkState[];
  readonly sides: readonly (readonly number[])[];
}

/** All links, and the partition. Mutable; owned by the world. */
export class Links {
  readonly #seed: number;
  readonly #nameOf: (actor: number) => string;
  readonly #links = new Map<number, Link>();
  #sides: readonly (readonly number[])[] = [];

  constructor(seed: number, nameOf: (actor: number) => string) {
    this.#seed = seed;
    this.#nameOf = nameOf;
  }

  get(from: number, to: number): Link {
    const key = from * STRIDE + to;
    const known = this.#links.get(key);
    if (known !== undefined) return known;
    const random = createPrng(this.#seed, `network/${this.#nameOf(from)}->${this.#nameOf(to)}`);
    const link = linkFrom({
      from,
      to,
      cut: false,
      latency: undefined,
      loss: 0,
      duplicate: 0,
      reorder: 0,
      bandwidth: 0,
      freeAt: 0,
      snapshotFreeAt: 0,
      lastArrival: 0,
      lastSnapshotArrival: 0,
      held: [],
      random,
    });
    this.#links.set(key, link);
    return link;
  }

  /** Links that were used so far, in the order of their first use. */
  all(): readonly Link[] {
    return [...this.#links.values()];
  }

  /** Sides of the partition by actor numbers; empty if there is none. */
  get sides(): readonly (readonly number[])[] {
    return this.#sides;
  }

  /** Members that stand on no side must have been put on one by the caller; a client on no side reaches everybody. */
  set sides(sides: readonly (readonly number[])[]) {
    this.#sides = sides;
  }

  /** Whether nothing gets through. */
  isBlocked(link: Link): boolean {
    if (link.cut) return true;
    if (this.#sides.length === 0) return false;
    const from = this.#sideOf(link.from);
    const to = this.#sideOf(link.to);
    return from !== -1 && to !== -1 && from !== to;
  }

  #sideOf(actor: number): number {
    return this.#sides.findIndex((side) => side.includes(actor));
  }

  /** Changes what is given and leaves the rest. */
  change(link: Link, settings: LinkSettings): void {
    link.cut = settings.cut ?? link.cut;
    link.latency = settings.latency ?? link.latency;
    link.loss = settings.loss ?? link.loss;
    link.duplicate = settings.duplicate ?? link.duplicate;
    link.reorder = settings.reorder ?? link.reorder;
    link.bandwidth = settings.bandwidth ?? link.bandwidth;
  }

  /** Every link as it was made, no partition. */
  heal(): void {
    this.#sides = [];
    for (const link of this.#links.values()) {
      link.cut = false;
      link.latency = undefined;
      link.loss = 0;
      link.duplicate = 0;
      link.reorder = 0;
      link.bandwidth = 0;
    }
  }

  save(): LinksState {
    return { links: this.all().map((link) => ({ ...link, random: link.random.save() })), sides: this.#sides };
  }

  restore(state: LinksState): void {
    this.#links.clear();
    for (const saved of state.links)
      this.#links.set(saved.from * STRIDE + saved.to, linkFrom({ ...saved, held: [...saved.held], random: restorePrng(saved.random) }));
    this.#sides = state.sides;
  }
}

/** Halvings of a heavy-tailed range: one draw in so many powers of two is uniform over all of it. */
const SPIKE_HALVINGS = 8;

/** How long after now a message of so many bytes has left: behind what was sent before it on the same connection. */
export function sendMicros(link: Link, now: number, bytes: number, snapshot: boolean): number {
  if (link.bandwidth === 0) return 0;
  const start = Math.max(now, snapshot ? link.snapshotFreeAt : link.freeAt);
  const end = start + Math.ceil((bytes * MICROS_PER_SECOND) / link.bandwidth);
  if (snapshot) link.snapshotFreeAt = end;
  else link.freeAt = end;
  return end - now;
}

/** Whether two ranges are drawn from alike. */
export const sameLatency = (a: LatencyRange, b: LatencyRange): boolean =>
  a.minMicros === b.minMicros && a.maxMicros === b.maxMicros && a.spiky === b.spiky;

/** Whether a link is as it was made. */
export const isPlain = ({ cut, latency, loss, duplicate, reorder, bandwidth }: Link): boolean =>
  !cut && latency === undefined && loss === 0 && duplicate === 0 && reorder === 0 && bandwidth === 0;

/** Draws a whole number of µs from a range, both ends included. Whole numbers only, so that every platform draws the same. */
export function drawLatency(range: LatencyRange, random: Prng): number {
  let width = range.maxMicros - range.minMicros;
  if (range.spiky === true) {
    let halvings = SPIKE_HALVINGS;
    while (halvings > 0 && random.nextBelow(2) === 0) halvings--;
    width = Math.floor(width / 2 ** halvings);
  }
  return width === 0 ? range.minMicros : range.minMicros + random.nextBelow(width + 1);
}
