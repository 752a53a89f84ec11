/**
 * A condition that is looked at again and again while a world is played: by `play until`, by a breakpoint. It remembers what it saw, for statements about
 * change, and asks a member again only when the member has done something since.
 */

import { hasMoments } from '#ctl/predicate-eval.ts';
import type { Predicate } from '#ctl/predicate.ts';
import type { Plain } from '#kernel/plain.ts';
import { evaluateOn, questionKey, type Answers, type Question } from '#sim/predicate-world.ts';
import type { World } from '#sim/world.ts';

export interface ConditionSetup {
  readonly predicate: Predicate;
  /** What `changes` compares with: the first look, or the one before. */
  readonly since: 'first-look' | 'last-look';
  /** Names of properties that checks found violated. */
  readonly violations?: () => readonly string[];
}

/** What a look found. `asks`: answer with {@link Condition.answer} and look again. */
export type Look = { readonly type: 'value'; readonly holds: boolean } | { readonly type: 'asks'; readonly questions: readonly Question[] };

const NO_VIOLATIONS = (): readonly string[] => [];

/** Mutable; owned by who looks. */
export class Condition {
  readonly predicate: Predicate;
  readonly #since: ConditionSetup['since'];
  readonly #violations: () => readonly string[];
  readonly #answers = new Map<string, { readonly actor: number; readonly answer: Plain }>();
  readonly #plain: Answers;
  #earlier = new Map<Predicate, Map<string, string>>();
  #roles = new Map<number, string>();
  #world: World | undefined;

  constructor({ predicate, since, violations = NO_VIOLATIONS }: ConditionSetup) {
    this.predicate = predicate;
    this.#since = since;
    this.#violations = violations;
    const answers = this.#answers;
    // Reads through to the answers with their owners.
    this.#plain = {
      has: (key: string) => answers.has(key),
      get: (key: string) => answers.get(key)?.answer,
    };
  }

  /** Members did something, or nobody knows who: what they said is no longer the present. */
  played(actors: readonly number[] | undefined): void {
    for (const [key, { actor }] of this.#answers) if (actors === undefined || actors.includes(actor)) this.#answers.delete(key);
  }

  answer(question: Question, answer: Plain): void {
    this.#answers.set(questionKey(question), { actor: question.actor, answer });
  }

  /** Looks at the world as it is. Another world than before is seen for the first time. */
  look(world: World): Look {
    this.#meet(world);
    const noted = new Map<Predicate, Map<string, string>>();
    const note = (statement: Predicate, subject: string, value: string): void => {
      const values = noted.get(statement) ?? new Map<string, string>();
      noted.set(statement, values.set(subject, value));
    };
    const found = this.#evaluate(world, false, note);
    if (found.type === 'ask') return { type: 'asks', questions: found.questions };
    for (const [statement, values] of noted) {
      const known = this.#earlier.get(statement);
      if (known === undefined || this.#since === 'last-look') this.#earlier.set(statement, values);
      else for (const [subject, value] of values) if (!known.has(subject)) known.set(subject, value);
    }
    this.#roles = new Map(world.core.seats.map(({ actor, status }) => [actor, status?.role ?? '']));
    return found;
  }

  /** Whether it would hold now if nothing happened in this very instant. To be asked after a {@link look} that gave a value. */
  holdsWithoutMoment(world: World): boolean {
    if (!hasMoments(this.predicate)) return true;
    const found = this.#evaluate(world, true, () => undefined);
    // A question that only this way of looking has is about something that need not be known.
    return found.type === 'value' && found.holds;
  }

  #evaluate(
    world: World,
    momentless: boolean,
    note: (statement: Predicate, subject: string, value: string) => void,
  ): ReturnType<typeof evaluateOn> {
    return evaluateOn(world, this.predicate, this.#plain, {
      violations: this.#violations,
      roles: this.#roles,
      earlier: (statement, subject) => this.#earlier.get(statement)?.get(subject),
      note,
      momentless,
    });
  }

  #meet(world: World): void {
    if (world === this.#world) return;
    this.#world = world;
    this.#answers.clear();
    this.#earlier = new Map();
    this.#roles = new Map();
  }
}
