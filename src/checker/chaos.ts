/**
 * One seeded whole-cluster run under random faults and writes, with all checkers on, and at the end the question whether a healed cluster comes
 * back with everything that it acknowledged. The faults are recorded as world commands, so the run can be replayed like any other.
 */

import { isLevel, mendingCommands, RECOVERY_MICROS, SETTLE_MICROS } from '#checker/recovery.ts';
import { RunChecks } from '#checker/run-checks.ts';
import { drawFault, quietMicros, type FaultMix } from '#checker/fault-mix.ts';
import { giveUpDamaged } from '#checker/machine-faults.ts';
import { startAdded } from '#checker/membership-faults.ts';
import type { GuidedPlan } from '#checker/guided-faults.ts';
import { checkStores, type Acknowledged } from '#checker/durability.ts';
import { trafficCommands, type TrafficPlan } from '#checker/traffic-plan.ts';
import type { Violation } from '#checker/violation.ts';
import { simTime, type NodeId, type SimTime } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';
import { playInstant } from '#sim/player.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { memberConfigs, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import { World } from '#sim/world.ts';

export interface ChaosPlan {
  readonly seed: number;
  readonly options: RunOptions;
  readonly mix: FaultMix;
  /** Virtual time under faults. */
  readonly micros: number;
  /** Clients that write keys of their own. */
  readonly writers: number;
  /** What the others do; undefined for none. */
  readonly traffic: TrafficPlan | undefined;
  /** Gets the trace. */
  readonly sink?: TraceSink;
}

/** What came about in a run. */
export interface ChaosCounts {
  /** Writes that were acknowledged. */
  readonly acknowledged: number;
  /** Changes of the configuration that were made. */
  readonly changes: number;
  /** Leaderships that were handed over when that was asked for. */
  readonly transfers: number;
  /** Members that were added and came to run. */
  readonly joins: number;
  /** Snapshots that followers took over from a leader instead of entries. */
  readonly installs: number;
  /** Requests of clients whose answers were checked. */
  readonly operations: number;
}

export interface ChaosResult extends ChaosCounts {
  readonly violations: readonly Violation[];
  readonly spec: RunSpec;
  readonly hash: string;
  /** Virtual time from which on everything was mended; Infinity if it did not come to that. */
  readonly mendedAt: number;
  /** Virtual time at the end. */
  readonly endedAt: SimTime;
}

/** Virtual time between two attempts to remove a member whose log is damaged, µs. */
const GIVE_UP_MICROS = 7_000_000;

/** Where a member's log ended when it was last looked at. */
interface LogEnd {
  readonly incarnation: number;
  readonly lastIndex: number;
}

/** Runs a plan to its end, or to the first violation. */
export function runChaos(plan: ChaosPlan, host: SyncNodeHost): ChaosResult {
  return new ChaosRun(plan, host).run();
}

class ChaosRun {
  readonly #plan: ChaosPlan;
  readonly #host: SyncNodeHost;
  readonly #world: World;
  readonly #checks: RunChecks;
  readonly #more: Violation[] = [];
  readonly #acknowledged: Acknowledged[] = [];
  readonly #logs = new Map<number, LogEnd>();
  /** Ids of members that were not there at the start. */
  readonly #joined = new Set<NodeId>();
  #changes = 0;
  #transfers = 0;
  #installs = 0;
  #mendedAt = Infinity;
  readonly #random: ReturnType<typeof createPrng>;

  constructor(plan: ChaosPlan, host: SyncNodeHost) {
    this.#plan = plan;
    this.#host = host;
    this.#random = createPrng(plan.seed, 'chaos/faults');
    const names = memberConfigs(plan.seed, plan.options).map(({ name }) => name);
    this.#checks = new RunChecks(names, host, plan.options.profile, plan.mix);
    const listener = {
      ...this.#checks.listener,
      output: (_process: string, _stderr: boolean, data: Uint8Array) => this.#hear(fromUtf8(data)),
    };
    const sink = plan.sink === undefined ? {} : { sink: plan.sink };
    this.#world = World.begin({ spec: newRunSpec(plan.seed, plan.options), programs: LOAD_PROGRAMS, listener, ...sink });
    this.#checks.attach(this.#world);
  }

