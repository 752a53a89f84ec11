/** The named scenarios, in English. */

import type { ScenarioId } from '#view/scenario.ts';

/** What a scenario is called, and what it shows in one sentence. */
export interface ScenarioWords {
  readonly name: string;
  readonly shows: string;
}

const SCENARIOS: Readonly<Record<ScenarioId, ScenarioWords>> = {
  'leader-killed': {
    name: 'The leader dies',
    shows: 'Three members lose their leader; one of the others runs out of patience, asks for votes and leads the next term.',
  },
  'two-leaders': {
    name: 'Two leaders',
    shows: 'The network splits 2 | 3: the old leader goes on with its term on the small side, a newer one leads where the majority is.',
  },
  'log-truncated': {
    name: 'An entry is taken back',
    shows:
      'An entry that never reached a majority is cut off the log when the network heals, and what the new leader committed takes its place.',
  },
  'snapshot-installed': {
    name: 'A snapshot',
    shows: 'A member was away for so long that the entries that it lacks are compacted: the leader sends it a snapshot instead.',
  },
  'quorum-lost': {
    name: 'No quorum',
    shows: 'Two of three members die: the last one asks for votes in vain, and a put waits until its client gives up.',
  },
  'stale-read': {
    name: 'An old answer',
    shows:
      'On the small side of a split, a read with --consistency=s answers with the old value; a linearizable one gets no answer at all.',
  },
  'lease-survives': {
    name: 'A lease outlives its leader',
    shows: 'The leader that counts a lease down dies; the next one begins the countdown anew, so the key lives longer, never shorter.',
  },
  'watch-goes-on': {
    name: 'A watch goes on',
    shows: 'A client watches through a follower; the leader dies, and the watch hears of the next change as if nothing had happened.',
  },
  'rule-broken': {
    name: 'A rule is broken',
    shows: 'Members forget whom they voted for: two leaders of one term appear, and the checkers say so.',
  },
};

export const englishScenarios = {
  title: 'Scenarios',
  about: 'Short runs that show one thing each. Each opens just before it happens, in the place of the present run.',
  open: 'Open',
  copyLink: 'Copy the link',
  qr: 'QR code',
  qrLabel: (name: string): string => `The link to “${name}” as a QR code`,
  more: 'Scenarios that show one thing each',
  of: SCENARIOS,
};
