/** Plays a scenario with all checks on, as chaos runs have them. */

import { checkStores, type Acknowledged } from '#checker/durability.ts';
import type { History } from '#checker/history.ts';
import { isLevel } from '#checker/recovery.ts';
import { RunChecks } from '#checker/run-checks.ts';
import type { Property, Violation } from '#checker/violation.ts';
import type { BrokenRule } from '#kernel/broken-rule.ts';
import { isInRange, type KeyRange } from '#mvcc/byte-key.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import type { OutputSink } from '#sim/scenario.ts';
import type { TraceSink } from '#sim/trace-log.ts';
import type { ScenarioFailure } from '#sim/scenario.ts';
import type { Instant, World } from '#sim/world.ts';

/** What is asked only of a cluster that was mended at the end. */
export const FINAL_PROPERTIES: ReadonlySet<Property> = new Set(['durability', 'equal-stores', 'hash-kv', 'liveness']);

export interface CheckedScenario {
  readonly text: string;
  readonly broken: readonly BrokenRule[];
  /** See {@link RunChecks}. */
  readonly disruption: boolean;
  /** The fastest clock of a member; 1 if it is not said. */
  readonly clockRateMax?: number;
  /**
   * Whether the members must hold all that was acknowledged at the end: `mended` says that the scenario mends everything, so that they must be level too;
   * `if-level` asks only where they are.
   */
  readonly atEnd: 'mended' | 'if-level' | 'nothing';
  /** Shows what the terminal would. */
  readonly print?: (text: string) => void;
  /** Shows what programs say. */
  readonly output?: OutputSink;
  /** Gets the trace. */
  readonly trace?: TraceSink;
}

export interface CheckedEnd {
  readonly violations: readonly Violation[];
  /** A line that could not be done. */
  readonly failure: ScenarioFailure | undefined;
  readonly traceHash: string;
}

/** Plays it to its end. */
export function playChecked(scenario: CheckedScenario, host: SyncNodeHost): CheckedEnd {
  let checks: RunChecks | undefined;
  /** Played, and not looked at yet: its results are taken after the watcher was told. */
  let pending: { readonly instant: Instant; readonly world: World } | undefined;
  const look = (begun: readonly number[] = []): void => {
    if (pending !== undefined) checks?.look(pending.world, pending.instant, begun);
    pending = undefined;
  };
  const print = scenario.print ?? ((): void => undefined);
  const end = playScenarioSync(
    {
      text: scenario.text,
      programs: LOAD_PROGRAMS,
      broken: scenario.broken,
      print,
      output: scenario.output ?? ((): void => undefined),
      ...(scenario.trace === undefined ? {} : { trace: scenario.trace }),
      listener: {
        call: (client, number, event, at) => checks?.listener.call(client, number, event, at),
        member: (actor, trace) => checks?.listener.member(actor, trace),
      },
    },
    host,
    {
      begun: (world) => {
        checks = new RunChecks(
          world.core.seats.map(({ name }) => name),
          host,
          world.options.profile,
          { disruption: scenario.disruption, clockRateMax: scenario.clockRateMax ?? 1 },
        );
        checks.attach(world);
      },
      played: (instant, world) => {
        look(instant.work.filter(({ ops }) => ops.some(({ type }) => type === 'start')).map(({ actor }) => actor));
        pending = { instant, world };
      },
    },
  );
  look();
  const violations = [...(checks?.violations ?? []), ...(checks?.checkClients() ?? [])];
  if (scenario.atEnd !== 'nothing' && checks !== undefined) violations.push(...finalViolations(end.world, host, checks, scenario.atEnd));
  return { violations, failure: end.failure, traceHash: end.world.traceHash().hash };
}

function finalViolations(world: World, host: SyncNodeHost, checks: RunChecks, atEnd: 'mended' | 'if-level'): readonly Violation[] {
  if (isLevel(world, checks.commitMax)) return checkStores(world, host, acknowledgedPuts(checks.history()));
  if (atEnd === 'if-level') return [];
  const members = world.core.seats.map(({ name }) => name);
  return [{ property: 'liveness', members, index: 0, at: world.now, detail: 'no level cluster after everything was mended' }];
}

/** Puts that a client was told to be done, of keys that were put once in the whole run. */
export function acknowledgedPuts({ operations }: History): readonly Acknowledged[] {
  const puts = new Map<string, Acknowledged | undefined>();
  const deleted: KeyRange[] = [];
  for (const { request, outcome } of operations) {
    if (request.type !== 'txn') continue;
    for (const action of [...request.success, ...request.failure]) {
      if (action.type === 'delete') deleted.push(action.range);
      if (action.type !== 'put') continue;
      const { key, lease } = action;
      const isOnly = !puts.has(key) && lease === 0n && outcome.type === 'ok';
      puts.set(key, isOnly ? { key, revision: outcome.answer.revision } : undefined);
    }
  }
  return [...puts.values()].filter((put) => put !== undefined).filter(({ key }) => !deleted.some((range) => isInRange(key, range)));
}
