/** Answers the data views out of the run in this tab. */

import { readCluster } from '#host/data/read-cluster.ts';
import { readChanges, readRange } from '#host/data/read-keys.ts';
import { readLeases } from '#host/data/read-leases.ts';
import { readTraffic } from '#host/data/read-traffic.ts';
import { readAuth, readV2 } from '#host/data/read-users.ts';
import { readWatchers } from '#host/data/read-watchers.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { DataAnswer, DataQuery } from '#view/data.ts';

export async function answerQuery(run: LiveRun, query: DataQuery): Promise<DataAnswer> {
  switch (query.type) {
    case 'range':
      return readRange(run, query);
    case 'changes':
      return readChanges(run, query);
    case 'watchers':
      return readWatchers(run);
    case 'leases':
      return readLeases(run, query);
    case 'auth':
      return readAuth(run, query);
    case 'v2':
      return readV2(run, query);
    case 'cluster':
      return readCluster(run, query);
    case 'traffic':
      return readTraffic(run);
  }
}
