/** The data views, in the order of their doors. */
export const DATA_VIEWS = ['keys', 'revisions', 'watchers', 'leases', 'txn', 'members', 'storage', 'load', 'users', 'v2'] as const;
export type DataView = (typeof DATA_VIEWS)[number];
