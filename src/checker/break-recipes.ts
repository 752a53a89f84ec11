/**
 * For each rule that can be broken on purpose: what it says, the faults that put it to the test, and within how many seeds the checks find a run that
 * goes wrong without it. The same seeds of a sound cluster are clean.
 */

import type { BrokenRule } from '#kernel/broken-rule.ts';
import { chaosOptions } from '#checker/chaos-options.ts';
import { runChaos, type ChaosPlan, type ChaosResult } from '#checker/chaos.ts';
import { DEFAULT_MIX, FAULT_MIXES } from '#checker/fault-mix.ts';
import { trafficOf, type TrafficPlan } from '#checker/traffic-plan.ts';
import type { Property } from '#checker/violation.ts';
import type { SyncNodeHost } from '#sim/node-host.ts';
import type { RunOptions } from '#sim/run-options.ts';

export interface BreakRecipe {
  /** The rule, as it holds in a sound cluster, with its source. */
  readonly rule: string;
  /** etcd's issue of the defect that this brings back; its shortened scenario is kept in `src/cli/museum`. */
  readonly issue: number | undefined;
  /** A name of `FAULT_MIXES`. */
  readonly mix: string;
  readonly nodes: number;
  /** Over the options that the seed draws. */
  readonly options: Partial<RunOptions>;
  /** Over the traffic that the seed draws. */
  readonly traffic: Partial<TrafficPlan>;
  /** Clients that write keys of their own; undefined: as many as suit the mix. */
  readonly writers: number | undefined;
  /** Virtual seconds under faults. */
  readonly seconds: number;
  /** Seeds from 1 within which a violation is found. */
  readonly seedsMax: number;
  /** The properties that may be broken first. */
  readonly seen: readonly Property[];
}

const RAFT: readonly Property[] = ['election-safety', 'log-matching', 'leader-completeness', 'state-machine-safety'];
/** What a lost or doubled entry may first be noticed by. */
const LOST: readonly Property[] = [
  ...RAFT,
  'durable-before-sent',
  'monotone-revision',
  'one-history',
  'crash',
  'durability',
  'linearizability',
  'equal-stores',
];
const recipe = (rule: string, rest: Partial<BreakRecipe>): BreakRecipe => ({
  rule,
  issue: undefined,
  mix: 'default',
  nodes: 3,
  options: {},
  traffic: {},
  writers: undefined,
  seconds: 40,
  seedsMax: 20,
  seen: LOST,
  ...rest,
});
const WITH_PRE_VOTE: Partial<RunOptions> = { profile: '3.5', preVote: true };
const SMALL_SNAPSHOTS: Partial<RunOptions> = { snapshotCount: 30, snapshotCatchUpEntries: 5 };
/** Few changes, half of them deletions, and compactions that often reach the newest one. */
const SLOW_DELETES: Partial<TrafficPlan> = {
  mix: 'delete',
  clients: 1,
  keys: 3,
  pauseMs: 600,
  compactMs: 50,
  compactsNewest: true,
  timeoutMs: 1000,
};

