/** The tab of etcd's data; its views are loaded when it is opened first. */

import { lazy, Suspense, type JSX } from 'react';

const DataViews = lazy(async () => ({ default: (await import('#ui/data/DataViews.tsx')).DataViews }));

export function DataTab(): JSX.Element {
  return (
    <Suspense fallback={<p className="empty scroll">…</p>}>
      <DataViews />
    </Suspense>
  );
}
