/**
 * A run whose members run ahead of their workers and disks (ahead-host.ts): what is stored before and after, so that a reload never finds a disk that the
 * stored run does not lead to; and the crash that is recorded of a member whose worker was lost, at any pace.
 */

import type { LiveRun } from '#host/live-run.ts';
import { lostReason } from '#host/lost-members.ts';
import type { StoredPresent } from '#host/stored-present.ts';
import { restoreInfo } from '#sim/checkpoint.ts';
import { CRASH_REASON_MAX } from '#sim/command-schema.ts';

/** Mutable; one for each run. */
export class MembersAhead {
  readonly #run: LiveRun;
  readonly #stored: StoredPresent;
  /** Members that are to be crashed, and why. */
  readonly #orphans = new Map<number, string>();

  constructor(run: LiveRun, stored: StoredPresent) {
    this.#run = run;
    this.#stored = stored;
  }

  /** Plays with members that run ahead, where the host can. When it settles all of them are where the run stands. */
  async ahead<T>(play: () => Promise<T>): Promise<T> {
    await this.#goAhead();
    try {
      return await play();
    } finally {
      await this.#bringAlong();
    }
  }

  /** The workers get what there is to do, if that is worth a message. */
  sendOnIfEnough(): void {
    const { host, played } = this.#run;
    if (host.hasEnough !== true) return;
    this.#stored.announce(played);
    host.sendOn?.();
  }

  /** The members ran too far ahead, or one of them is lost: all come along before they go on. */
  async comeBack(): Promise<void> {
    await this.#bringAlong();
    await this.#goAhead();
  }

  /** A member whose worker was lost fails, by a command as any other: so the run has it wherever it is played. One that is frozen fails when it thaws. */
  crashOrphans(): void {
    const { host, world } = this.#run;
    for (const [actor, reason] of host.takeOrphans?.() ?? []) this.#orphans.set(actor, reason);
    for (const [actor, why] of this.#orphans) {
      const seat = world.core.seats[actor - 1];
      if (seat?.life === 'frozen') continue;
      this.#orphans.delete(actor);
      const reason = lostReason(why).slice(0, CRASH_REASON_MAX);
      if (seat?.life !== 'up') continue;
      world.submit({ type: 'crash', nodes: [seat.name], reason });
      this.#run.keepCommands();
    }
  }

  async #goAhead(): Promise<void> {
    const { host, played, world } = this.#run;
    if (played < 0) return; // the first instant finds the disks as they are
    const started = world.core.seats.flatMap(({ actor }) => {
      const how = restoreInfo(world, actor);
      return how === undefined ? [] : [{ actor, how }];
    });
    this.#run.keepPresent();
    await host.goAhead?.(started);
  }

  async #bringAlong(): Promise<void> {
    const { host } = this.#run;
    if (host.isAhead !== true) return;
    this.#stored.announce(this.#run.played);
    await host.bringAlong?.();
    this.crashOrphans();
    this.#run.keepPresent();
  }
}
