/**
 * The complete search for an order of concurrent operations that explains all answers (Wing and Gong 1993), with the memory of what was tried (Lowe 2017)
 * that Knossos and porcupine use: an operation that may come first is taken, and given up again when what follows cannot be ordered; a set of taken
 * operations with the same state is never tried twice. Exact for any model; exponential at worst, so it has a limit and says when it reached it.
 */

/** An operation as an interval. Times are in any unit. */
export interface Interval<Input, Output> {
  readonly invokedAt: number;
  /** Infinity while the outcome is unknown: it may take effect at any time after its beginning, or never. */
  readonly returnedAt: number;
  readonly input: Input;
  /** Undefined while the outcome is unknown: any answer fits. */
  readonly output: Output | undefined;
}

export interface Model<State, Input, Output> {
  readonly initial: State;
  /** The state after an operation; undefined if it cannot have answered so in this state. */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** The same text for the same state, and for no other. */
  name(state: State): string;
}

export type SearchEnd =
  /** `order`: the operations' places in the list that was given, as they can have happened. */
  | { readonly type: 'ordered'; readonly order: readonly number[] }
  /** `best`: the longest order that was found; `stuck`: those that had begun then and that none can follow with. */
  | { readonly type: 'impossible'; readonly best: readonly number[]; readonly stuck: readonly number[] }
  | { readonly type: 'undecided'; readonly steps: number };

/** Begin or end of an operation, in a doubly linked list in the order of time. */
interface Entry {
  readonly op: number;
  /** Its end; undefined in an end. */
  readonly end: Entry | undefined;
  next: Entry | undefined;
  previous: Entry | undefined;
}

/** Steps of a search without a limit of its own. */
export const SEARCH_STEPS_MAX = 2_000_000;

/** Looks for an order. */
export function searchOrder<State, Input, Output>(
  operations: readonly Interval<Input, Output>[],
  model: Model<State, Input, Output>,
  stepsMax = SEARCH_STEPS_MAX,
): SearchEnd {
  const head = timeline(operations);
  const needed = operations.filter(({ returnedAt }) => returnedAt !== Infinity).length;
  const taken = new Uint16Array(Math.ceil(operations.length / 16));
  const tried = new Set<string>();
  const stack: { readonly entry: Entry; readonly state: State }[] = [];
  let state = model.initial;
  let [answered, steps] = [0, 0];
  let best: readonly number[] = [];
  let stuck: readonly number[] = [];
  for (let entry = head.next; answered < needed;) {
    if (entry?.end !== undefined) {
      if (++steps > stepsMax) return { type: 'undecided', steps };
      const op = operations[entry.op];
      const after = op === undefined ? undefined : model.step(state, op.input, op.output);
      if (op !== undefined && after !== undefined && isNew(tried, taken, entry.op, model.name(after))) {
        stack.push({ entry, state });
        flip(taken, entry.op);
        if (op.returnedAt !== Infinity) answered++;
        state = after;
        lift(entry);
        entry = head.next;
      } else entry = entry.next;
      continue;
    }
    // An operation has ended that could not be ordered before its end: the last choice was wrong.
    if (stack.length >= best.length) {
      best = stack.map((one) => one.entry.op);
      stuck = openBefore(head, entry);
    }
    const last = stack.pop();
    if (last === undefined) return { type: 'impossible', best, stuck };
    flip(taken, last.entry.op);
    if (operations[last.entry.op]?.returnedAt !== Infinity) answered--;
    state = last.state;
    drop(last.entry);
    entry = last.entry.next;
  }
  return { type: 'ordered', order: stack.map(({ entry }) => entry.op) };
}

/** Begins and ends in the order of time; at the same moment begins come first, since such operations overlap. */
function timeline(operations: readonly Interval<unknown, unknown>[]): Entry {
  const events = operations.flatMap(({ invokedAt, returnedAt }, op) => [
    { op, at: invokedAt, isEnd: false },
    { op, at: returnedAt, isEnd: true },
  ]);
  // Two that never return are at the same moment: Infinity minus itself is no number.
  events.sort((a, b) => (a.at === b.at ? Number(a.isEnd) - Number(b.isEnd) : a.at < b.at ? -1 : 1));
  const head: Entry = { op: -1, end: undefined, next: undefined, previous: undefined };
  const ends = new Map<number, Entry>();
  for (const { op, isEnd } of events) if (isEnd) ends.set(op, { op, end: undefined, next: undefined, previous: undefined });
  let last = head;
  for (const { op, isEnd } of events) {
    const end = ends.get(op);
    const entry: Entry = isEnd && end !== undefined ? end : { op, end, next: undefined, previous: undefined };
    entry.previous = last;
    last.next = entry;
    last = entry;
  }
  return head;
}

/** Takes an operation's begin and end out of the list. */
function lift({ previous, next, end }: Entry): void {
  if (previous !== undefined) previous.next = next;
  if (next !== undefined) next.previous = previous;
  if (end !== undefined) lift(end);
}

/** Puts back what {@link lift} took out last. */
function drop(entry: Entry): void {
  if (entry.end !== undefined) drop(entry.end);
  if (entry.previous !== undefined) entry.previous.next = entry;
  if (entry.next !== undefined) entry.next.previous = entry;
}

const flip = (taken: Uint16Array, op: number): void => {
  taken[op >> 4] = (taken[op >> 4] ?? 0) ^ (1 << (op & 15));
};

/** Whether these operations with one more have not led to this state before. */
function isNew(tried: Set<string>, taken: Uint16Array, op: number, state: string): boolean {
  flip(taken, op);
  const key = `${String.fromCharCode(...taken)} ${state}`;
  flip(taken, op);
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

/** Operations that had begun before an entry and are not ordered. */
function openBefore(head: Entry, entry: Entry | undefined): readonly number[] {
  const open: number[] = [];
  for (let one = head.next; one !== undefined && one !== entry; one = one.next) if (one.end !== undefined) open.push(one.op);
  return open;
}
