/** Behind the data views may stand a cluster that only etcd's own calls reach: what it cannot do is not offered. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Conductor } from '#view/conductor.ts';
import { DATA_VIEWS, viewsOf } from '#view/data-view.ts';
import type { ClusterAnswer, ClusterRow, DataFlags } from '#view/data.ts';
import { createPlayground } from '#store/playground.ts';
import { DataViews } from '#ui/data/DataViews.tsx';
import { Wizard } from '#ui/data/MembersView.tsx';
import { PlaygroundContext } from '#ui/playground-context.ts';

const EVERYTHING: DataFlags = { faults: true, internals: true };
const REAL_CLUSTER: DataFlags = { faults: false, internals: false };

function render(flags: DataFlags, element: React.JSX.Element): string {
  const playground = createPlayground({
    conductor: {} as Conductor, // nothing is asked of it while the page is only written down
    storage: undefined,
    languages: ['en'],
    prefersDark: false,
    wall: () => 0,
    copy: async () => true,
    addressWith: (fragment) => fragment,
  });
  const source = { flags, ask: async () => Promise.reject(new Error('nobody answers')) };
  const context = { playground: { ...playground, source }, ticker: { subscribe: () => () => undefined, now: () => 0, still: () => true } };
  return renderToStaticMarkup(<PlaygroundContext value={context}>{element}</PlaygroundContext>);
}

const row = (changed: Partial<ClusterRow>): ClusterRow => ({
  name: 'etcd-4',
  id: '1',
  peerUrls: ['http://127.0.0.1:2680'],
  clientUrls: [],
  isLearner: true,
  isMember: true,
  status: undefined,
  match: 3,
  alarms: [],
  ...changed,
});
const cluster = (changed: Partial<ClusterRow>): ClusterAnswer => ({
  type: 'cluster',
  at: 0,
  member: 'etcd-1',
  error: undefined,
  version: '3.5.0',
  rows: [row(changed)],
  voters: 3,
  quorum: 2,
  leader: 'etcd-1',
  lastIndex: 9,
});

describe('the data views of a source', () => {
  it('that can do everything are all there', () => {
    expect(viewsOf(EVERYTHING)).toEqual(DATA_VIEWS);
    const html = render(EVERYTHING, <DataViews />);
    for (const name of ['Keys', 'Watchers', 'Load']) expect(html).toContain(`>${name}</button>`);
  });

  it('that tells no internals and takes no play lines leave out watchers and load', () => {
    const html = render(REAL_CLUSTER, <DataViews />);
    expect(html).toContain('>Keys</button>');
    expect(html).toContain('>Leases</button>');
    expect(html).not.toContain('>Watchers</button>');
    expect(html).not.toContain('>Load</button>');
  });

  it('offer to start a member only where one can be started', () => {
    const unstarted = cluster({ name: '' });
    expect(render(EVERYTHING, <Wizard cluster={unstarted} />)).toMatch(/<button[^>]*>Start/);
    expect(render(REAL_CLUSTER, <Wizard cluster={unstarted} />)).not.toContain('<button');
  });

  it('show how far a learner is only where the leader’s bookkeeping is told; it can be promoted all the same', () => {
    expect(render(EVERYTHING, <Wizard cluster={cluster({})} />)).toContain('<progress');
    const html = render(REAL_CLUSTER, <Wizard cluster={cluster({})} />);
    expect(html).not.toContain('<progress');
    expect(html).toMatch(/<button[^>]*>Promote/);
  });
});
