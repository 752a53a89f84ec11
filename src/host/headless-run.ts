/**
 * A run played in this thread without anybody looking: from a checkpoint or from its beginning, as far as it is told, with commands of its own if wanted. What
 * comes of "what if" is asked of it; nothing that is shown or stored changes.
 */

import type { ReplayEnvironment } from '#host/replica.ts';
import type { Past } from '#host/past.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { Inspection } from '#etcd/contract.ts';
import { simTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { restoreCheckpoint } from '#sim/checkpoint.ts';
import type { Condition } from '#sim/condition.ts';
import { InProcessHost, type MemberMachine } from '#sim/in-process-host.ts';
import { playInstant } from '#sim/player.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import { World, type SubmitResult } from '#sim/world.ts';
import type { MemoryDisk } from '#wal/memory-disk.ts';

/** Wall µs of play after which others get their turn. */
const TURN_MICROS = 40_000;

export interface HeadlessSetup {
  readonly environment: ReplayEnvironment;
  /** The commands that lie behind the fork are left out of it. */
  readonly spec: RunSpec;
  /** Checkpoints of the same branch. */
  readonly past: Past;
  /** Gets the trace as it is written, from the first instant after {@link HeadlessRun.begunAt} on. */
  readonly onTrace?: (block: Bytes) => void;
  readonly isStale?: () => boolean;
}

/** Mutable; owned by who asked for it. */
export class HeadlessRun {
  readonly world: World;
  /** Virtual µs of the checkpoint that it began from; -1: from nothing. */
  readonly begunAt: number;
  readonly #host: InProcessHost<MemberMachine, MemoryDisk>;
  readonly #setup: HeadlessSetup;

  /** Begins at the newest checkpoint that is not later than `at` (virtual µs). @throws DecodeError */
  constructor(at: number, setup: HeadlessSetup) {
    const { environment, spec, past, onTrace } = setup;
    this.#setup = setup;
    this.#host = new InProcessHost(environment.memberKind);
    const worldSetup = {
      spec,
      programs: environment.programs,
      ...(onTrace === undefined ? {} : { sink: { block: onTrace } }),
    };
    const base = past.nearest(at);
    this.begunAt = base?.at ?? -1;
    this.world = base === undefined ? World.begin(worldSetup) : restoreCheckpoint(worldSetup, base.checkpoint, this.#host);
  }

  /** Time of the next instant, if one comes. */
  get nextAt(): number | undefined {
    return this.world.nextInstantAt();
  }

  /** Plays the next instant. */
  playInstant(): void {
    playInstant(this.world, this.#host);
  }

  /** Plays all instants up to and with `at`. @returns false if it got stale on the way */
  async playTo(at: number): Promise<boolean> {
    const reached = await this.#play(at, () => false);
    if (reached === 'stale') return false;
    if (at > this.world.now) this.world.advanceTo(simTime(at));
    return true;
  }

  /**
   * Plays until a condition holds, looked at now and after each instant.
   * @param limit virtual µs
   * @returns whether it holds; undefined if it got stale
   */
  async playUntil(condition: Condition, limit: number): Promise<boolean | undefined> {
    const end = await this.#play(limit, () => this.#holds(condition));
    if (end === 'held') return true;
    if (end === 'stale') return undefined;
    if (limit > this.world.now) this.world.advanceTo(simTime(limit));
    return false;
  }

  #holds(condition: Condition): boolean {
    condition.played(undefined);
    for (;;) {
      const look = condition.look(this.world);
      if (look.type === 'value') return look.holds;
      for (const question of look.questions) condition.answer(question, this.ask(question.actor, question.inspection));
    }
  }

  async #play(limit: number, isDone: () => boolean): Promise<'held' | 'limit' | 'stale'> {
    const { environment, isStale } = this.#setup;
    if (isDone()) return 'held';
    let turn = environment.now();
    for (let next = this.nextAt; next !== undefined && next <= limit; next = this.nextAt) {
      this.playInstant();
      if (isDone()) return 'held';
      if (environment.now() - turn <= TURN_MICROS) continue;
      await new Promise<void>((resolve) => environment.after(0, resolve));
      if (isStale?.() === true) return 'stale';
      turn = environment.now();
    }
    return 'limit';
  }

  /** Does something to it; what the run would have done later is left out. */
  submit(command: WorldCommand): SubmitResult {
    return this.world.submit(command);
  }

  /** Asks a member; undefined if it does not run. */
  ask(actor: number, question: Inspection): Plain {
    const life = this.world.core.seats[actor - 1]?.life;
    return life === 'up' || life === 'frozen' ? this.#host.inspect(actor, question) : undefined;
  }
}
