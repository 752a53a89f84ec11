/** The doors to the data views, and the one that is open. Loaded when the tab is opened first. */

import { useEffect, useRef, useState, type JSX } from 'react';
import { viewsOf, type DataView } from '#view/data-view.ts';
import { KeysView } from '#ui/data/KeysView.tsx';
import { LeasesView } from '#ui/data/LeasesView.tsx';
import { LoadView } from '#ui/data/LoadView.tsx';
import { MembersView } from '#ui/data/MembersView.tsx';
import { RevisionsView } from '#ui/data/RevisionsView.tsx';
import { StorageView } from '#ui/data/StorageView.tsx';
import { TxnView } from '#ui/data/TxnView.tsx';
import { UsersView } from '#ui/data/UsersView.tsx';
import { useData, useDataMember, useDataWords, useFlags } from '#ui/data/use-data.ts';
import { V2View } from '#ui/data/V2View.tsx';
import { WatchersView } from '#ui/data/WatchersView.tsx';
import { useActions, useView } from '#ui/playground-context.ts';
import '#ui/data/data.css';

/** What most runs never use stays out of sight until it is asked for, or used. */
const RARE: readonly DataView[] = ['users', 'v2'];

/** Which of the rare views something can be seen in. */
function useUsed(): ReadonlySet<DataView> {
  const member = useDataMember();
  const auth = useData(member === undefined ? undefined : { type: 'auth', member: member.name });
  const v2 = useData(member === undefined ? undefined : { type: 'v2', member: member.name });
  return new Set<DataView>([
    ...(auth !== undefined && (auth.enabled || auth.users.length > 0 || auth.roles.length > 0) ? (['users'] as const) : []),
    ...(v2?.enabled === true ? (['v2'] as const) : []),
  ]);
}

function Body({ view }: { readonly view: DataView }): JSX.Element {
  switch (view) {
    case 'keys':
      return <KeysView />;
    case 'revisions':
      return <RevisionsView />;
    case 'watchers':
      return <WatchersView />;
    case 'leases':
      return <LeasesView />;
    case 'txn':
      return <TxnView />;
    case 'members':
      return <MembersView />;
    case 'storage':
      return <StorageView />;
    case 'load':
      return <LoadView />;
    case 'users':
      return <UsersView />;
    case 'v2':
      return <V2View />;
  }
}

export function DataViews(): JSX.Element {
  const words = useDataWords();
  const wanted = useView((state) => state.data.view);
  const { showData } = useActions();
  const used = useUsed();
  const [all, setAll] = useState(false);
  const able = viewsOf(useFlags());
  const view = able.includes(wanted) ? wanted : 'keys';
  const shown = able.filter((each) => all || !RARE.includes(each) || used.has(each) || each === view);
  const doors = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the doors are one row that scrolls.
    doors.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [view]);
  return (
    <>
      <nav ref={doors} className="data-doors" aria-label={words.title}>
        {shown.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={each === view ? 'page' : undefined}
            onClick={() => {
              showData(each);
            }}
          >
            {words.views[each]}
          </button>
        ))}
        {shown.length < able.length && (
          <button
            type="button"
            onClick={() => {
              setAll(true);
            }}
          >
            {words.more}
          </button>
        )}
      </nav>
      <Body key={view} view={view} />
    </>
  );
}
