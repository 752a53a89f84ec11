/**
 * How fast virtual time passes (DESIGN §1: pace is presentation). No constant speed shows both a 2 ms message and a 1 s election, so the
 * adaptive pace is slow while something worth following travels and quick through quiet stretches, the quicker the longer somebody waits.
 * Nothing here reaches the engine: it only decides when the next instant is played.
 *
 * Targets: a message worth following takes at least 250 ms of wall time; first leader within 8 s, a new one within 6 s of a kill, a
 * client's timeout or a lease within 5 s.
 */

import type { Pace } from '#view/frame.ts';

/** Something in flight that a viewer would follow. Virtual µs; `endsAt` is its arrival or the place where it is lost. */
export interface Followed {
  readonly id: number;
  readonly endsAt: number;
}

/** What the pace looks at. Virtual times in µs. */
export interface Scene {
  readonly now: number;
  readonly followed: readonly Followed[];
  /** No member leads with a majority behind it, and members that could elect one are up. */
  readonly leaderless: boolean;
  /** Somebody waits in the foreground: a terminal's or a form's command. */
  readonly waiting: boolean;
  /** The last thing that it waits for (timeout of a client, end of a lease), if known. */
  readonly awaitedUntil: number | undefined;
  /** When the newest open call was made; undefined if there is none. */
  readonly callOpenedAt: number | undefined;
}

/** Least wall time that a followed message is in flight, µs. */
export const FLIGHT_WALL_MICROS = 250_000;
/** Virtual time through nothing but heartbeats, nobody waiting: as it is. */
const IDLE_RATE = 1;
/** Fastest that a followed message is carried once it was long enough in flight. */
const FOLLOW_RATE_MAX = 1 / 40;
/** The same after an election that takes long. */
const FOLLOW_RATE_LATE = 1 / 10;
/** While a call is young, its disk writes and read confirmations are seen too. */
const STORY_RATE = 1 / 20;
const STORY_MICROS = 60_000;
const WAIT_RATE = 1.2;
const WAIT_PATIENCE_MICROS = 1_000_000;
const WAIT_DOUBLING_MICROS = 800_000;
const WAIT_RATE_MAX = 20;
/** An awaited moment is reached within this much wall time of waiting. */
const AWAITED_WALL_MICROS = 3_500_000;
const AWAITED_WALL_LEAST = 300_000;
const LATE_MICROS = 3_000_000;
const RATE_MAX = 500;
const RATE_MIN = 1 / 2000;

/** The adaptive pace. Mutable: remembers since when (wall time) it sees what. */
export class AdaptivePace {
  #seenAt = new Map<number, number>();
  #waitingSince: number | undefined;
  #leaderlessSince: number | undefined;

  /**
   * @param wall wall µs for which time has been running; stands still while paused
   * @returns virtual µs for one µs of wall time, until the scene changes
   */
  rate(scene: Scene, wall: number): number {
    this.#remember(scene, wall);
    let rate = this.#quietRate(scene, wall);
    if (scene.callOpenedAt !== undefined && scene.now - scene.callOpenedAt < STORY_MICROS) rate = Math.min(rate, STORY_RATE);
    if (scene.followed.length > 0) rate = Math.min(rate, this.#followRate(scene, wall));
    return Math.min(RATE_MAX, Math.max(RATE_MIN, rate));
  }

  /** A new run, or a jump: nothing was seen yet. */
  reset(): void {
    this.#seenAt.clear();
    this.#waitingSince = undefined;
    this.#leaderlessSince = undefined;
  }

  #remember(scene: Scene, wall: number): void {
    const seenAt = new Map<number, number>();
    for (const { id } of scene.followed) seenAt.set(id, this.#seenAt.get(id) ?? wall);
    this.#seenAt = seenAt;
    this.#waitingSince = scene.waiting || scene.awaitedUntil !== undefined ? (this.#waitingSince ?? wall) : undefined;
    this.#leaderlessSince = scene.leaderless ? (this.#leaderlessSince ?? wall) : undefined;
  }

  #quietRate(scene: Scene, wall: number): number {
    const since = Math.min(this.#waitingSince ?? Infinity, this.#leaderlessSince ?? Infinity);
    if (since === Infinity) return IDLE_RATE;
    const waited = wall - since;
    const impatience = 2 ** (Math.max(0, waited - WAIT_PATIENCE_MICROS) / WAIT_DOUBLING_MICROS);
    const quiet = Math.min(WAIT_RATE_MAX, WAIT_RATE * impatience);
    if (scene.awaitedUntil === undefined || this.#waitingSince === undefined) return quiet;
    const left = Math.max(AWAITED_WALL_LEAST, AWAITED_WALL_MICROS - (wall - this.#waitingSince));
    return Math.max(quiet, (scene.awaitedUntil - scene.now) / left);
  }

  #followRate(scene: Scene, wall: number): number {
    const late = this.#leaderlessSince !== undefined && wall - this.#leaderlessSince > LATE_MICROS;
    let rate = late ? FOLLOW_RATE_LATE : FOLLOW_RATE_MAX;
    for (const { id, endsAt } of scene.followed) {
      const need = FLIGHT_WALL_MICROS - (wall - (this.#seenAt.get(id) ?? wall));
      const way = endsAt - scene.now;
      if (need > 0 && way > 0) rate = Math.min(rate, way / need);
    }
    return rate;
  }
}

/** The rate of a pace that does not look at the scene; undefined for the adaptive one. `fastest` has none: Infinity. */
export function fixedRate(pace: Pace): number | undefined {
  switch (pace.type) {
    case 'adaptive':
      return undefined;
    case 'fixed':
      return Math.min(1000, Math.max(1 / 1000, pace.rate));
    case 'fastest':
      return Infinity;
  }
}
