/** How the properties of a run stand while it is played: which were looked at since when, and the first violation of each. */

import type { Plain } from '#kernel/plain.ts';
import type { Property, Violation } from '#checker/violation.ts';

export interface Standing {
  /** Virtual µs: when it was looked at first. */
  readonly since: number;
  readonly checks: number;
  /** The first one. */
  readonly violation: Violation | undefined;
}

/** Mutable; one for each run. */
export class Scoreboard {
  readonly #standings = new Map<Property, { since: number; checks: number; violation: Violation | undefined }>();
  readonly #fresh: Violation[] = [];

  /** A property was looked at and nothing is wrong with it so far. */
  checked(property: Property, at: number): void {
    const known = this.#standings.get(property);
    if (known === undefined) this.#standings.set(property, { since: at, checks: 1, violation: undefined });
    else known.checks++;
  }

  violated(violation: Violation): void {
    this.checked(violation.property, violation.at);
    const standing = this.#standings.get(violation.property);
    if (standing === undefined || standing.violation !== undefined) return;
    standing.violation = violation;
    this.#fresh.push(violation);
  }

  standing(property: Property): Standing | undefined {
    return this.#standings.get(property);
  }

  /** The first violation of each property, in the order in which they were found. */
  get violations(): readonly Violation[] {
    return [...this.#standings.values()].flatMap(({ violation }) => violation ?? []).sort((a, b) => a.at - b.at);
  }

  get isClean(): boolean {
    for (const { violation } of this.#standings.values()) if (violation !== undefined) return false;
    return true;
  }

  /** First violations that were found since the last call. */
  take(): readonly Violation[] {
    return this.#fresh.splice(0);
  }

  /** To be kept with a checkpoint. */
  save(): Plain {
    return [...this.#standings] as unknown as Plain; // made of plain values only
  }

  /** What {@link save} gave; anything else is left alone. */
  load(saved: Plain): void {
    if (!Array.isArray(saved)) return;
    const standings = saved as unknown as readonly (readonly [Property, Standing])[]; // written by save, behind a CRC
    for (const [property, standing] of standings) this.#standings.set(property, { ...standing });
  }
}
