/**
 * What a condition may ask, answered from a world. What every member shows of itself is at hand; the rest (keys, log terms, …) must be asked
 * of the members, which may take a message to a worker. So evaluation runs in rounds: a question that has no answer yet is noted, the driver
 * fetches it, and the condition is evaluated again.
 */

import { evaluate, workingLeader, type PredicateMember, type PredicateWorld } from '#ctl/predicate-eval.ts';
import type { Outcome, Predicate } from '#ctl/predicate.ts';
import type { Inspection } from '#etcd/contract.ts';
import { EMPTY_BYTES, fromUtf8, utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { clientOfProcess } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';

/** A question to a member that a condition cannot do without. */
export interface Question {
  readonly actor: number;
  readonly inspection: Inspection;
}

export type Answers = ReadonlyMap<string, Plain>;

/** The key of a question in {@link Answers}. */
export const questionKey = ({ actor, inspection }: Question): string => {
  switch (inspection.type) {
    case 'keys':
      return `${actor} keys ${fromUtf8(inspection.key)}`;
    case 'log':
      return `${actor} log ${inspection.from} ${inspection.to}`;
    default:
      return `${actor} ${inspection.type}`;
  }
};

export type Evaluation =
  { readonly type: 'value'; readonly holds: boolean } | { readonly type: 'ask'; readonly questions: readonly Question[] };

/** Evaluates with the answers that there are; asks for those that are missing. */
export function evaluateOn(world: World, predicate: Predicate, answers: Answers): Evaluation {
  const view = new WorldView(world, answers);
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
  readonly missing: Question[] = [];

  constructor(world: World, answers: Answers) {
    this.#world = world;
    this.#answers = answers;
  }

  members(): readonly PredicateMember[] {
    return membersOf(this.#world);
  }

  /** Reads a field of an answer that is a record; undefined while it is not known. */
  #ask(member: number, inspection: Inspection, field: string): Plain {
    const question = { actor: membersOf(this.#world)[member]?.actor ?? 0, inspection };
    const key = questionKey(question);
    if (!this.#answers.has(key)) {
      if (!this.missing.some((q) => questionKey(q) === key)) this.missing.push(question);
      return undefined;
    }
    return fieldOf(this.#answers.get(key), field);
  }

  keyValue(member: number, key: string): string | undefined {
    const keys = this.#ask(member, { type: 'keys', key: utf8(key), rangeEnd: EMPTY_BYTES, revision: 0, limit: 1 }, 'keys');
    const value = Array.isArray(keys) ? fieldOf((keys as readonly Plain[])[0], 'value') : undefined; // isArray forgets the items' type
    return value instanceof Uint8Array ? fromUtf8(value) : undefined;
  }

  entryTerm(member: number, index: number): number {
    const cells = this.#ask(member, { type: 'log', from: index, to: index }, 'cells');
    const term = Array.isArray(cells) ? fieldOf((cells as readonly Plain[])[0], 'term') : undefined; // as above
    return typeof term === 'number' ? term : 0;
  }

  messagesInFlight(kind: string): number {
    let count = 0;
    for (const { item } of this.#world.core.agenda.entries()) if (item.type === 'peer' && item.flight.kind === kind) count++;
    return count;
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
}

/** What became of a process: its effect is unknown if it failed after a request of it may have taken effect. */
export function outcomeOf(world: World, process: string): Outcome | undefined {
  const end = world.core.exits.get(process);
  if (end !== undefined) return end.code === 0 ? 'ok' : end.doubt ? 'unknown' : 'failed';
  return clientOfProcess(world.core, process) === undefined ? undefined : 'running';
}

function fieldOf(value: Plain | undefined, field: string): Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return undefined;
  return (value as Readonly<Record<string, Plain>>)[field]; // what is left of Plain
}

const textsOf = (value: Plain): readonly string[] =>
  Array.isArray(value) ? (value as readonly Plain[]).filter((v) => typeof v === 'string') : []; // isArray forgets the items' type
