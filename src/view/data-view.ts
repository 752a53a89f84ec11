import type { DataFlags } from '#view/data.ts';

/** The data views, in the order of their doors. */
export const DATA_VIEWS = ['keys', 'revisions', 'watchers', 'leases', 'txn', 'members', 'storage', 'load', 'users', 'v2'] as const;
export type DataView = (typeof DATA_VIEWS)[number];

/** What a view has nothing to show without. */
const NEEDS: Readonly<Partial<Record<DataView, keyof DataFlags>>> = { watchers: 'internals', load: 'faults' };

/** The views that a source can fill. */
export function viewsOf(flags: DataFlags): readonly DataView[] {
  return DATA_VIEWS.filter((view) => {
    const need = NEEDS[view];
    return need === undefined || flags[need];
  });
}
