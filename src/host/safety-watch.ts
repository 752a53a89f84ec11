/**
 * Watches over what must hold, while a run is played on the page: after each instant what the members say of themselves, and each answer that a client
 * gets. The checks are the cheap ones of the checker; the thorough ones, which read whole logs and histories, are the command line's (`npm run chaos`).
 */

import type { Plain } from '#kernel/plain.ts';
import type { HistoryHooks } from '#checker/history-recorder.ts';
import { LiveChecks } from '#checker/live-checks.ts';
import { LogCells, type LogCellView } from '#checker/log-cells.ts';
import type { Violation } from '#checker/violation.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { World } from '#sim/world.ts';
import { SAFETY_GROUPS, type SafetyGroup, type SafetyProperty, type SafetyView } from '#view/safety.ts';

const GROUPS = Object.entries(SAFETY_GROUPS) as readonly (readonly [SafetyGroup, readonly SafetyProperty[]])[]; // the object's own keys
const WATCHED = GROUPS.flatMap(([group, properties]) => properties.map((property) => [group, property] as const));

/** Mutable; one for each run. */
export class SafetyWatch {
  readonly #checks: LiveChecks;
  readonly #logs: LogCells;

  /**
   * @param saved of {@link save}, with a checkpoint
   * @param also told of what clients ask and hear
   */
  constructor(world: () => World | undefined, profile: string, saved: Plain, also?: HistoryHooks) {
    this.#checks = new LiveChecks(world, profile, { keeps: false, clockRateMax: 1 }, also);
    this.#checks.board.load(saved);
    this.#logs = new LogCells(this.#checks.board);
  }

  /** What the world must tell. */
  get listener(): LiveChecks['listener'] {
    return this.#checks.listener;
  }

  save(): Plain {
    return this.#checks.board.save();
  }

  /** First violations found since the last call. */
  take(): readonly Violation[] {
    return this.#checks.board.take();
  }

  view(): readonly SafetyView[] {
    return WATCHED.map(([group, property]): SafetyView => {
      const standing = this.#checks.board.standing(property);
      const found = standing?.violation;
      return {
        property,
        group,
        state: standing === undefined ? 'unchecked' : found === undefined ? 'holds' : 'violated',
        since: found?.at ?? standing?.since,
        checks: standing?.checks ?? 0,
        violation: found === undefined ? undefined : { ...found, events: found.events ?? [] },
      };
    });
  }

  /** Looks at members that did something at an instant (virtual µs). */
  look(at: number, seats: readonly Seat[]): void {
    for (const seat of seats) this.#checks.look(at, seat);
  }

  /** Looks at the end of a member's log, as the page shows it. @param cluster hex */
  lookAtLog(at: number, name: string, cluster: string, cells: readonly LogCellView[]): void {
    this.#logs.look(at, name, cluster, cells);
  }
}
