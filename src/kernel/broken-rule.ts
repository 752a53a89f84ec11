/**
 * The vocabulary of rules that a run can break on purpose: known to the command language (`play new --break`), to the members, which have the seams
 * (`#etcd/broken-rules.ts`), and to the checkers, which have to find them.
 */

/** Names for `--break`, in the order in which the documentation lists them. */
export const BROKEN_RULES = [
  // Raft
  'forget-vote-on-restart',
  'vote-twice',
  'vote-for-outdated-log',
  'commit-older-term',
  'commit-without-majority',
  'ack-before-flush',
  'keep-conflicting',
  'lead-into-higher-term',
  'read-without-quorum',
  'many-conf-changes',
  'ignore-outgoing',
  'count-learners',
  'skip-log-matching',
  // liveness
  'no-pre-vote',
  'no-check-quorum',
  // etcd
  'lease-clock',
  'swap-applies',
  'watch-resume',
  'compact-too-far',
  // bugs that etcd once had
  'watch-back-in-time',
  'compact-tombstone',
  'revision-regression',
  'ack-alone',
  'watch-skip-slow',
  // what clients are promised: planted to prove that each promise is looked at (src/checker/planted-faults.test.ts)
  'watch-no-filter',
  'watch-reorder',
  'watch-repeat',
  'watch-split',
  'watch-early-bookmark',
  'watch-lose',
  'watch-wrong-prev',
  'watch-wrong-create',
  'read-other-value',
  'revision-back',
  'rot-history',
  'revoke-half',
] as const;

export type BrokenRule = (typeof BROKEN_RULES)[number];
