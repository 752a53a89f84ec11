/**
 * The predicate language (DESIGN §5): one typed condition for `play until`, breakpoints and expectations. Its tree is here, text → tree in
 * predicate-parser.ts, its meaning over a world in predicate-eval.ts.
 *
 *     leader                         leader = etcd-2            alive etcd-2        frozen leader
 *     term > 3                       commit >= 10 on all        role = candidate on etcd-1
 *     key "foo" = "bar"              key "foo" exists           revision >= 5 on etcd-1
 *     entry 12 = 3 on all            messages MsgVote > 0       alarm NOSPACE       lease 694d71ddacfda227
 *     watchers >= 1                  outcome w1 = ok            not (leader or term < 2) and dbsize > 20480
 *     members = 4 on leader          voters = 3 on all          role = learner on etcd-4
 *     leaders >= 2                   messages MsgApp from 1 to 2    outcome any = unknown    outcomes failed > 3
 *     lease-of "k" = none            owner "lock" = "lock/a"    metric etcd_server_proposals_failed_total > 0
 *     steps-down                     event watch-cancelled      log 12      violated         violated election-safety
 *     leader changes                 term changes on etcd-1     key "foo" changes            lease-of "k" changes
 *     faults = 0                     faults >= 1 on etcd-1
 *
 * `on` names a member, `any` (the default), `all`, `followers`, `leader` or `majority`; only live members count.
 *
 * `steps-down`, `event` and `log` are **moments**: they hold in the instant in which the thing happens. `changes` compares with an earlier look: `play until`
 * with its first one, a breakpoint with the instant before.
 */

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Whole numbers that each member has. */
export const NUMBER_QUANTITIES = [
  'term',
  'commit',
  'applied',
  'first',
  'last',
  'revision',
  'compact',
  'dbsize',
  'watchers',
  'leases',
  'lead-changes',
  'members',
  'voters',
] as const;
export type NumberQuantity = (typeof NUMBER_QUANTITIES)[number];
export const ROLES = ['follower', 'pre-candidate', 'candidate', 'leader', 'learner'] as const;
export type RoleName = (typeof ROLES)[number];
export const OUTCOMES = ['running', 'ok', 'failed', 'unknown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Which live members a statement is about; a name or number of a member otherwise. */
export type Scope = { readonly type: 'any' | 'all' | 'majority' } | { readonly type: 'node'; readonly node: string };

/** A checked condition, plain data. */
export type Predicate =
  | { readonly type: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | { readonly type: 'not'; readonly operand: Predicate }
  /** A live member leads and a majority of the voters follow it in its term. */
  | { readonly type: 'has-leader' }
  | { readonly type: 'leader-is'; readonly node: string; readonly equal: boolean }
  | { readonly type: 'liveness'; readonly what: 'alive' | 'frozen' | 'dead'; readonly node: string }
  | {
      readonly type: 'number';
      readonly quantity: NumberQuantity;
      readonly comparison: Comparison;
      readonly value: number;
      readonly scope: Scope;
    }
  | { readonly type: 'role'; readonly role: RoleName; readonly equal: boolean; readonly scope: Scope }
  /** `value` undefined asks whether the key is there. */
  | { readonly type: 'key'; readonly key: string; readonly value: string | undefined; readonly equal: boolean; readonly scope: Scope }
  /** Compares the term of the log entry at an index; an absent entry has term 0. */
  | { readonly type: 'entry'; readonly index: number; readonly comparison: Comparison; readonly value: number; readonly scope: Scope }
  /** On their way between members; `from`, `to` undefined: any. */
  | {
      readonly type: 'messages';
      readonly kind: string;
      readonly from: string | undefined;
      readonly to: string | undefined;
      readonly comparison: Comparison;
      readonly value: number;
    }
  /** Faults in force: of a member (also one that does not run) or client, or of all and the network. */
  | { readonly type: 'faults'; readonly comparison: Comparison; readonly value: number; readonly node: string | undefined }
  | { readonly type: 'alarm'; readonly alarm: 'NOSPACE' | 'CORRUPT' | 'any'; readonly scope: Scope }
  /** `id` in lower-case hex. */
  | { readonly type: 'lease'; readonly id: string; readonly scope: Scope }
  /** `process` is a name, or `any`. */
  | { readonly type: 'outcome'; readonly process: string; readonly outcome: Outcome; readonly equal: boolean }
  /** How many ended so (or run). */
  | { readonly type: 'outcomes'; readonly outcome: Outcome; readonly comparison: Comparison; readonly value: number }
  /** Live members in the role of a leader, whether anybody follows them or not. */
  | { readonly type: 'leaders'; readonly comparison: Comparison; readonly value: number }
  /** The lease of a key, lower-case hex; `none`: it has none, or there is no such key. */
  | { readonly type: 'lease-of'; readonly key: string; readonly lease: string; readonly equal: boolean; readonly scope: Scope }
  /** The key under a prefix that was made first: who holds etcd's lock or leads its election. `none`: there is no key. */
  | { readonly type: 'owner'; readonly prefix: string; readonly key: string; readonly equal: boolean; readonly scope: Scope }
  /** A sample of `/metrics`, with its labels as they stand there; one that is not there is 0. */
  | { readonly type: 'metric'; readonly name: string; readonly comparison: Comparison; readonly value: number; readonly scope: Scope }
  /** A check found what may not be; `property` undefined: any. */
  | { readonly type: 'violated'; readonly property: string | undefined }
  /** In this instant a member stopped leading while it runs. */
  | { readonly type: 'steps-down'; readonly scope: Scope }
  /** In this instant a trace event of this kind happened at, or to, a member. `scope` any: to anybody. */
  | { readonly type: 'event'; readonly kind: string; readonly scope: Scope }
  /** In this instant a member wrote a line of etcd's log: by its id, or by a part of its message. */
  | { readonly type: 'log'; readonly line: number | string; readonly scope: Scope }
  | { readonly type: 'changes'; readonly of: Changing; readonly scope: Scope };

/** What `changes` can be said of. */
export type Changing =
  | { readonly type: 'leader' }
  | { readonly type: 'leaders' }
  | { readonly type: 'role' }
  | { readonly type: 'number'; readonly quantity: NumberQuantity }
  | { readonly type: 'key' | 'lease-of' | 'owner' | 'metric'; readonly key: string }
  | { readonly type: 'alarm' }
  | { readonly type: 'outcomes'; readonly outcome: Outcome };
