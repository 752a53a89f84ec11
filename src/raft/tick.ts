/** One tick of the logical clock (paper §5.2: election timeouts and heartbeats). */

import { NO_NODE } from '#kernel/brand.ts';
import type { Core, LeaderRole } from '#raft/core.ts';
import { startElection, unpromotableReason } from '#raft/election.ts';
import { broadcastHeartbeat } from '#raft/replicate.ts';
import { checkQuorum } from '#raft/step-leader.ts';

/** Lets one tick pass. */
export function tick(core: Core): void {
  const { role } = core;
  if (role.type === 'leader') tickLeader(core, role);
  else tickElection(core);
}

function tickElection(core: Core): void {
  core.electionElapsed += 1;
  if (core.electionElapsed < core.randomizedElectionTimeout || unpromotableReason(core) !== undefined) return;
  const ticks = core.electionElapsed;
  core.electionElapsed = 0;
  startElection(core, 'timeout', ticks);
}

function tickLeader(core: Core, role: LeaderRole): void {
  role.heartbeatElapsed += 1;
  core.electionElapsed += 1;
  if (core.electionElapsed >= core.settings.electionTicks) {
    core.electionElapsed = 0;
    if (core.settings.checkQuorum) checkQuorum(core, role);
    if (core.role !== role) return; // stepped down
    if (role.transferee !== NO_NODE) {
      // Not done within an election timeout: this leader takes proposals again (dissertation §3.10).
      core.emit({ type: 'transfer-expired', term: core.term, peer: role.transferee });
      role.transferee = NO_NODE;
    }
  }
  if (role.heartbeatElapsed >= core.settings.heartbeatTicks) {
    role.heartbeatElapsed = 0;
    broadcastHeartbeat(core, role);
  }
}
