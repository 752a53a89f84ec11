/** What the checks look for in a trace, as numbers: looked up once, compared for each event. */

import { RAFT_EVENTS } from '#raft/event.ts';
import { TRACE_SCHEMA } from '#trace/event.ts';

/** Raft's events. */
export const RAFT = {
  becameFollower: RAFT_EVENTS['became-follower'].id,
  becameCandidate: RAFT_EVENTS['became-candidate'].id,
  becamePreCandidate: RAFT_EVENTS['became-pre-candidate'].id,
  becameLeader: RAFT_EVENTS['became-leader'].id,
  started: RAFT_EVENTS['raft-started'].id,
  conflict: RAFT_EVENTS['conflict-found'].id,
  replaced: RAFT_EVENTS['unstable-replaced'].id,
  truncated: RAFT_EVENTS['unstable-truncated'].id,
  committed: RAFT_EVENTS['commit-advanced'].id,
  appended: RAFT_EVENTS['entries-appended'].id,
};
/** Why a commit index advanced: by counting a quorum. */
export const BY_QUORUM = RAFT_EVENTS['commit-advanced'].fields.reason.indexOf('quorum');
/** Records of a trace. */
export const KINDS = {
  raft: TRACE_SCHEMA.raft.kind,
  sent: TRACE_SCHEMA['message-sent'].kind,
  submitted: TRACE_SCHEMA['save-submitted'].kind,
  completed: TRACE_SCHEMA['save-completed'].kind,
  recovered: TRACE_SCHEMA.recovered.kind,
  applied: TRACE_SCHEMA.applied.kind,
};
/** Messages that promise something to be on disk. */
export const APPEND_ANSWER = 'MsgAppResp';
export const VOTE_ANSWER = 'MsgVoteResp';
