/** What clients asked, as overlapping intervals: a lane for each client, a point where each operation took effect. Numbers only. */

import type { ClientOperation } from '#view/operations.ts';

export const OPERATIONS = { row: 24, bar: 14, axis: 20, labels: 64, laneGap: 8, least: 4 } as const;

export interface OperationBar {
  readonly operation: ClientOperation;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** It has no known end. */
  readonly open: boolean;
  /** Where it took effect, px; undefined if it has no place in the order of revisions. */
  readonly point: number | undefined;
  /** No place within its interval fits its revision. */
  readonly impossible: boolean;
  readonly write: boolean;
}

export interface OperationsScene {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { readonly client: string; readonly y: number; readonly height: number }[];
  readonly bars: readonly OperationBar[];
  readonly from: number;
  readonly to: number;
}

const isWrite = ({ kind }: ClientOperation): boolean => kind !== 'get';

/** Ordered by revision: what wrote a revision comes before what read it. */
function inOrder(operations: readonly ClientOperation[]): readonly ClientOperation[] {
  return operations
    .filter(({ outcome, revision, serializable }) => outcome === 'ok' && revision > 0 && !serializable)
    .sort((a, b) => a.revision - b.revision || Number(isWrite(b)) - Number(isWrite(a)) || a.invokedAt - b.invokedAt);
}

/**
 * An instant for each operation, in the order of revisions, within its interval: between the earliest and the latest that the others leave it. One that
 * fits nowhere contradicts the order.
 */
export function linearizationPoints(
  operations: readonly ClientOperation[],
): ReadonlyMap<ClientOperation, { readonly at: number; readonly impossible: boolean }> {
  const order = inOrder(operations);
  const earliest: number[] = [];
  let least = -Infinity;
  for (const { invokedAt } of order) earliest.push((least = Math.max(least, invokedAt)));
  const latest: number[] = order.map(() => 0);
  let most = Infinity;
  for (let i = order.length - 1; i >= 0; i--) latest[i] = most = Math.min(most, order[i]?.returnedAt ?? Infinity);
  return new Map(
    order.map((operation, i) => {
      const [a, b] = [earliest[i] ?? 0, latest[i] ?? 0];
      return [operation, { at: a <= b ? (a + Math.min(b, operation.returnedAt ?? b)) / 2 : a, impossible: a > b }] as const;
    }),
  );
}

/** The first row of a lane that is free at an instant. */
function rowFor(ends: number[], operation: ClientOperation): number {
  const free = ends.findIndex((end) => end <= operation.invokedAt);
  const row = free === -1 ? ends.length : free;
  ends[row] = operation.returnedAt ?? Infinity;
  return row;
}

/** @param to virtual µs at the right edge; @param width in px */
export function operationsScene(operations: readonly ClientOperation[], to: number, width: number): OperationsScene {
  const from = Math.min(to - 1, ...operations.map(({ invokedAt }) => invokedAt));
  const room = Math.max(60, width - OPERATIONS.labels - 6);
  const x = (at: number): number => OPERATIONS.labels + ((Math.min(at, to) - from) / (to - from)) * room;
  const points = linearizationPoints(operations);
  const lanes: { client: string; y: number; height: number }[] = [];
  const bars: OperationBar[] = [];
  let y: number = OPERATIONS.axis;
  for (const client of new Set(operations.map((operation) => operation.client))) {
    const ends: number[] = [];
    for (const operation of operations.filter((each) => each.client === client)) {
      const row = rowFor(ends, operation);
      const begin = x(operation.invokedAt);
      const point = points.get(operation);
      bars.push({
        operation,
        x: begin,
        y: y + row * OPERATIONS.row,
        width: Math.max(OPERATIONS.least, x(operation.returnedAt ?? to) - begin),
        open: operation.returnedAt === undefined,
        point: point === undefined ? undefined : x(point.at),
        impossible: point?.impossible ?? false,
        write: isWrite(operation),
      });
    }
    const height = Math.max(1, ends.length) * OPERATIONS.row;
    lanes.push({ client, y, height });
    y += height + OPERATIONS.laneGap;
  }
  return { width, height: y, lanes, bars, from, to };
}
