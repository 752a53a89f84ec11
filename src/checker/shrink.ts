/**
 * Shortens a scenario while a check keeps finding the same fault in it (delta debugging, Zeller and Hildebrandt 2002): commands are left out in ever
 * smaller pieces until none can be spared, then the end is moved up to where it is found. What comes out is checked by playing it.
 */

import { FINAL_PROPERTIES, playChecked, type CheckedScenario } from '#checker/checked-scenario.ts';
import { newLine, scenarioLines, scenarioText, type TimedLine } from '#checker/scenario-lines.ts';
import type { Property, Violation } from '#checker/violation.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';

/** Times that a scenario is played at most. */
const PLAYS_MAX = 250;

/** A run in which a property was broken. */
export interface Finding {
  readonly spec: RunSpec;
  readonly property: Property;
  /** Virtual time at the end of the run, µs. */
  readonly endedAt: number;
  readonly disruption: boolean;
  /** The fastest clock of a member; 1 if it is not said. */
  readonly clockRateMax?: number;
  /** Virtual time (µs) from which on everything was mended: what is asked of a mended cluster needs those commands. */
  readonly mendedAt: number;
}

export interface ShrunkScenario {
  readonly text: string;
  /** Lines but the first and the last: what is done to the cluster. */
  readonly commands: number;
  readonly violation: Violation;
  /** How often a scenario was played to find it. */
  readonly plays: number;
}

/** @returns undefined if the run cannot be written as a scenario, or if playing that does not break the property */
export function shrink(finding: Finding, newHost: () => SyncNodeHost): ShrunkScenario | undefined {
  const lines = scenarioLines(finding.spec);
  return lines === undefined ? undefined : new Shrinking(finding, newHost).run(lines);
}

class Shrinking {
  readonly #finding: Finding;
  readonly #newHost: () => SyncNodeHost;
  #options: RunOptions;
  #plays = 0;
  /** Lines that stay. */
  #tail: readonly TimedLine[] = [];

  constructor(finding: Finding, newHost: () => SyncNodeHost) {
    this.#finding = finding;
    this.#newHost = newHost;
    this.#options = finding.spec.options;
  }

  run(all: readonly TimedLine[]): ShrunkScenario | undefined {
    let endAt = this.#finding.endedAt;
    const first = this.#play(all, endAt);
    if (first === undefined) return undefined;
    const isFinal = FINAL_PROPERTIES.has(this.#finding.property);
    this.#tail = isFinal ? all.filter(({ at }) => at >= this.#finding.mendedAt) : [];
    let lines = this.#leaveOut(
      all.filter((line) => !this.#tail.includes(line)),
      endAt,
    );
    this.#simplify(lines, endAt);
    let violation = this.#play(lines, endAt) ?? first;
    if (!isFinal) {
      // A promise to clients may need answers that come after the moment that it names.
      for (const at of [violation.at, violation.at + 100_000, violation.at + 1_000_000]) {
        const kept = lines.filter((line) => line.at <= at);
        const found = at < endAt ? this.#play(kept, at) : undefined;
        if (found === undefined) continue;
        [lines, endAt, violation] = [kept, at, found];
        break;
      }
    }
    return { text: this.#text(lines, endAt), commands: lines.length + this.#tail.length, violation, plays: this.#plays };
  }

  /** Leaves out pieces, from halves down to single lines, until nothing more can go. */
  #leaveOut(all: readonly TimedLine[], endAt: number): readonly TimedLine[] {
    let lines = all;
    for (let size = Math.max(1, Math.ceil(lines.length / 2)); ;) {
      let isShorter = false;
      // From the end: later faults more often have nothing to do with it.
      for (let end = lines.length; end > 0 && this.#plays < PLAYS_MAX; end -= size) {
        const candidate = [...lines.slice(0, Math.max(0, end - size)), ...lines.slice(end)];
        if (candidate.length === lines.length || this.#play(candidate, endAt) === undefined) continue;
        lines = candidate;
        isShorter = true;
      }
      if (this.#plays >= PLAYS_MAX || (size === 1 && !isShorter)) return lines;
      size = Math.max(1, Math.floor(size / 2));
    }
  }

  /** Takes the profile's defaults for what does not matter. */
  #simplify(lines: readonly TimedLine[], endAt: number): void {
    const base = defaultRunOptions(this.#options.profile);
    for (const name of ['storage', 'snapshotCount', 'snapshotCatchUpEntries', 'checkQuorum', 'preVote'] as const) {
      const before = this.#options;
      if (before[name] === base[name]) continue;
      this.#options = { ...before, [name]: base[name] };
      if (this.#play(lines, endAt) === undefined) this.#options = before;
    }
  }

  #text(lines: readonly TimedLine[], endAt: number): string {
    return scenarioText(newLine(this.#finding.spec.seed, this.#options), [...lines, ...this.#tail], endAt);
  }

  /** The violation that playing these lines brings to light, if it is of the kind that is looked for. */
  #play(lines: readonly TimedLine[], endAt: number): Violation | undefined {
    this.#plays++;
    const { property, disruption, spec, clockRateMax = 1 } = this.#finding;
    const scenario: CheckedScenario = {
      text: this.#text(lines, endAt),
      broken: spec.options.broken,
      disruption,
      clockRateMax,
      atEnd: FINAL_PROPERTIES.has(property) ? 'mended' : 'nothing',
    };
    const { violations, failure } = playChecked(scenario, this.#newHost());
    return failure === undefined ? violations.find((violation) => violation.property === property) : undefined;
  }
}
