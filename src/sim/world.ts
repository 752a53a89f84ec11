/**
 * The world: a deterministic discrete-event scheduler over members, clients and the network between them (DESIGN §1, §3).
 *
 * It never calls a member. Whoever drives it asks {@link World.nextInstantAt}, takes the work of that instant with {@link World.collect}, has a
 * host do it (all members in parallel, if it likes) and returns the results with {@link World.complete}. Results are applied in the order
 * of the members' numbers, whatever order they came in, so the trace does not depend on the host.
 *
 * Within an instant: commands first, in the order they were given; then what arrives, by sequence; then members whose timer is due. The
 * trace holds the world's events, the clients', each member's in order, then what the world decided about what they sent.
 */

import type { ProgramRegistry } from '#ctl/program.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import type { StepOutput } from '#etcd/contract.ts';
import { assert } from '#kernel/assert.ts';
import { NO_EVENT, NO_NODE, simTime, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { applyCommand, checkCommand } from '#sim/apply-command.ts';
import { deliver } from '#sim/delivery.ts';
import { crashMember, haltMember, startMember } from '#sim/faults.ts';
import { canonicalCommand } from '#sim/command-schema.ts';
import { toGrid } from '#sim/links.ts';
import { memberTime, noteBegun, wallOffset, worldTime, type Seat } from '#sim/member-seat.ts';
import type { MemberResult, MemberWork } from '#sim/node-host.ts';
import type { RunOptions } from '#sim/run-options.ts';
import { COMMANDS_MAX, type RunSpec, type TimedCommand } from '#sim/run-spec.ts';
import { loadWorld, saveWorld } from '#sim/world-save.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import { scheduleSave, sendPeerMessage, sendReply } from '#sim/transport.ts';
import { createCore, flushEvents, nowOf, type WorldCore, type WorldListener } from '#sim/world-core.ts';

/** The work of one moment of virtual time. */
export interface Instant {
  readonly at: SimTime;
  /** By rising member number; members without work are not in it. */
  readonly work: readonly MemberWork[];
}

/** A command that was accepted, with the virtual time (µs) at which it is applied, or why it cannot be done. */
export type SubmitResult = { readonly type: 'ok'; readonly at: SimTime } | { readonly type: 'error'; readonly message: string };

export interface WorldSetup {
  readonly spec: RunSpec;
  readonly programs: ProgramRegistry;
  readonly sink?: TraceSink;
  readonly listener?: WorldListener;
}

function canonicalTimed({ at, command }: TimedCommand): TimedCommand {
  const canonical = canonicalCommand(command);
  assert(canonical.type === 'ok', () => `the command at ${at} µs is sound`);
  return canonical.type === 'ok' ? { at, command: canonical.command } : { at, command };
}

/** Mutable; owned by its driver. See the head of this file. */
export class World {
  readonly #spec: RunSpec;
  readonly #core: WorldCore;
  /** All commands of the run so far and, in a replay, to come. */
  readonly #commands: TimedCommand[];
  /** How many of them have been applied. */
  #applied = 0;
  /** The last instant that was played, -1 before the first. */
  #playedAt = -1;
  #awaiting: readonly MemberWork[] | undefined;

  private constructor(setup: WorldSetup, core: WorldCore) {
    this.#spec = setup.spec;
    this.#core = core;
    this.#commands = [...setup.spec.commands];
    core.trace.sink = setup.sink;
    core.listener = setup.listener ?? {};
  }

  /** A fresh run: its first instant, at time 0, starts all members. Commands of the spec are played at their times, in their canonical form. */
  static begin(given: WorldSetup): World {
    const setup = { ...given, spec: { ...given.spec, commands: given.spec.commands.map(canonicalTimed) } };
    const { engine, seed, options } = setup.spec;
    const core = createCore(seed, options, setup.programs);
    const world = new World(setup, core);
    const plain = options as unknown as Plain; // RunOptions is plain data without an index signature
    const started = core.events.emit('run-started', simTime(0), NO_EVENT, { engine, seed, options: encodePlain(plain) });
    for (const seat of core.seats) startMember(core, seat, started);
    return world;
  }

  /**
   * Continues where {@link World.save} was called; members are restored by the host from the same checkpoint.
   * @throws DecodeError if the bytes are no such state
   */
  static restore(setup: WorldSetup, bytes: Bytes): World {
    const core = createCore(setup.spec.seed, setup.spec.options, setup.programs);
    const world = new World(setup, core);
    const { applied, playedAt } = loadWorld(core, bytes);
    world.#applied = applied;
    world.#playedAt = playedAt;
    return world;
  }

  /** The world's own state, between two instants. The members' states come from the host. */
  save(): Bytes {
    assert(this.#awaiting === undefined, 'a world is saved between instants');
    return saveWorld(this.#core, { applied: this.#applied, playedAt: this.#playedAt });
  }

  get now(): SimTime {
    return nowOf(this.#core);
  }

  /** The last instant that was played, -1 before the first. */
  get played(): number {
    return this.#playedAt;
  }

  get options(): RunOptions {
    return this.#spec.options;
  }

  get seed(): number {
    return this.#spec.seed;
  }

  /** The run as it was so far (in a replay: with what is still to come). */
  spec(): RunSpec {
    return { ...this.#spec, commands: [...this.#commands] };
  }

  /** How many commands {@link World.spec} has. */
  get commandCount(): number {
    return this.#commands.length;
  }

  /** Hex SHA-256 of the trace so far, and its length in bytes. */
  traceHash(): { readonly hash: string; readonly bytes: number } {
    return { hash: this.#core.trace.digest(), bytes: this.#core.trace.bytes };
  }

  /** How long the trace is so far, in bytes: playing a stretch of the run takes time in proportion to its part of the trace. */
  get traceBytes(): number {
    return this.#core.trace.bytes;
  }

  /** Read-only use: what the world is made of, for views (`#sim/world-view.ts`) and predicates. */
  get core(): Readonly<WorldCore> {
    return this.#core;
  }

  /**
   * Gives the world a command: it is applied in the next instant, which comes at once (now, or 1 µs later if the present instant has been
   * played). Commands of the spec that were still to come are dropped: acting in the past begins another branch, and the listener is told.
   * It is recorded and applied in its canonical form; one outside the limits of the schema is refused.
   */
  submit(given: WorldCommand): SubmitResult {
    assert(this.#awaiting === undefined, 'commands come between instants');
    const canonical = canonicalCommand(given);
    if (canonical.type === 'error') return canonical;
    const { command } = canonical;
    const future = this.#commands.findIndex((pending, i) => i >= this.#applied && pending.at > this.#commandTime());
    const kept = future === -1 ? this.#commands.length : future;
    if (kept >= COMMANDS_MAX) return { type: 'error', message: `a run has at most ${COMMANDS_MAX} commands` };
    if (this.#applied === kept) {
      // Only then the world is as the command will find it; one that follows an unplayed one is checked when it is applied.
      const refusal = checkCommand(this.#core, command);
      if (refusal !== undefined) return { type: 'error', message: refusal };
    }
    if (kept < this.#commands.length) {
      this.#core.listener.branched?.([...this.#commands], kept);
      this.#commands.length = kept;
    }
    const at = this.#commandTime();
    this.#commands.push({ at, command });
    return { type: 'ok', at: simTime(at) };
  }

  #commandTime(): number {
    return this.#core.now > this.#playedAt ? this.#core.now : this.#playedAt + 1;
  }

  /** Time (µs) of the next instant; undefined if nothing will ever happen again. */
  nextInstantAt(): SimTime | undefined {
    const core = this.#core;
    let next = this.#commands[this.#applied]?.at ?? Infinity;
    next = Math.min(next, core.agenda.nextAt ?? Infinity);
    for (const seat of core.seats) {
      if (seat.ops.length > 0) return nowOf(core);
      if (seat.life === 'up' && seat.wakeAt !== undefined && seat.wakeAt < next) next = seat.wakeAt;
    }
    return next === Infinity ? undefined : simTime(Math.max(next, core.now));
  }

  /** Lets virtual time pass up to `at`, without playing anything: no instant may lie before it. */
  advanceTo(at: SimTime): void {
    const next = this.nextInstantAt();
    assert(
      at >= this.#core.now && (next === undefined || at <= next),
      () => `time goes from ${this.#core.now} to ${at}, the next instant is at ${next ?? 'never'}`,
    );
    this.#core.now = at;
  }

  /** Plays the world's part of the next instant and says what the members have to do. {@link World.complete} must follow. */
  collect(): Instant {
    assert(this.#awaiting === undefined, 'an instant is completed before the next is collected');
    const core = this.#core;
    const at = this.nextInstantAt();
    assert(at !== undefined, 'there is a next instant');
    core.now = at ?? core.now;
    this.#applyCommands();
    for (let item = core.agenda.take(core.now); item !== undefined; item = core.agenda.take(core.now)) deliver(core, item);
    const work: MemberWork[] = [];
    for (const seat of core.seats) {
      const ops = this.#workOf(seat);
      if (ops !== undefined) work.push({ actor: seat.actor, ops });
    }
    flushEvents(core);
    this.#playedAt = core.now;
    this.#awaiting = work;
    return { at: nowOf(core), work };
  }

  #applyCommands(): void {
    const core = this.#core;
    for (let next = this.#commands[this.#applied]; next !== undefined && next.at <= core.now; next = this.#commands[this.#applied]) {
      this.#applied++;
      const { command } = next;
      const event = core.events.emit('command', nowOf(core), NO_EVENT, { command: encodePlain(command as unknown as Plain) }); // WorldCommand is plain data without an index signature
      const refusal = checkCommand(core, command);
      if (refusal === undefined) applyCommand(core, command, event);
      else core.listener.refused?.(nowOf(core), refusal);
    }
  }

  #workOf(seat: Seat): MemberWork['ops'] | undefined {
    const core = this.#core;
    if (seat.life === 'up' && seat.wakeAt !== undefined && seat.wakeAt <= core.now) {
      seat.wakeAt = undefined;
      const cause = core.events.emit('member-woken', nowOf(core), NO_EVENT, { member: seat.actor });
      seat.inbox.push({ type: 'wake', cause });
    }
    const { ops, inbox } = seat;
    if (inbox.length > 0) {
      ops.push({ type: 'step', input: { now: memberTime(seat, core.now), ...wallOffset(seat), items: inbox } });
      seat.inbox = [];
    }
    if (ops.length === 0) return undefined;
    seat.ops = [];
    return ops;
  }

  /** Takes the results of {@link World.collect}'s work, one for each member in it, in any order. */
  complete(results: readonly MemberResult[]): void {
    const work = this.#awaiting;
    assert(work !== undefined && results.length === work.length, () => `${results.length} results for ${work?.length ?? 'no'} members`);
    this.#awaiting = undefined;
    const core = this.#core;
    const sorted = results.length < 2 ? results : [...results].sort((a, b) => a.actor - b.actor);
    for (const [i, result] of sorted.entries()) {
      const expected = work?.[i]?.actor;
      assert(result.actor === expected, () => `result of member ${result.actor}, expected member ${expected ?? 0}`);
      for (const output of result.outputs) {
        core.trace.append(output.trace, nowOf(core));
        this.#note(result.actor, output);
        core.listener.member?.(result.actor, output.trace);
      }
    }
    for (const result of sorted) this.#send(result);
    flushEvents(core);
  }

  /** What everybody may know at once: identity, status, next event. */
  #note(actor: number, output: StepOutput): void {
    const seat = this.#core.seats[actor - 1];
    if (seat === undefined) return;
    const { status, cluster } = output;
    const { seatById } = this.#core;
    seat.nextEvent = output.nextEvent;
    if (cluster !== undefined) seat.cluster = cluster;
    if (status.id === NO_NODE) return; // it could not start: nobody knows what it is
    noteBegun(seat);
    const before = seat.status?.id;
    if (before !== undefined && before !== status.id && seatById.get(before) === seat) seatById.delete(before); // it began anew as another
    seat.status = status;
    if (seatById.get(status.id) !== seat) seatById.set(status.id, seat);
  }

  #send(result: MemberResult): void {
    const core = this.#core;
    const seat = core.seats[result.actor - 1];
    if (seat === undefined) return;
    for (const output of result.outputs) {
      for (const message of output.messages) sendPeerMessage(core, seat, message);
      for (const reply of output.replies) sendReply(core, seat, reply);
      for (const save of output.saves) scheduleSave(core, seat, save);
      seat.wakeAt = output.wakeAt === undefined ? undefined : Math.max(toGrid(worldTime(seat, output.wakeAt)), toGrid(core.now + 1));
      if (output.halt !== undefined) haltMember(core, seat, output.halt);
    }
    if (result.failed !== undefined && seat.life !== 'crashed') crashMember(core, seat, result.failed);
  }
}
