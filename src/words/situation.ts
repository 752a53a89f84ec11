/** What the headline and the hints are about: the headline's facts and who is not well. Derived from a frame, without deciding anything. */

import type { Frame, Headline } from '#view/frame.ts';
import type { SafetyProperty } from '#view/safety.ts';

/** A frame in the few facts that the sentence above the stage needs. */
export interface Situation {
  readonly headline: Headline;
  /** What must hold and was broken first, and when (virtual µs); how many other properties were broken since. */
  readonly broken: { readonly property: SafetyProperty; readonly at: number; readonly others: number } | undefined;
  /** Without a leader that a majority follows: the member of the newest term that leads all the same, just elected or left alone. */
  readonly claims: { readonly name: string; readonly term: number } | undefined;
  readonly dead: readonly string[];
  readonly crashed: readonly string[];
  readonly frozen: readonly string[];
  /** Members on the other sides of a cut than the leader's; all but the largest side if nobody leads. */
  readonly cutOff: readonly string[];
}

/** Reads the situation off a frame. */
export function situationOf(frame: Pick<Frame, 'headline' | 'members' | 'partition' | 'safety'>): Situation {
  const having = (life: string): readonly string[] => frame.members.filter((member) => member.life === life).map((member) => member.name);
  const { headline, partition } = frame;
  const leader = headline.type === 'leader' ? headline.leader : undefined;
  const largest = [...partition].sort((a, b) => b.length - a.length)[0];
  const home = partition.find((side) => leader !== undefined && side.includes(leader)) ?? largest;
  const [claims] = frame.members.filter((member) => member.life === 'up' && member.role === 'leader').sort((a, b) => b.term - a.term);
  const found = frame.safety.filter(({ state }) => state === 'violated').sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
  const [first] = found;
  return {
    headline,
    broken: first === undefined ? undefined : { property: first.property, at: first.since ?? 0, others: found.length - 1 },
    claims: claims === undefined ? undefined : { name: claims.name, term: claims.term },
    dead: having('dead'),
    crashed: having('crashed'),
    frozen: having('frozen'),
    cutOff: partition.filter((side) => side !== home).flat(),
  };
}
