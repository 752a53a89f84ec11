/** The rail of details: why, one member, its data, what is safe. */

import type { JSX, KeyboardEvent } from 'react';
import { RAIL_TABS, type RailTab } from '#store/preferences.ts';
import { DataTab } from '#ui/data/DataTab.tsx';
import { MemberTab } from '#ui/member/MemberTab.tsx';
import { SafetyTab } from '#ui/safety/SafetyTab.tsx';
import { WhyTab } from '#ui/why/WhyTab.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

function TabBody({ tab }: { readonly tab: RailTab }): JSX.Element {
  switch (tab) {
    case 'why':
      return <WhyTab />;
    case 'member':
      return <MemberTab />;
    case 'data':
      return <DataTab />;
    case 'safety':
      return <SafetyTab />;
  }
}

export function Rail(): JSX.Element {
  const words = useWords();
  const tab = useView((state) => state.preferences.railTab);
  const { prefer } = useActions();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = RAIL_TABS[(RAIL_TABS.indexOf(tab) + step + RAIL_TABS.length) % RAIL_TABS.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    prefer({ railTab: next });
    event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <section className="card rail" aria-label={words.panels.details}>
      <div className="tabs" role="tablist" aria-label={words.panels.details} onKeyDown={onKeyDown}>
        {RAIL_TABS.map((each) => (
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