  run(): ChaosResult {
    this.#instant();
    this.#startWriters();
    const end = this.#world.now + this.#plan.micros;
    const { plan } = this.#plan.mix;
    if (plan === undefined) this.#rollDice(end);
    else this.#follow(plan(this.#world, this.#random), end);
    if (this.#isClean()) this.#recover();
    if (this.#isClean()) this.#more.push(...checkStores(this.#world, this.#host, this.#acknowledged));
    // After a fault of the members, what clients saw only follows from it.
    if (this.#isClean()) this.#more.push(...this.#checks.checkClients());
    return {
      violations: this.#violations(),
      acknowledged: this.#acknowledged.length,
      changes: this.#changes,
      transfers: this.#transfers,
      joins: this.#joined.size,
      installs: this.#installs,
      operations: this.#checks.history().operations.length,
      spec: this.#world.spec(),
      hash: this.#world.traceHash().hash,
      mendedAt: this.#mendedAt,
      endedAt: this.#world.now,
    };
  }

  #rollDice(end: number): void {
    const { mix } = this.#plan;
    while (this.#world.now < end && this.#isClean()) {
      this.#playTo(Math.min(end, this.#world.now + quietMicros(mix, this.#random)));
      if (!this.#isClean()) return;
      for (const command of drawFault(mix, this.#world, this.#random)) this.#submit(command);
    }
  }

  #follow(steps: ReturnType<GuidedPlan>, end: number): void {
    for (let next = steps.next(); next.done !== true && this.#world.now < end && this.#isClean(); next = steps.next()) {
      for (const command of next.value.commands) this.#submit(command);
      const limit = Math.min(end, this.#world.now + next.value.micros);
      while (!next.value.holds() && this.#world.now < limit && this.#isClean())
        this.#playTo(Math.min(limit, this.#world.nextInstantAt() ?? limit));
    }
  }

  #violations(): readonly Violation[] {
    return [...this.#checks.violations, ...this.#more];
  }

  #isClean(): boolean {
    return this.#checks.isClean && this.#more.length === 0;
  }

  #hear(text: string): void {
    if (text.startsWith('Leadership transferred')) this.#transfers++;
    if (/^Member +[0-9a-f]+ (?:added|removed|promoted)/.test(text)) this.#changes++;
    const ack = /^ack (\S+) (\d+)$/.exec(text.trim());
    if (ack !== null) this.#acknowledged.push({ key: ack[1] ?? '', revision: Number(ack[2]) });
  }

  #startWriters(): void {
    const endpoints = this.#world.core.seats.flatMap((s) => s.config.clientUrls).map((url) => url.replace(/^http:\/\//, ''));
    const { traffic, seed } = this.#plan;
    if (traffic !== undefined) for (const command of trafficCommands(traffic, endpoints, seed)) this.#submit(command);
    for (let i = 0; i < this.#plan.writers; i++) {
      const own = [...endpoints.slice(i % endpoints.length), ...endpoints.slice(0, i % endpoints.length)];
      const argv = [
        'writer',
        '--endpoints',
        own.join(','),
        '--prefix',
        `w${i}-`,
        '--bytes',
        `${this.#plan.mix.valueBytes}`,
        '--pause-ms',
        `${this.#plan.mix.pauseMs}`,
        '--timeout-ms',
        '3000',
        '--report',
      ];
      this.#submit({ type: 'start', process: `writer${i}`, client: `writer${i}`, argv, env: {}, stdin: undefined, columns: 0 });
    }
  }

  #submit(command: TimedCommand['command']): void {
    if (this.#world.submit(command).type === 'ok') this.#instant();
  }

  #playTo(at: number): void {
    for (let next = this.#world.nextInstantAt(); next !== undefined && next <= at && this.#isClean(); next = this.#world.nextInstantAt())
      this.#instant();
    if (this.#isClean()) this.#world.advanceTo(simTime(at));
  }

  /** Plays one instant and looks at every member that took part. */
  #instant(): void {
    const instant = playInstant(this.#world, this.#host);
    if (instant === undefined) return;
    this.#checks.look(this.#world, instant);
    for (const { actor } of instant.work) {
      const seat = this.#world.core.seats[actor - 1];
      if (seat?.life !== 'up' || seat.status === undefined) continue;
      this.#countInstall(actor, seat.incarnation, seat.status);
      if (seat.config.initialClusterState === 'existing') this.#joined.add(seat.status.id);
    }
  }

  /** A log that begins behind its own end came with a snapshot. */
  #countInstall(
    actor: number,
    incarnation: number,
    { firstIndex, lastIndex }: { readonly firstIndex: number; readonly lastIndex: number },
  ): void {
    const before = this.#logs.get(actor);
    if (before?.incarnation === incarnation && firstIndex > before.lastIndex + 1) this.#installs++;
    this.#logs.set(actor, { incarnation, lastIndex });
  }

  /** Mends everything, ends the writers, and waits until all members are level. */
  #recover(): void {
    this.#mendedAt = this.#world.now;
    for (const command of mendingCommands(this.#world, this.#plan.options.walLatency)) this.#submit(command);
    const limit = this.#world.now + RECOVERY_MICROS;
    let giveUpAt = this.#world.now + GIVE_UP_MICROS;
    while (this.#isClean() && this.#world.now < limit) {
      this.#playTo(this.#world.now + 100_000);
      // Who was added while all was well has to be started, or there may be no quorum.
      for (const command of startAdded(this.#world)) this.#submit(command);
      if (this.#world.now >= giveUpAt) {
        for (const command of giveUpDamaged(this.#world)) this.#submit(command);
        giveUpAt = this.#world.now + GIVE_UP_MICROS;
      }
      if (!isLevel(this.#world, this.#checks.commitMax)) continue;
      // HashKV may count what the physical pass of a compaction has yet to remove, as etcd's does.
      this.#playTo(this.#world.now + SETTLE_MICROS);
      if (isLevel(this.#world, this.#checks.commitMax)) return;
    }
    if (this.#isClean())
      this.#more.push({
        property: 'liveness',
        members: this.#world.core.seats.map((s) => s.name),
        index: 0,
        at: this.#world.now,
        detail: `no level cluster ${RECOVERY_MICROS / 1_000_000} s after everything was mended`,
      });
  }
}
