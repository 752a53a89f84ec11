/** Short runs that show one thing each, by name; what they are is the conductor's, their sentences are in #words. */

/** In the order in which they are listed. */
export const SCENARIO_IDS = [
  'leader-killed',
  'two-leaders',
  'log-truncated',
  'snapshot-installed',
  'quorum-lost',
  'stale-read',
  'lease-survives',
  'watch-goes-on',
  'rule-broken',
] as const;

export type ScenarioId = (typeof SCENARIO_IDS)[number];
