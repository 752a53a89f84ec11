/**
 * What must hold in every run, as the page watches it: each property with how it stands, and the first violation with what shows it. Plain data;
 * the words are made by the page. Names are those of the checkers (docs/checkers.md), so the page and the command line say the same.
 */

/** All watched properties, in the order in which they are shown, by what they are about. */
export const SAFETY_GROUPS = {
  /** Raft paper, figure 3 and §5.2; what must be durable before it is said (§5, figure 2). */
  raft: [
    'election-safety',
    'leader-append-only',
    'log-matching',
    'leader-completeness',
    'state-machine-safety',
    'monotone-term',
    'monotone-vote',
    'monotone-commit',
    'durable-before-sent',
  ],
  /** etcd's promises to those who read and write. */
  clients: ['linearizability', 'serializable-read', 'one-revision', 'monotone-revision', 'lease-floor', 'v2-order'],
  /** etcd's promises to those who watch. */
  watch: [
    'watch-filter',
    'watch-ordered',
    'watch-unique',
    'watch-atomic',
    'watch-bookmarkable',
    'watch-resumable',
    'watch-reliable',
    'watch-prev-kv',
    'watch-is-create',
  ],
  /** Members that applied the same hold the same. */
  stores: ['hash-kv'],
} as const;

export type SafetyGroup = keyof typeof SAFETY_GROUPS;
export type SafetyProperty = (typeof SAFETY_GROUPS)[SafetyGroup][number];

/** One thing that cannot be, and the least that shows it. */
export interface SafetyViolation {
  /** Virtual µs. */
  readonly at: number;
  /** Names of the members, or of the clients' calls (`client#7`), that contradict each other, or the one that is wrong. */
  readonly members: readonly string[];
  /** Log index, 0 if it is not about one. */
  readonly index: number;
  /** One sentence, as the command line prints it. */
  readonly detail: string;
  /** What shows it, one line each, in the order of time; may be empty. */
  readonly events: readonly string[];
}

/** How one property stands. */
export interface SafetyView {
  readonly property: SafetyProperty;
  readonly group: SafetyGroup;
  /** `unchecked`: nothing has happened yet that could break it. */
  readonly state: 'holds' | 'violated' | 'unchecked';
  /** Virtual µs: the first moment that it was looked at, or of the first violation; undefined while unchecked. */
  readonly since: number | undefined;
  /** How often it was looked at. */
  readonly checks: number;
  /** The first one. */
  readonly violation: SafetyViolation | undefined;
}
