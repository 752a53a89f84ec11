/**
 * Rules that a run can break on purpose, each at one seam, to prove that the checkers see it (and to show what the rule is for). All are off by
 * default. The seams of the Raft core are its own {@link CoreBroken}; the member's ask {@link breaks} where a rule is used seldom.
 * `docs/checkers.md` says which check finds which.
 */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import type { BrokenRules as CoreBroken } from '#raft/core.ts';

interface Breakable {
  readonly broken: readonly BrokenRule[];
}

/** Whether a rule is broken on purpose. */
export const breaks = ({ broken }: Breakable, rule: BrokenRule): boolean => broken.length > 0 && broken.includes(rule);

/** The rules of the core among them; empty in every real run. */
export function coreBroken({ broken }: Breakable): CoreBroken {
  if (broken.length === 0) return {};
  const has = (rule: BrokenRule): boolean => broken.includes(rule);
  return {
    commitOlderTermByCounting: has('commit-older-term'),
    forgetVoteOnRestart: has('forget-vote-on-restart'),
    voteTwice: has('vote-twice'),
    voteForOutdatedLog: has('vote-for-outdated-log'),
    commitWithoutMajority: has('commit-without-majority'),
    skipLogMatching: has('skip-log-matching'),
    readWithoutQuorum: has('read-without-quorum'),
    keepConflicting: has('keep-conflicting'),
    leadIntoHigherTerm: has('lead-into-higher-term'),
    countLearners: has('count-learners'),
    ignoreOutgoing: has('ignore-outgoing'),
  };
}
