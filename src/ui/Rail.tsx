/** The rail of details: events, one member, the keys of one member. */

import type { JSX, KeyboardEvent } from 'react';
import type { RailTab } from '#store/preferences.ts';
import { EventsTab } from '#ui/EventsTab.tsx';
import { KeysTab } from '#ui/KeysTab.tsx';
import { MemberTab } from '#ui/MemberTab.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

const TABS: readonly RailTab[] = ['events', 'member', 'keys'];

function TabBody({ tab }: { readonly tab: RailTab }): JSX.Element {
  switch (tab) {
    case 'events':
      return <EventsTab />;
    case 'member':
      return <MemberTab />;
    case 'keys':
      return <KeysTab />;
  }
}

export function Rail(): JSX.Element {
  const words = useWords();
  const tab = useView((state) => state.preferences.railTab);
  const { prefer } = useActions();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    prefer({ railTab: next });
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <section className="card rail" aria-label={words.panels.details}>
      <div className="tabs" role="tablist" aria-label={words.panels.details} onKeyDown={onKeyDown}>
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            data-tab={each}
            aria-selected={tab === each}
            aria-controls="rail-body"
            tabIndex={tab === each ? 0 : -1}
            onClick={() => {
              prefer({ railTab: each });
            }}
          >
            {words.panels[each]}
          </button>
        ))}
      </div>
      <div className="rail-body" role="tabpanel" id="rail-body" aria-labelledby={`tab-${tab}`}>
        <TabBody tab={tab} />
      </div>
    </section>
  );
}
