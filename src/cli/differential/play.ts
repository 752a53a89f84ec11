/** Plays a sequence on two fresh targets and stops at the first answer that differs; makes a sequence that differs short. */

import { answersDiffer, Captures, loosened, substituted } from '#cli/differential/compare.ts';
import { TargetGone, type MakeTarget, type Target } from '#cli/differential/target.ts';
import type { Answer, Operation, RequestOperation } from '#cli/differential/operation.ts';

export interface Difference {
  /** Position of the step in the sequence. */
  readonly at: number;
  /** What was asked and in which parts the answers differ: a shrunk sequence must show the same. */
  readonly kind: string;
  readonly text: string;
}

export interface Played {
  readonly difference: Difference | undefined;
  /** Steps that were compared. */
  readonly steps: number;
  /** The real server died of a step, or never answered it; what follows was not played. */
  readonly stopped: boolean;
}

interface Side {
  readonly target: Target;
  readonly captures: Captures;
}

function filledIn(op: RequestOperation, captures: Captures): RequestOperation {
  const fill = (text: string): string => substituted(text, captures);
  return {
    ...op,
    path: fill(op.path),
    headers: op.headers.map(([name, value]) => [name, fill(value)]),
    body: op.body === undefined ? undefined : fill(op.body),
  };
}

/** @returns undefined where a step has no answer to compare */
async function perform(op: Operation, { target, captures }: Side): Promise<Answer | undefined> {
  switch (op.type) {
    case 'request': {
      const answer = await target.ask(filledIn(op, captures));
      const found = op.capture === undefined ? undefined : new RegExp(op.capture.pattern).exec(answer.body)?.[1];
      if (op.capture !== undefined && found !== undefined) captures.add(op.capture.name, found);
      return answer;
    }
    case 'open':
      await target.open(op.name, op.path, substituted(op.body, captures));
      return undefined;
    case 'close':
      return target.close(op.name);
    case 'pass':
      await target.pass(op.millis);
      return undefined;
  }
}

async function playOn(operations: readonly Operation[], real: Side, simulated: Side): Promise<Played> {
  for (const [at, op] of operations.entries()) {
    let expected: Answer | undefined;
    try {
      expected = await perform(op, real);
    } catch (error) {
      if (error instanceof TargetGone) return { difference: undefined, steps: at, stopped: true };
      throw error;
    }
    // Real etcd never answers a change of the membership that its core ignored; nothing can be said of what follows.
    if (expected?.outcome === 'open' && expected.status === 0 && op.type === 'request' && op.lookMillis === undefined)
      return { difference: undefined, steps: at, stopped: true };
    const actual = await perform(op, simulated);
    if (expected === undefined || actual === undefined) continue;
    const headOnly = op.type === 'request' && op.headOnly === true;
    const isLoose = op.type === 'request' && op.isLoose === true;
    const [wanted, got] = isLoose ? [loosened(expected), loosened(actual)] : [expected, actual];
    const text = answersDiffer({ answer: wanted, captures: real.captures }, { answer: got, captures: simulated.captures }, headOnly);
    if (text !== undefined) return { difference: { at, text, kind: kindOf(op, text) }, steps: at + 1, stopped: false };
  }
  return { difference: undefined, steps: operations.length, stopped: false };
}

const kindOf = (op: Operation, text: string): string =>
  [op.type, 'path' in op ? op.path : '', ...text.matchAll(/^  (\w+): real/gm)]
    .map((part) => (typeof part === 'string' ? part : part[1]))
    .join(' ');

/** Plays a sequence from fresh on both. */
export async function playSequence(operations: readonly Operation[], real: MakeTarget, simulated: MakeTarget): Promise<Played> {
  const first = await real(operations);
  try {
    const second = await simulated(operations);
    try {
      return await playOn(operations, { target: first, captures: new Captures() }, { target: second, captures: new Captures() });
    } finally {
      await second.dispose();
    }
  } finally {
    await first.dispose();
  }
}

/** Plays of a shrinking sequence; each costs the start of a server. */
const SHRINK_PLAYS_MAX = 120;

export interface Shrunk {
  readonly operations: readonly Operation[];
  readonly difference: Difference;
}

/**
 * Takes steps out as long as something still differs (the halves, the quarters, … of what came before the difference), then fields out of
 * the bodies that are left.
 * @param play how a candidate is tried
 */
export async function shrink(
  whole: readonly Operation[],
  difference: Difference,
  play: (operations: readonly Operation[]) => Promise<Played>,
): Promise<Shrunk> {
  let best: Shrunk = { operations: whole.slice(0, difference.at + 1), difference };
  let plays = 0;
  const attempt = async (candidate: readonly Operation[]): Promise<boolean> => {
    if (plays++ >= SHRINK_PLAYS_MAX || !isWhole(candidate)) return false;
    const found = (await play(candidate)).difference;
    if (found === undefined || found.kind !== difference.kind) return false;
    best = { operations: candidate.slice(0, found.at + 1), difference: found };
    return true;
  };
  for (let size = Math.ceil(best.operations.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = best.operations.length - 1; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      await attempt([...best.operations.slice(0, start), ...best.operations.slice(end)]);
      end = Math.min(end, best.operations.length - 1 + size);
    }
  }
  for (let i = best.operations.length - 1; i >= 0; i--) {
    let isSmaller = true;
    while (isSmaller) {
      isSmaller = false;
      const op = best.operations[i];
      if (op?.type !== 'request' || op.body === undefined) break;
      for (const body of smallerBodies(op.body)) {
        const candidate = best.operations.map((other, k) => (k === i ? { ...op, body } : other));
        if (!(await attempt(candidate))) continue;
        isSmaller = true;
        break;
      }
    }
  }
  return best;
}

/** Streams are opened before they are closed. */
function isWhole(operations: readonly Operation[]): boolean {
  const open = new Set<string>();
  for (const op of operations) {
    if (op.type === 'open') open.add(op.name);
    if (op.type === 'close' && !open.delete(op.name)) return false;
  }
  return true;
}

/** The body without one of its fields or items, at any depth, larger pieces first. Nothing for a body that is no JSON. */
function smallerBodies(body: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  // Numbers beyond a double would change their value on the way.
  if (JSON.stringify(value) !== body) return [];
  return without(value).map((smaller) => JSON.stringify(smaller));
}

function without(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.flatMap((item, i) => [items.toSpliced(i, 1), ...without(item).map((inner) => items.with(i, inner))]);
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  return entries.flatMap(([name, inner], i) => [
    Object.fromEntries(entries.toSpliced(i, 1)),
    ...without(inner).map((smaller) => Object.fromEntries(entries.with(i, [name, smaller]))),
  ]);
}
