/**
 * What is stored of a run while it is played: which commands it has, where its present is, and how far its members' disks may be ahead of that. A tab may end at
 * any moment; whatever it wrote last must lead back to an instant, and to disks that can be what lies there (reopen.ts).
 *
 * Instant by instant the present is written before the members begin, with an allowance for the instants that follow. When members run ahead of their workers
 * (ahead-host.ts) the workers begin only after {@link StoredPresent.announce} has written down the commands and how far it went; the present is the last
 * instant at which all of them stood until the next {@link StoredPresent.keep}.
 */

import type { Present, RunStore } from '#host/run-store.ts';
import type { TimedCommand } from '#sim/run-spec.ts';

/** Virtual time that the stored present looks ahead, so that it need not be written before each instant. */
const HORIZON_MICROS = 50_000;
/** The same while members run ahead, where more of it passes between two writes. */
const AHEAD_HORIZON_MICROS = 2_000_000;

/** Where the run stands. */
export type Standing = Pick<Present, 'now' | 'played' | 'paused'>;

/** Mutable; owned by a live run. */
export class StoredPresent {
  readonly #store: RunStore | undefined;
  readonly #commands: () => readonly TimedCommand[];
  /** The instant up to which the stored present allows for. */
  #begun = -1;
  #last: Present | undefined;
  /** The stored commands do not lead to those that there are. */
  #isRewritten = false;
  #hasNews = false;

  /** @param store undefined for a run that is not kept */
  constructor(store: RunStore | undefined, commands: () => readonly TimedCommand[]) {
    this.#store = store;
    this.#commands = commands;
  }

  /** Whether a reload comes back to it. */
  get isKept(): boolean {
    return this.#store !== undefined;
  }

  /** An instant is about to be played by members that write to their disks at once. */
  begin(instant: number, standing: Standing): void {
    if (instant > this.#begun) this.#write(standing, instant + HORIZON_MICROS);
  }

  /** All members stand where the run does. */
  keep(standing: Standing): void {
    this.#write(standing, this.#begun);
  }

  /** The members' disks are about to become those of this instant: a reload meanwhile does not hold them against it. */
  move(standing: Standing): void {
    this.#write(standing, standing.played, true);
  }

  /** Members' disks may from now on be as far as `played`; until then they are as the present that was kept last has them. */
  announce(played: number): void {
    this.keepCommands();
    if (this.#last !== undefined && played > this.#begun) this.#write(this.#last, played + AHEAD_HORIZON_MICROS);
  }

  #write({ now, played, paused }: Standing, begun: number, moving = false): void {
    const present: Present = { now, played, begun: Math.max(begun, played), paused, moving };
    this.#begun = present.begun;
    if (this.#last !== undefined && isSame(this.#last, present)) return;
    this.#store?.present(present);
    this.#last = present;
  }

  /** There are more commands. @param isRewritten they do not continue those of the last call */
  noteCommands(isRewritten: boolean): void {
    this.#hasNews = true;
    this.#isRewritten ||= isRewritten;
  }

  /** Writes down the commands that were noted. */
  keepCommands(): void {
    if (!this.#hasNews) return;
    this.#store?.commands(this.#commands(), this.#isRewritten);
    this.#hasNews = false;
    this.#isRewritten = false;
  }
}

const isSame = (a: Present, b: Present): boolean =>
  a.now === b.now && a.played === b.played && a.begun === b.begun && a.paused === b.paused && a.moving === b.moving;
