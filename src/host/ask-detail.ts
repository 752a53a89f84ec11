/** Asks a member for what the page shows of it beyond its status. Asking changes nothing and is not traced. */

import { nodeId } from '#kernel/brand.ts';
import type { Cast } from '#host/cast.ts';
import type { LiveRun } from '#host/live-run.ts';
import { CELLS_MAX, type MemberDetail } from '#host/member-detail.ts';
import type { LogAnswer, RaftAnswer } from '#etcd/inspection.ts';
import type { PeerProgress } from '#view/frame.ts';

const stateOf = (state: string): PeerProgress['state'] => (state === 'replicate' || state === 'snapshot' ? state : 'probe');

/** Undefined if the member does not run. */
export async function askDetail(run: LiveRun, actor: number, cast: Cast): Promise<MemberDetail | undefined> {
  const status = run.world.core.seats[actor - 1]?.status;
  if (status === undefined) return undefined;
  const from = Math.max(status.firstIndex, status.lastIndex - CELLS_MAX + 1);
  const [log, raft] = await Promise.all([run.ask(actor, { type: 'log', from, to: status.lastIndex }), run.ask(actor, { type: 'raft' })]);
  if (log === undefined || raft === undefined) return undefined;
  // The answers' types are the member's own (inspection.ts); both ends are the same build.
  return detailOf(log as unknown as LogAnswer, raft as unknown as RaftAnswer, cast);
}

function detailOf(log: LogAnswer, raft: RaftAnswer, cast: Cast): MemberDetail {
  const name = (id: bigint): string => cast.nodeName(nodeId(id));
  return {
    cells: log.cells,
    bootstrapTo: log.bootstrapTo,
    votes: raft.votes.map(({ id, granted }) => ({
      name: name(id),
      vote: granted === undefined ? 'pending' : granted ? 'granted' : 'refused',
    })),
    progress: raft.progress
      .filter(({ id }) => id !== raft.id)
      .map(({ id, state, match, next, inflight, paused, active }) => ({
        name: name(id),
        state: stateOf(state),
        match,
        next,
        inflight,
        paused,
        active,
      })),
  };
}
