/** What a visitor has already seen happen; the hints go on from there. */

import type { FeedItem } from '#view/feed.ts';

export const MILESTONES = ['put', 'kill', 'restart', 'cut', 'minority', 'heal', 'pause', 'terminal'] as const;
export type Milestone = (typeof MILESTONES)[number];

function milestoneOf(item: FeedItem): Milestone | undefined {
  switch (item.fact.type) {
    case 'request':
      return /^put\b/.test(item.fact.label) ? 'put' : undefined;
    case 'killed':
    case 'crash-point':
      return 'kill';
    case 'started':
      return item.fact.incarnation > 1 ? 'restart' : undefined;
    case 'partitioned':
      return 'cut';
    case 'healed':
      return 'heal';
    default:
      return undefined;
  }
}

/** A put through a member of a smaller side of a cut. */
function isMinorityPut(item: FeedItem, sides: readonly (readonly string[])[]): boolean {
  if (milestoneOf(item) !== 'put' || item.member === undefined) return false;
  const { member } = item;
  const own = sides.find((side) => side.includes(member));
  return own !== undefined && sides.some((side) => side.length > own.length);
}

/** `seen` with what `items` add to it, while the network is cut into `sides`; the same list if they add nothing. */
export function withFacts(
  seen: readonly Milestone[],
  items: readonly FeedItem[],
  sides: readonly (readonly string[])[],
): readonly Milestone[] {
  return items.reduce<readonly Milestone[]>(
    (known, item) => withMilestone(withMilestone(known, milestoneOf(item)), isMinorityPut(item, sides) ? 'minority' : undefined),
    seen,
  );
}

/** `seen` with one more. */
export function withMilestone(seen: readonly Milestone[], milestone: Milestone | undefined): readonly Milestone[] {
  return milestone === undefined || seen.includes(milestone) ? seen : [...seen, milestone];
}
