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
};

export type ViewWords = typeof englishViews;
