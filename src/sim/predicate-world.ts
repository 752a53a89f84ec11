/**
 * What a condition may ask, answered from a world. What every member shows of itself is at hand; the rest (keys, log terms, …) must be asked
 * of the members, which may take a message to a worker. So evaluation runs in rounds: a question that has no answer yet is noted, the driver
 * fetches it, and the condition is evaluated again.
 */

import { evaluate, workingLeader, type PredicateMember, type PredicateWorld } from '#ctl/predicate-eval.ts';
import type { Outcome, Predicate } from '#ctl/predicate.ts';
import type { Inspection } from '#etcd/contract.ts';
import { prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import { EMPTY_BYTES, fromUtf8, utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { faultsInForce } from '#sim/faults-in-force.ts';
import { momentOf, type MomentEvents } from '#sim/moment-events.ts';
import { clientOfProcess, type ProcessEnd } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

/** Keys under a prefix among which the owner is looked for. */
const OWNER_KEYS_MAX = 1000;

/** A question to a member that a condition cannot do without. */
export interface Question {
  readonly actor: number;
  readonly inspection: Inspection;
}

export type Answers = Pick<ReadonlyMap<string, Plain>, 'get' | 'has'>;

/** The key of a question in {@link Answers}. */
export const questionKey = ({ actor, inspection }: Question): string => {
  switch (inspection.type) {
    case 'keys':
      return `${actor} keys ${inspection.limit} ${fromUtf8(inspection.key)} ${fromUtf8(inspection.rangeEnd)}`;
    case 'log':
      return `${actor} log ${inspection.from} ${inspection.to}`;
    default:
      return `${actor} ${inspection.type}`;
  }
};

export type Evaluation =
  { readonly type: 'value'; readonly holds: boolean } | { readonly type: 'ask'; readonly questions: readonly Question[] };

/** What a condition knows besides the present: what it saw before, and what checks found. */
export interface ConditionMemory {
  /** See {@link PredicateWorld.violations}. */
  readonly violations: () => readonly string[];
  /** Roles at the look before, by member's number. */
  readonly roles: ReadonlyMap<number, string>;
  /** What a statement said of somebody at the earlier look; undefined at the first. */
  readonly earlier: (statement: Predicate, subject: string) => string | undefined;
  /** What it says now. */
  readonly note: (statement: Predicate, subject: string, value: string) => void;
  /** Statements about moments and changes are taken as false. */
  readonly momentless: boolean;
}

/** Evaluates with the answers that there are; asks for those that are missing. */
export function evaluateOn(world: World, predicate: Predicate, answers: Answers, memory: ConditionMemory): Evaluation {
  const view = new WorldView(world, answers, memory);
  const holds = evaluate(predicate, view);
  return view.missing.length === 0 ? { type: 'value', holds } : { type: 'ask', questions: view.missing };
}

/** Members that ever started, as conditions see them, with their numbers. */
function membersOf(world: World): readonly (PredicateMember & { readonly actor: number })[] {
  return world.core.seats.flatMap(({ actor, name, life, status, cluster }) => {
    if (status === undefined) return [];
    const clusterSize = cluster?.members.length ?? 0;
    return [{ actor, name, alive: life === 'up' || life === 'frozen', frozen: life === 'frozen', status, clusterSize }];
  });
}

/** Name of the working leader: live, and followed by a majority of the voters in its term. */
export const leaderName = (world: World): string | undefined => workingLeader(membersOf(world))?.name;

/** One evaluation's look at a world. */
class WorldView implements PredicateWorld {
  readonly #world: World;
  readonly #answers: Answers;
  readonly #memory: ConditionMemory;
  readonly #members: ReturnType<typeof membersOf>;
  #moment: MomentEvents | undefined;
  readonly missing: Question[] = [];

  constructor(world: World, answers: Answers, memory: ConditionMemory) {
    this.#world = world;
    this.#answers = answers;
    this.#memory = memory;
    this.#members = membersOf(world);
  }

  members(): readonly PredicateMember[] {
    return this.#members;
  }

  #actor(member: number): number {
    return this.#members[member]?.actor ?? 0;
  }

  /** Reads a field of an answer that is a record; undefined while it is not known. */
  #ask(member: number, inspection: Inspection, field: string): Plain {
    const question = { actor: this.#actor(member), inspection };
    const key = questionKey(question);
    if (!this.#answers.has(key)) {
      if (!this.missing.some((q) => questionKey(q) === key)) this.missing.push(question);
      return undefined;
    }
    return fieldOf(this.#answers.get(key), field);
  }

  #key(member: number, key: string): Plain {
    const keys = this.#ask(member, { type: 'keys', key: utf8(key), rangeEnd: EMPTY_BYTES, revision: 0, limit: 1 }, 'keys');
    return Array.isArray(keys) ? (keys as readonly Plain[])[0] : undefined; // isArray forgets the items' type
  }

  keyValue(member: number, key: string): string | undefined {
    const value = fieldOf(this.#key(member, key), 'value');
    return value instanceof Uint8Array ? fromUtf8(value) : undefined;
  }

  leaseOf(member: number, key: string): string {
    const lease = fieldOf(this.#key(member, key), 'lease');
    return typeof lease === 'bigint' && lease !== 0n ? BigInt.asUintN(64, lease).toString(16) : 'none';
  }

  owner(member: number, prefix: string): string {
    const inspection = { type: 'keys', key: utf8(prefix), rangeEnd: prefixEnd(utf8(prefix)), revision: 0, limit: OWNER_KEYS_MAX } as const;
    const keys = this.#ask(member, inspection, 'keys');
    let first: { readonly key: string; readonly revision: number } | undefined;
    const list = Array.isArray(keys) ? (keys as readonly Plain[]) : []; // isArray forgets the items' type
    for (const found of list) {
      const [key, revision] = [fieldOf(found, 'key'), fieldOf(found, 'createRevision')];
      if (!(key instanceof Uint8Array) || typeof revision !== 'number') continue;
      if (first === undefined || revision < first.revision) first = { key: fromUtf8(key), revision };
    }
    return first?.key ?? 'none';
  }

  metric(member: number, name: string): number {
    const text = this.#ask(member, { type: 'metrics' }, 'text');
    return typeof text === 'string' ? metricOf(text, name) : 0;
  }

  entryTerm(member: number, index: number): number {
    const cells = this.#ask(member, { type: 'log', from: index, to: index }, 'cells');
    const term = Array.isArray(cells) ? fieldOf((cells as readonly Plain[])[0], 'term') : undefined; // as above
    return typeof term === 'number' ? term : 0;
  }

  messagesInFlight(kind: string, from: readonly number[] | undefined, to: readonly number[] | undefined): number {
    const senders = from?.map((member) => this.#actor(member));
    const receivers = to?.map((member) => this.#actor(member));
    let count = 0;
    for (const { item } of this.#world.core.agenda.entries()) {
      if (item.type !== 'peer' || item.flight.kind !== kind) continue;
      if (senders?.includes(item.flight.from) === false || receivers?.includes(item.flight.to) === false) continue;
      count++;
    }
    return count;
  }

  faultsInForce(node: string | undefined): number {
    const { core } = this.#world;
    const member = core.seats[Number(node) - 1]?.name ?? (node === 'leader' ? leaderName(this.#world) : node);
    return faultsInForce(core).filter(({ who }) => node === undefined || who === member).length;
  }

  alarms(member: number): readonly string[] {
    return textsOf(this.#ask(member, { type: 'members' }, 'alarms'));
  }

  leases(member: number): readonly string[] {
    return textsOf(this.#ask(member, { type: 'leases' }, 'ids'));
  }

  measure(member: number, quantity: 'dbsize' | 'watchers' | 'lead-changes'): number {
    const value =
      quantity === 'dbsize'
        ? this.#ask(member, { type: 'disk' }, 'dbSize')
        : quantity === 'watchers'
          ? this.#ask(member, { type: 'watchers' }, 'count')
          : this.#ask(member, { type: 'raft' }, 'leaderChanges');
    return typeof value === 'number' ? value : 0;
  }

  outcome(process: string): Outcome | undefined {
    return outcomeOf(this.#world, process);
  }

  outcomes(outcome: Outcome): number {
    const { core } = this.#world;
    let count = 0;
    if (outcome === 'running') for (const client of core.clients.values()) count += client.processes.size;
    else for (const end of core.exits.values()) if (endOutcome(end) === outcome) count++;
    return count;
  }

  violations(): readonly string[] {
    return this.#memory.violations();
  }

  steppedDown(member: number): boolean {
    const now = this.#members[member]?.status.role;
    return !this.#memory.momentless && now !== 'leader' && this.#memory.roles.get(this.#actor(member)) === 'leader';
  }

  #events(): MomentEvents {
    this.#moment ??= momentOf(this.#world);
    return this.#moment;
  }

  happened(kind: string, member: number | undefined): boolean {
    return !this.#memory.momentless && this.#events().happened(kind, member === undefined ? undefined : this.#actor(member));
  }

  logged(member: number, line: number | string): boolean {
    return !this.#memory.momentless && this.#events().logged(this.#actor(member), line);
  }

  changed(statement: Predicate, subject: string, value: string): boolean {
    // While an answer is missing the value may be none.
    if (this.missing.length > 0) return false;
    this.#memory.note(statement, subject, value);
    const earlier = this.#memory.earlier(statement, subject);
    return !this.#memory.momentless && earlier !== undefined && earlier !== value;
  }
}

/** A sample of a page of metrics by its name, with labels if it has any. */
function metricOf(text: string, name: string): number {
  const start = `\n${text}`.indexOf(`\n${name} `);
  if (start === -1) return 0;
  const end = text.indexOf('\n', start);
  return Number(text.slice(start + name.length + 1, end === -1 ? undefined : end));
}

const endOutcome = (end: ProcessEnd): Outcome => (end.code === 0 ? 'ok' : end.doubt ? 'unknown' : 'failed');

/** What became of a process: its effect is unknown if it failed after a request of it may have taken effect. */
export function outcomeOf(world: World, process: string): Outcome | undefined {
  const end = world.core.exits.get(process);
  if (end !== undefined) return endOutcome(end);
  return clientOfProcess(world.core, process) === undefined ? undefined : 'running';
}

function fieldOf(value: Plain | undefined, field: string): Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return undefined;
  return (value as Readonly<Record<string, Plain>>)[field]; // what is left of Plain
}

const textsOf = (value: Plain): readonly string[] =>
  Array.isArray(value) ? (value as readonly Plain[]).filter((v) => typeof v === 'string') : []; // isArray forgets the items' type