export const BREAK_RECIPES: Readonly<Partial<Record<BrokenRule, BreakRecipe>>> = {
  'forget-vote-on-restart': recipe('a vote is remembered over a restart (paper §5.2)', { mix: 'double-vote', seen: ['monotone-vote'] }),
  'vote-twice': recipe('one vote a term (§5.2)', { seen: ['monotone-vote'] }),
  'vote-for-outdated-log': recipe('nobody votes for a log that is behind its own (§5.4.1)', {}),
  'commit-older-term': recipe('only entries of the own term are committed by counting (§5.4.2, figure 8)', { mix: 'figure-8' }),
  'commit-without-majority': recipe('an entry is committed when a majority holds it (§5.3)', {}),
  'ack-before-flush': recipe('an entry is acknowledged only when it is on disk (§5.3)', { mix: 'power' }),
  'keep-conflicting': recipe("a follower's entries give way to its leader's (§5.3)", {}),
  'lead-into-higher-term': recipe('a leader that hears of a higher term steps down (§5.1)', {}),
  'read-without-quorum': recipe('a leader asks a quorum before it answers a read (dissertation §6.4)', {
    mix: 'isolated-leader',
    options: { checkQuorum: false, preVote: false },
    seen: ['linearizability'],
  }),
  'many-conf-changes': recipe('one change of the members at a time (dissertation §4.1)', { mix: 'two-removals' }),
  'count-learners': recipe("a learner's acknowledgement does not count (dissertation §4.2.1)", { mix: 'learning-member' }),
  'no-pre-vote': recipe('a member that comes back asks before it campaigns (dissertation §9.6)', {
    mix: 'returning-member',
    options: WITH_PRE_VOTE,
    seen: ['disruption'],
  }),
  'no-check-quorum': recipe('a leader that no quorum hears steps down (dissertation §6.2)', {
    mix: 'isolated-leader',
    seen: ['stale-leader', 'linearizability'],
  }),
  'lease-clock': recipe('a new leader gives every lease its full time again', { seen: ['lease-floor'] }),
  'swap-applies': recipe('entries are applied in the order of the log (§5.3)', { seen: [...LOST, 'lease-floor'] }),
  'watch-resume': recipe('a watch begins at the revision that it asks for', { seen: ['watch-resumable', 'watch-reliable'] }),
  'compact-too-far': recipe('a compaction keeps what is needed to read at its own revision', {
    seen: ['linearizability', 'serializable-read'],
  }),
  'watch-back-in-time': recipe('a watch of revisions to come hears of no older ones after a snapshot', {
    issue: 15271,
    mix: 'lagging-member',
    options: { ...WITH_PRE_VOTE, ...SMALL_SNAPSHOTS },
    traffic: { watchers: 3 },
    seen: ['watch-resumable', 'watch-unique', 'watch-ordered'],
  }),
  'compact-tombstone': recipe('a deletion at the compacted revision stays in the history', {
    issue: 18089,
    mix: 'restarts',
    options: WITH_PRE_VOTE,
    traffic: { ...SLOW_DELETES, watchers: 3, watchPauseMs: 600 },
    writers: 0,
    seen: ['watch-resumable', 'watch-reliable'],
  }),
  'ack-alone': recipe('a member that is alone acknowledges only what is on its disk too', {
    issue: 14370,
    mix: 'power',
    nodes: 1,
    seen: LOST,
  }),
  'watch-skip-slow': recipe('a watcher that its client is slow to read is told of every event, or of its end', {
    issue: 17529,
    mix: 'slow-reader',
    traffic: { mix: 'large', watchers: 2, keys: 3, compactMs: 500 },
    writers: 0,
    seen: ['watch-reliable', 'watch-resumable'],
  }),
  'revision-regression': recipe('the revision does not fall when its last change was compacted away', {
    issue: 17780,
    mix: 'restarts',
    options: { ...SMALL_SNAPSHOTS, profile: '3.4.23', preVote: false },
    traffic: SLOW_DELETES,
    writers: 0,
    seen: ['one-history', 'state-machine-safety', 'monotone-revision', 'crash'],
  }),
};

/** The plan of one seed. @param isBroken false: the same with a sound cluster */
export function breakPlan(rule: BrokenRule, found: BreakRecipe, seed: number, isBroken = true): ChaosPlan {
  const { nodes, options, seconds, traffic, writers } = found;
  const mix = FAULT_MIXES[found.mix] ?? DEFAULT_MIX;
  return {
    seed,
    options: { ...chaosOptions(seed, nodes, isBroken ? [rule] : []), ...options },
    mix,
    micros: seconds * 1_000_000,
    writers: writers ?? (mix.plan === undefined ? 1 : 3),
    traffic: { ...trafficOf(seed), ...traffic },
  };
}

export interface FoundBreak {
  readonly seed: number;
  readonly result: ChaosResult;
  readonly disruption: boolean;
}

/** The first seed that a check finds something in; undefined if there is none within the recipe's limit. */
export function findBreak(rule: BrokenRule, found: BreakRecipe, newHost: () => SyncNodeHost): FoundBreak | undefined {
  for (let seed = 1; seed <= found.seedsMax; seed++) {
    const plan = breakPlan(rule, found, seed);
    const result = runChaos(plan, newHost());
    if (result.violations.length > 0) return { seed, result, disruption: plan.mix.disruption };
  }
  return undefined;
}
