/** What must hold in every run, in English. */

import type { SafetyProperty } from '#view/safety.ts';

/** What a property is called, what it means in one sentence, and where it is written. */
export interface PropertyWords {
  readonly name: string;
  readonly meaning: string;
  readonly source: string;
}

const RAFT = 'Raft, figure 3';

export const ENGLISH_PROPERTIES: Readonly<Record<SafetyProperty, PropertyWords>> = {
  'election-safety': { name: 'Election safety', meaning: 'A term has one leader at most.', source: `${RAFT}, §5.2` },
  'leader-append-only': {
    name: 'Leader append-only',
    meaning: 'A leader never changes or removes entries of its own log; it only adds.',
    source: `${RAFT}, §5.3`,
  },
  'log-matching': {
    name: 'Log matching',
    meaning: 'Two logs that have an entry of the same index and term are the same up to there.',
    source: `${RAFT}, §5.3`,
  },
  'leader-completeness': {
    name: 'Leader completeness',
    meaning: 'What was committed once is in the log of every later leader.',
    source: `${RAFT}, §5.4`,
  },
  'state-machine-safety': {
    name: 'State machine safety',
    meaning: 'No two members apply different entries at one index.',
    source: `${RAFT}, §5.4.3`,
  },
  'monotone-term': {
    name: 'Terms only grow',
    meaning: 'A member never goes back to an older term, not even after a restart.',
    source: 'Raft, figure 2, §5.1',
  },
  'monotone-vote': {
    name: 'One vote in a term',
    meaning: 'A member that voted in a term does not vote for another in it.',
    source: 'Raft §5.2',
  },
  'monotone-commit': {
    name: 'Commits only grow',
    meaning: 'What a member knows to be committed is never taken back while it runs.',
    source: 'Raft, figure 2',
  },
  'durable-before-sent': {
    name: 'On disk before it is said',
    meaning: 'A vote or an acknowledgement leaves a member only after the flush of what it promises.',
    source: 'Raft, figure 2',
  },
  linearizability: {
    name: 'Linearizability',
    meaning: 'Every request seems to happen at one instant between its beginning and its answer, and all see that order.',
    source: 'Raft §8; Herlihy and Wing',
  },
  'serializable-read': {
    name: 'Serializable reads',
    meaning: 'A read of one member’s own state shows a state that there once was.',
    source: 'etcd, KV API guarantees',
  },
  'one-revision': {
    name: 'One revision, one state',
    meaning: 'Whoever sees a revision sees the same keys and values at it.',
    source: 'etcd, data model',
  },
  'monotone-revision': {
    name: 'Revisions only grow',
    meaning: 'A client that saw a revision is never answered from an older one by a linearizable request.',
    source: 'etcd, KV API guarantees',
  },
  'lease-floor': {
    name: 'Leases live long enough',
    meaning: 'A lease does not run out before its time to live is over.',
    source: 'etcd, lease API',
  },
  'v2-order': { name: 'Order of v2', meaning: 'The indices of the v2 store only grow, for every client.', source: 'etcd v2 API' },
  'watch-filter': {
    name: 'Watch: only what was asked',
    meaning: 'A watch hears of keys of its range alone.',
    source: 'etcd, watch API guarantees',
  },
  'watch-ordered': {
    name: 'Watch: in order',
    meaning: 'Events come in the order of their revisions.',
    source: 'etcd, watch API guarantees',
  },
  'watch-unique': { name: 'Watch: once', meaning: 'No event comes twice on one watch.', source: 'etcd, watch API guarantees' },
  'watch-atomic': {
    name: 'Watch: whole revisions',
    meaning: 'All events of one revision come together.',
    source: 'etcd, watch API guarantees',
  },
  'watch-bookmarkable': {
    name: 'Watch: progress is true',
    meaning: 'After a progress notice no event of an older revision comes.',
    source: 'etcd, watch API guarantees',
  },
  'watch-resumable': {
    name: 'Watch: it can go on',
    meaning: 'A watch from a revision that is not compacted hears of everything since.',
    source: 'etcd, watch API guarantees',
  },
  'watch-reliable': {
    name: 'Watch: nothing is left out',
    meaning: 'Between two events that come there is none that does not.',
    source: 'etcd, watch API guarantees',
  },
  'watch-prev-kv': {
    name: 'Watch: the value before',
    meaning: 'The value before a change is the one that was there.',
    source: 'etcd, watch API guarantees',
  },
  'watch-is-create': {
    name: 'Watch: new or changed',
    meaning: 'An event says rightly whether it made its key or changed it.',
    source: 'etcd, watch API guarantees',
  },
  'hash-kv': {
    name: 'Same applied, same store',
    meaning: 'Members that applied the same have the same hash of their keys.',
    source: 'etcd, HashKV',
  },
};
