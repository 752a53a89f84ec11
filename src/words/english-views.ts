/** The space-time diagram's filters, breakpoints and other words of the views in English. */

export const englishViews = {
  messages: 'Messages shown',
  groups: {
    all: 'all messages',
    append: 'replication',
    vote: 'votes',
    client: 'clients',
    heartbeat: 'heartbeats',
    lost: 'lost ones',
  },
  search: 'Key or text',
  follow: 'Follow',
  panned: 'Space-time diagram: arrow keys move it, + and − zoom, End follows the present, a double click goes to an instant',
  several: (count: number): string => `${count} messages`,
  appliedFrom: (first: number, last: number): string => `applied ${first} to ${last}`,
  breakpoints: 'Breakpoints',
  breakpointsExplained: 'Time stops as soon as a condition comes to hold. Conditions are those of play until.',
  condition: 'Condition',
  addBreakpoint: 'Add',
  ideas: 'Conditions to begin with',
  noBreakpoints: 'None yet.',
  hits: (count: number): string => (count === 0 ? 'never hit' : count === 1 ? 'hit once' : `hit ${count} times`),
  lastHit: (at: string): string => `last at ${at}`,
  removeBreakpoint: (condition: string): string => `Remove ${condition}`,
  stoppedAt: (condition: string, at: string): string => `Stopped at ${at}: ${condition}`,
};

export type ViewWords = typeof englishViews;
