/**
 * The log matrix: a row a member, a column an index; what bootstrap made and what is compacted are blocks. A log may be thousands of entries long: only the
 * columns of a window are drawn, at the place that they have in the whole.
 */

import type { LogCell, MemberView } from '#view/frame.ts';

export const LOG = { cell: 98, gap: 5, row: 25, rowGap: 4, header: 20, block: 104 } as const;
/** Columns drawn without a window: the newest. */
export const LOG_COLUMNS_MAX = 40;

export interface LogCellShape {
  readonly cell: LogCell;
  readonly x: number;
  readonly match: boolean;
  /** The leader has another entry at this index: this one will be replaced (§5.3). */
  readonly conflict: boolean;
}

export interface LogBlockShape {
  readonly kind: 'bootstrap' | 'compacted';
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly width: number;
}

export interface LogRowShape {
  readonly member: MemberView;
  readonly y: number;
  readonly block: LogBlockShape | undefined;
  readonly cells: readonly LogCellShape[];
  /** Entries of the window that are not known here yet. */
  readonly unknown: { readonly x: number; readonly width: number } | undefined;
  /** Where the leader will send next: the left edge of that column. */
  readonly next: { readonly index: number; readonly x: number } | undefined;
}

export interface LogScene {
  /** Of the whole matrix, px. */
  readonly width: number;
  readonly height: number;
  readonly columns: readonly { readonly index: number; readonly x: number }[];
  /** What the first column's block covers, over all members. */
  readonly blockTo: number;
  readonly rows: readonly LogRowShape[];
  /** The leader whose bookkeeping is drawn. */
  readonly leader: string | undefined;
}

/** Indexes that are looked at; both ends belong to it. */
export interface LogRange {
  readonly first: number;
  readonly last: number;
}

const foldedTo = (member: MemberView): number => Math.max(member.log.bootstrapTo, member.log.compactedTo);
const lastOf = (member: MemberView): number => Math.max(member.log.cells.at(-1)?.index ?? 0, foldedTo(member));

/** All indexes that have a column: above what every member has folded. */
export function logRange(members: readonly MemberView[]): LogRange {
  const known = members.filter((member) => member.log.cells.length > 0 || foldedTo(member) > 0);
  const least = known.length === 0 ? 0 : Math.min(...known.map(foldedTo));
  return { first: least + 1, last: Math.max(0, ...members.map(lastOf)) };
}

/** Left edge of a column, px. */
export const logX = (index: number, whole: LogRange): number => LOG.block + LOG.gap + (index - whole.first) * (LOG.cell + LOG.gap);

/** The columns that a stretch of the drawing shows, with some to both sides. @param left px from the left end */
export function logWindow(whole: LogRange, left: number, width: number, spare = 4): LogRange {
  const pitch = LOG.cell + LOG.gap;
  const first = whole.first + Math.floor((left - LOG.block - LOG.gap) / pitch) - spare;
  const last = whole.first + Math.ceil((left + width - LOG.block - LOG.gap) / pitch) + spare;
  return { first: Math.max(whole.first, first), last: Math.min(whole.last, last) };
}

/** Entries of a member within a window: the newest as the frame has them, older ones as they were asked for. */
function cellsOf(member: MemberView, { first, last }: LogRange, older: readonly LogCell[]): readonly LogCell[] {
  const folded = foldedTo(member);
  const fresh = member.log.cells[0]?.index ?? Infinity;
  const cells = [
    ...older
      .filter((cell) => cell.index < fresh && cell.index <= lastOf(member))
      .map((cell) => ({ ...cell, committed: cell.index <= member.commit, applied: cell.index <= member.applied })),
    ...member.log.cells,
  ];
  return cells.filter((cell) => cell.index >= first && cell.index <= last && cell.index > folded);
}

function blockOf(member: MemberView, whole: LogRange, first: number): LogBlockShape | undefined {
  const { bootstrapTo, compactedTo } = member.log;
  const folded = foldedTo(member);
  // Without a window the columns before the newest are folded too.
  const to = first > whole.first || folded > 0 ? Math.max(folded, whole.first - 1) : 0;
  if (to <= 0) return undefined;
  const kind = (compactedTo >= bootstrapTo && compactedTo > 0) || to > bootstrapTo ? 'compacted' : 'bootstrap';
  return { kind, from: 1, to, x: 0, width: to < whole.first ? LOG.block : logX(to, whole) + LOG.cell };
}

/** What of the window a row lacks between what is folded and what is known. */
function unknownOf(member: MemberView, cells: readonly LogCell[], window: LogRange, whole: LogRange): LogRowShape['unknown'] {
  const from = Math.max(window.first, foldedTo(member) + 1);
  const to = Math.min(window.last, (cells[0]?.index ?? lastOf(member) + 1) - 1);
  return to < from ? undefined : { x: logX(from, whole), width: logX(to, whole) + LOG.cell - logX(from, whole) };
}

/**
 * @param leader the leader whose match and next indexes are marked; undefined if nobody leads
 * @param window what is looked at; without one, the newest columns
 * @param older cells that frames no longer carry, by member
 */
export function logScene(
  members: readonly MemberView[],
  leader: string | undefined,
  window?: LogRange,
  older: ReadonlyMap<string, readonly LogCell[]> = new Map(),
): LogScene {
  const all = logRange(members);
  const seen = window ?? { first: Math.max(all.first, all.last - LOG_COLUMNS_MAX + 1), last: all.last };
  // Without a window the drawing begins with what it shows.
  const whole = window === undefined ? { first: seen.first, last: all.last } : all;
  const columns = Array.from({ length: Math.max(0, seen.last - seen.first + 1) }, (_, at) => ({
    index: seen.first + at,
    x: logX(seen.first + at, whole),
  }));
  const leading = members.find((member) => member.name === leader);
  const cellsByName = new Map(members.map((member) => [member.name, cellsOf(member, seen, older.get(member.name) ?? [])]));
  const termAt = new Map((leading === undefined ? [] : (cellsByName.get(leading.name) ?? [])).map(({ index, term }) => [index, term]));
  const rows = members.map((member, at): LogRowShape => {
    const peer = leading?.progress.find((each) => each.name === member.name && each.name !== leader);
    const cells = cellsByName.get(member.name) ?? [];
    return {
      member,
      y: LOG.header + at * (LOG.row + LOG.rowGap),
      block: blockOf(member, whole, all.first < whole.first ? whole.first + 1 : whole.first),
      cells: cells.map((cell) => ({
        cell,
        x: logX(cell.index, whole),
        match: peer?.match === cell.index,
        conflict: (termAt.get(cell.index) ?? cell.term) !== cell.term,
      })),
      unknown: window === undefined ? undefined : unknownOf(member, cells, seen, whole),
      next:
        peer === undefined || peer.next < seen.first || peer.next > all.last + 1
          ? undefined
          : { index: peer.next, x: logX(peer.next, whole) },
    };
  });
  const right = logX(whole.last + 1, whole) + 16;
  return { width: right, height: LOG.header + members.length * (LOG.row + LOG.rowGap), columns, blockTo: whole.first - 1, rows, leader };
}
