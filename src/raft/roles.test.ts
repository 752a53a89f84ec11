/** Changes of role that cannot be: assertions, which stop a node before it does harm. */

import { describe, expect, it } from 'vitest';
import { NO_NODE, term } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from '#raft/roles.ts';
import { send } from '#raft/send.ts';
import { Lone, msgHeartbeat } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

describe('a node cannot', () => {
  it('go back to an earlier term', () => {
    const lone = new Lone({ log: [1], term: 4 });
    expect(() => becomeFollower(lone.node.state().core, term(3), NO_NODE, 'higher-term')).toThrow('term goes down from 4 to 3');
  });

  it('campaign while it leads', () => {
    const { core } = new Lone({ log: [1] }).lead().node.state();
    expect(() => becomeCandidate(core)).toThrow('leader of term 2 cannot become candidate');
    expect(() => becomePreCandidate(core)).toThrow('leader of term 2 cannot become pre-candidate');
  });

  it('lead without being candidate', () => {
    const { core } = new Lone({ log: [1], term: 2 }).node.state();
    expect(() => becomeLeader(core)).toThrow('follower of term 2 cannot become leader');
  });

  it('lead a configuration without itself', () => {
    const lone = new Lone({ log: [1] });
    lone.node.campaign();
    const change = { version: 2, transition: 'auto', changes: [{ type: 'remove-node', nodeId: id(1) }], context: EMPTY_BYTES } as const;
    lone.node.applyConfChange(change);
    expect(() => becomeLeader(lone.node.state().core)).toThrow('node 1 cannot lead a configuration without itself');
  });

  it('send itself what promises nothing', () => {
    const { core } = new Lone().node.state();
    expect(() => send(core, msgHeartbeat({ from: 1, to: 1, term: 1 }))).toThrow('MsgHeartbeat from node 1 to itself');
  });
});
