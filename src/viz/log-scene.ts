/** The log matrix: a row a member, a column an index; what bootstrap made and what is compacted are blocks. */

import type { LogCell, MemberView } from '#view/frame.ts';

export const LOG = { cell: 98, gap: 5, row: 25, rowGap: 4, header: 20, block: 104 } as const;
/** Columns drawn at most: the newest. */
export const LOG_COLUMNS_MAX = 40;

export interface LogCellShape {
  readonly cell: LogCell;
  readonly x: number;
  readonly match: boolean;
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
  /** Where the leader will send next: the left edge of that column. */
  readonly next: { readonly index: number; readonly x: number } | undefined;
}

export interface LogScene {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly { readonly index: number; readonly x: number }[];
  /** What the first column's block covers, over all members. */
  readonly blockTo: number;
  readonly rows: readonly LogRowShape[];
  /** The leader whose bookkeeping is drawn. */
  readonly leader: string | undefined;
}

const foldedTo = (member: MemberView): number => Math.max(member.log.bootstrapTo, member.log.compactedTo);

/** @param leader the leader whose match and next indexes are marked; undefined if nobody leads. */
export function logScene(members: readonly MemberView[], leader: string | undefined): LogScene {
  const known = members.filter((member) => member.log.cells.length > 0 || foldedTo(member) > 0);
  const least = known.length === 0 ? 0 : Math.min(...known.map(foldedTo));
  const lasts = members.map((member) => Math.max(member.log.cells.at(-1)?.index ?? 0, foldedTo(member)));
  const last = Math.max(0, ...lasts);
  const first = Math.max(least + 1, last - LOG_COLUMNS_MAX + 1);
  const xOf = (index: number): number => LOG.block + LOG.gap + (index - first) * (LOG.cell + LOG.gap);
  const columns = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => ({ index: first + at, x: xOf(first + at) }));
  const progress = members.find((member) => member.name === leader)?.progress ?? [];
  const rows = members.map((member, at): LogRowShape => {
    const folded = foldedTo(member);
    const to = Math.max(folded, member.log.cells.length === 0 && folded === 0 ? 0 : first - 1);
    const peer = progress.find((each) => each.name === member.name && each.name !== leader);
    const cells = member.log.cells.filter((cell) => cell.index >= first && cell.index > folded);
    return {
      member,
      y: LOG.header + at * (LOG.row + LOG.rowGap),
      block:
        to <= 0
          ? undefined
          : {
              kind:
                member.log.compactedTo >= member.log.bootstrapTo && member.log.compactedTo > 0
                  ? 'compacted'
                  : to > member.log.bootstrapTo
                    ? 'compacted'
                    : 'bootstrap',
              from: 1,
              to,
              x: 0,
              width: to < first ? LOG.block : xOf(to) + LOG.cell,
            },
      cells: cells.map((cell) => ({ cell, x: xOf(cell.index), match: peer?.match === cell.index })),
      next: peer === undefined || peer.next < first || peer.next > last + 1 ? undefined : { index: peer.next, x: xOf(peer.next) },
    };
  });
  const right = xOf(last + 1) + 16;
  return { width: right, height: LOG.header + members.length * (LOG.row + LOG.rowGap), columns, blockTo: first - 1, rows, leader };
}
