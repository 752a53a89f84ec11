/**
 * How two branches of a run differ. Both are played side by side from the newest checkpoint before their commands part, and their traces are held against
 * each other, event by event; at the end of the branch that ends first their members are.
 */

import { HeadlessRun } from '#host/headless-run.ts';
import type { Past } from '#host/past.ts';
import type { ReplayEnvironment } from '#host/replica.ts';
import { traceLine } from '#host/trace-text.ts';
import type { KeysAnswer, LogAnswer } from '#etcd/inspection.ts';
import { equalBytes, fromUtf8, toHex, type Bytes } from '#kernel/bytes.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { isRunning } from '#sim/world-core.ts';
import type { RunSpec, TimedCommand } from '#sim/run-spec.ts';
import { forEachRecord } from '#trace/event.ts';
import {
  DIFFERENCES_MAX,
  type BranchComparison,
  type ComparedMember,
  type Difference,
  type MemberComparison,
} from '#view/branch-comparison.ts';

/** One of the two branches. */
export interface ComparedBranch {
  readonly id: number;
  readonly commands: readonly TimedCommand[];
  /** Virtual µs. */
  readonly head: number;
  readonly past: Past;
}

/** Keys of a member that are looked at. */
const KEYS_MAX = 10_000;

/** Compares; undefined if somebody wants something else by now. */
export async function compareBranches(
  environment: ReplayEnvironment,
  spec: RunSpec,
  [a, b]: readonly [ComparedBranch, ComparedBranch],
  isStale: () => boolean,
): Promise<BranchComparison | undefined> {
  const at = Math.min(a.head, b.head);
  const parts = partingOf(a.commands, b.commands);
  const common = Math.min(at, parts - 1);
  const start = Math.max(-1, ...a.past.times.filter((time) => time <= common && b.past.times.includes(time)));
  const [left, right] = [a, b].map((branch) => new Side(start, branch, { environment, spec, isStale }));
  if (left === undefined || right === undefined) return undefined;
  let divergence = await firstDifference(left, right, at, environment);
  if (isStale() || !(await left.run.playTo(at)) || !(await right.run.playTo(at))) return undefined;
  if (divergence === undefined) divergence = rest(left, right);
  return { a: a.id, b: b.id, divergence, at, members: compareMembers(left.run, right.run) };
}

/** Virtual µs of the first command that only one of them has, or that they have at another time. */
function partingOf(a: readonly TimedCommand[], b: readonly TimedCommand[]): number {
  const isSame = (i: number): boolean => equalBytes(encodePlain(a[i] as unknown as Plain), encodePlain(b[i] as unknown as Plain)); // commands are plain data
  let i = 0;
  while (i < a.length && i < b.length && isSame(i)) i++;
  return Math.min(a[i]?.at ?? Infinity, b[i]?.at ?? Infinity);
}

/** A branch that is being played, with the part of its trace that was not compared yet. */
class Side {
  readonly run: HeadlessRun;
  #records: Bytes[] = [];
  #next = 0;

