/** What a member is asked for the page beyond its status: the newest log cells, votes and the leader's bookkeeping. */

import type { LogCell, MemberView, PeerProgress } from '#view/frame.ts';

/** Newest cells that the page gets. */
export const CELLS_MAX = 40;

export interface MemberDetail {
  /** Ascending; whether a cell is committed or applied is read from the status. */
  readonly cells: readonly Omit<LogCell, 'committed' | 'applied'>[];
  /** Last entry made by bootstrap. */
  readonly bootstrapTo: number;
  readonly votes: MemberView['votes'];
  readonly progress: readonly PeerProgress[];
}

export const EMPTY_DETAIL: MemberDetail = { cells: [], bootstrapTo: 0, votes: [], progress: [] };
