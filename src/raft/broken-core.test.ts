/** The rules that a test may break on purpose: each is kept by default, and broken it does what its name says, or it would prove nothing. */

import { describe, expect, it } from 'vitest';
import { NO_NODE } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import { parseChanges } from '#raft/conf-change.ts';
import type { BrokenRules } from '#raft/core.ts';
import { entriesOf, Lone, msgApp, msgAppResp, msgHeartbeat, msgVote, msgVoteResp, sentTo, type NodeStart } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

/** What happens with the rule kept and with it broken. */
function both<T>(rule: keyof BrokenRules, run: (broken: BrokenRules) => T): { readonly kept: T; readonly broken: T } {
  return { kept: run({}), broken: run({ [rule]: true }) };
}
const leaderOf = (broken: BrokenRules, start: NodeStart = {}): Lone => new Lone({ ...start, config: { broken } }).lead();
const voters = [1, 2, 3, 4, 5];
const joint = { version: 2, transition: 'joint-explicit', context: utf8('') } as const;

describe('commits', () => {
  it.each<readonly [keyof BrokenRules, readonly number[], readonly number[], readonly [number, number]]>([
    // rule, voters, who acknowledges the leader's first entry besides itself, the commit index kept and broken
    ['commitWithoutMajority', voters, [2], [0, 1]],
    ['commitWithoutMajority', voters, [], [0, 0]],
    ['commitWithoutMajority', [1], [], [1, 1]],
    ['countLearners', [1, 2, 3], [9], [0, 1]],
    ['countLearners', [1, 2, 3], [], [0, 0]],
  ])('%s: of %o, acknowledged by %o', (rule, of, acks, [kept, broken]) => {
    const found = both(rule, (rules) => {
      const lone = leaderOf(rules, { voters: of, learners: [9] });
      for (const from of acks) lone.step(msgAppResp({ from, term: 1 }, 1));
      return lone.status.commit;
    });
    expect(found).toEqual({ kept, broken });
  });

  it('ignoreOutgoing: of a joint configuration, also in elections', () => {
    const found = both('ignoreOutgoing', (rules) => {
      const lone = leaderOf(rules);
      lone.node.applyConfChange({ ...joint, changes: parseChanges('r2 r3') ?? [] });
      lone.node.propose(utf8('x'));
      lone.flush();
      const { commit } = lone.status;
      lone.step(msgHeartbeat({ from: 2, term: 5 }));
      lone.node.campaign();
      lone.flush();
      return [commit, lone.status.role];
    });
    expect(found).toEqual({ kept: [0, 'candidate'], broken: [2, 'leader'] });
  });

  it('commitOlderTermByCounting', () => {
    const found = both('commitOlderTermByCounting', (rules) => {
      const lone = leaderOf(rules, { log: [1, 2] });
      lone.step(msgAppResp({ from: 2, term: 3 }, 2));
      return lone.status.commit;
    });
    expect(found).toEqual({ kept: 0, broken: 2 });
  });
});

describe('votes', () => {
  const votes = (start: NodeStart, from: number, logTerm: number): boolean => {
    const lone = new Lone(start);
    return sentTo(lone.step(msgVote('MsgVote', { from, term: 2 }, logTerm, 1)), from, 'MsgVoteResp')[0]?.reject === false;
  };
  it.each<readonly [keyof BrokenRules, NodeStart, number]>([
    ['forgetVoteOnRestart', { log: [1], term: 2, vote: 2 }, 1],
    ['voteTwice', { log: [1], term: 2, vote: 2 }, 1],
    ['voteForOutdatedLog', { log: [1], term: 2 }, 0],
  ])('%s', (rule, start, logTerm) => {
    expect(both(rule, (broken) => votes({ ...start, config: { broken } }, 3, logTerm))).toEqual({ kept: false, broken: true });
  });
});

describe('logs', () => {
  it('skipLogMatching: an entry after one of another term', () => {
    const found = both('skipLogMatching', (broken) => {
      const lone = new Lone({ log: [1, 1], term: 3, config: { broken } });
      lone.step(msgApp({ from: 2, term: 3 }, 2, 2, entriesOf(3, [3])), msgApp({ from: 2, term: 3 }, 2, 9, entriesOf(10, [3])));
      return lone.logTerms;
    });
    expect(found).toEqual({ kept: [1, 1], broken: [1, 1, 3] });
  });

  it('keepConflicting: own entries stay where the leader’s differ, and are acknowledged', () => {
    const found = both('keepConflicting', (broken) => {
      const lone = new Lone({ log: [1, 1, 1], term: 3, config: { broken } });
      const [answer] = sentTo(lone.step(msgApp({ from: 2, term: 3 }, 1, 1, entriesOf(2, [2, 2]))), 2, 'MsgAppResp');
      return [lone.logTerms, answer?.index, answer?.reject];
    });
    expect(found).toEqual({ kept: [[1, 2, 2], 3, false], broken: [[1, 1, 1], 3, false] });
  });
});

describe('leaders', () => {
  it('readWithoutQuorum: answer reads alone', () => {
    const found = both('readWithoutQuorum', (rules) => {
      const lone = leaderOf(rules);
      lone.step(msgAppResp({ from: 2, term: 1 }, 1));
      lone.node.readIndex(utf8('r'));
      return lone.eventsOf('read-confirmed').length;
    });
    expect(found).toEqual({ kept: 0, broken: 1 });
  });

  it('leadIntoHigherTerm: go on in the term of whoever has a higher one', () => {
    const found = both('leadIntoHigherTerm', (rules) => {
      const lone = leaderOf(rules);
      lone.step(msgVoteResp('MsgVoteResp', { from: 2, term: 7 }, true));
      const { role, term, lead } = lone.status;
      return { role, term, lead };
    });
    expect(found).toEqual({ kept: { role: 'follower', term: 7, lead: NO_NODE }, broken: { role: 'leader', term: 7, lead: id(1) } });
  });
});