  constructor(start: number, branch: ComparedBranch, how: { environment: ReplayEnvironment; spec: RunSpec; isStale: () => boolean }) {
    const { environment, spec, isStale } = how;
    this.run = new HeadlessRun(start, {
      environment,
      spec: { ...spec, commands: branch.commands },
      past: branch.past,
      isStale,
      onTrace: (block) => forEachRecord(block, (record) => void this.#records.push(record)),
    });
  }

  /** The next record, played up to `limit` if need be; undefined if there is none. */
  peek(limit: number): Bytes | undefined {
    while (this.#next >= this.#records.length) {
      this.#records = [];
      this.#next = 0;
      const at = this.run.nextAt;
      if (at === undefined || at > limit) return undefined;
      this.run.playInstant();
    }
    return this.#records[this.#next];
  }

  take(): void {
    this.#next++;
  }

  line(record: Bytes | undefined): ReturnType<typeof traceLine> | undefined {
    const { core } = this.run.world;
    const nameOf = (actor: number): string => core.seats[actor - 1]?.name ?? core.clients.get(actor)?.name ?? `${actor}`;
    return record === undefined ? undefined : traceLine(record, nameOf);
  }
}

type Divergence = BranchComparison['divergence'];

/** Records compared between two looks at the clock. */
const RECORDS_A_TURN = 5000;

async function firstDifference(left: Side, right: Side, limit: number, environment: ReplayEnvironment): Promise<Divergence> {
  for (let n = 1; ; n++) {
    const [a, b] = [left.peek(limit), right.peek(limit)];
    if (a === undefined && b === undefined) return undefined;
    if (a === undefined || b === undefined || !equalBytes(a, b)) return { a: left.line(a), b: right.line(b) };
    left.take();
    right.take();
    if (n % RECORDS_A_TURN === 0) await new Promise<void>((resolve) => environment.after(0, resolve));
  }
}

/** Both came to the limit with equal traces. */
const rest = (left: Side, right: Side): Divergence => {
  const [a, b] = [left.peek(-1), right.peek(-1)];
  return a === undefined && b === undefined ? undefined : { a: left.line(a), b: right.line(b) };
};

function compareMembers(a: HeadlessRun, b: HeadlessRun): readonly MemberComparison[] {
  const longer = a.world.core.seats.length >= b.world.core.seats.length ? a : b;
  return longer.world.core.seats.map(({ actor, name }) => {
    const entries = differences(entriesOf(a, actor), entriesOf(b, actor));
    const keys = differences(keysOf(a, actor), keysOf(b, actor));
    return {
      member: name,
      a: stateOf(a, actor),
      b: stateOf(b, actor),
      entries: entries.slice(0, DIFFERENCES_MAX),
      keys: keys.slice(0, DIFFERENCES_MAX),
      entriesCount: entries.length,
      keysCount: keys.length,
    };
  });
}

function stateOf(run: HeadlessRun, actor: number): ComparedMember | undefined {
  const seat = run.world.core.seats[actor - 1];
  if (seat?.status === undefined) return undefined;
  const { role, learner, term, commit, applied, lastIndex, revision } = seat.status;
  return { alive: isRunning(seat), role: learner ? 'learner' : role, term, commit, applied, lastIndex, revision };
}

/** What is there by name, in order. A member that does not run says nothing. */
type Named = ReadonlyMap<string, string>;

function entriesOf(run: HeadlessRun, actor: number): Named {
  const answer = run.ask(actor, { type: 'log', from: 0, to: Number.MAX_SAFE_INTEGER }) as unknown as LogAnswer | undefined; // what inspect.ts gives
  return new Map(answer?.cells.map((cell) => [`${cell.index}`, `term ${cell.term}: ${entryText(cell)}`]));
}

const entryText = ({ kind, label }: Pick<LogAnswer['cells'][number], 'kind' | 'label'>): string => (label === '' ? kind : label);

function keysOf(run: HeadlessRun, actor: number): Named {
  const all = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0), revision: 0, limit: KEYS_MAX };
  const answer = run.ask(actor, { type: 'keys', ...all }) as unknown as KeysAnswer | undefined; // what inspect.ts gives
  return new Map(
    answer?.keys.map(({ key, value, modRevision, version, lease }) => {
      const leased = lease === 0n ? '' : `, lease ${BigInt.asUintN(64, lease).toString(16)}`;
      return [textOf(key), `${JSON.stringify(textOf(value))} (mod revision ${modRevision}, version ${version}${leased})`];
    }),
  );
}

/** Text, or hex of what is none. */
function textOf(bytes: Bytes): string {
  const text = fromUtf8(bytes);
  return text.includes('\ufffd') ? toHex(bytes) : text;
}

function differences(a: Named, b: Named): readonly Difference[] {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const isNumbers = names.every((name) => /^\d+$/.test(name));
  names.sort((x, y) => (isNumbers ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0));
  return names.flatMap((name) => (a.get(name) === b.get(name) ? [] : [{ name, a: a.get(name), b: b.get(name) }]));
}
