/** The page: one screen. */

import { lazy, Suspense, useEffect, useRef, type CSSProperties, type JSX } from 'react';
import { Header } from '#ui/Header.tsx';
import { HintRow } from '#ui/HintRow.tsx';
import { LogCard } from '#ui/log/LogCard.tsx';
import { Notices } from '#ui/Notices.tsx';
import { Narrator } from '#ui/Narrator.tsx';
import { useView, useWords } from '#ui/playground-context.ts';
import { Splitter } from '#ui/Splitter.tsx';
import { DropPlace } from '#ui/share/OpenFile.tsx';
import { StageCard } from '#ui/stage/StageCard.tsx';
import { TapeCard } from '#ui/tape/TapeCard.tsx';
import { useKeyboard } from '#ui/use-keyboard.ts';
import { useSteadyPress } from '#ui/use-steady-press.ts';
import { NARROW, useMedia } from '#ui/use-media.ts';
import { usePanels } from '#ui/use-panels.ts';

const Rail = lazy(async () => ({ default: (await import('#ui/Rail.tsx')).Rail }));
const Terminal = lazy(async () => ({ default: (await import('#ui/terminal/Terminal.tsx')).Terminal }));
const HelpDialog = lazy(async () => ({ default: (await import('#ui/HelpDialog.tsx')).HelpDialog }));
const Palette = lazy(async () => ({ default: (await import('#ui/commands/Palette.tsx')).Palette }));
const ContextMenu = lazy(async () => ({ default: (await import('#ui/menu/ContextMenu.tsx')).ContextMenu }));
const BranchesDialog = lazy(async () => ({ default: (await import('#ui/tape/BranchesDialog.tsx')).BranchesDialog }));
const BreakpointsDialog = lazy(async () => ({ default: (await import('#ui/tape/BreakpointsDialog.tsx')).BreakpointsDialog }));
const CompareDialog = lazy(async () => ({ default: (await import('#ui/compare/CompareDialog.tsx')).CompareDialog }));
const ScenariosDialog = lazy(async () => ({ default: (await import('#ui/share/ScenariosDialog.tsx')).ScenariosDialog }));
const ShareDialog = lazy(async () => ({ default: (await import('#ui/share/ShareDialog.tsx')).ShareDialog }));
const NewClusterDialog = lazy(async () => ({ default: (await import('#ui/NewClusterDialog.tsx')).NewClusterDialog }));

/** The terminal is asked for and not there yet: what is typed meanwhile is for it, and must not be taken for keys of the page. */
function KeysWait(): JSX.Element {
  useEffect(() => {
    const swallow = (event: KeyboardEvent): void => {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', swallow, { capture: true });
    return () => {
      window.removeEventListener('keydown', swallow, { capture: true });
    };
  }, []);
  return <div className="card" />;
}

/** The panels beside the stage, with what resizes them. */
function Side({ narrow }: { readonly narrow: boolean }): JSX.Element {
  const words = useWords();
  const { open } = usePanels();
  const sizes = useView((state) => state.preferences.sizes);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow page the panel opens below what is seen.
    if (window.matchMedia(NARROW).matches) ref.current?.scrollIntoView({ block: 'start' });
  }, []);
  const both = open('details') && open('terminal') && !narrow;
  // A custom property has no place in the type of styles.
  const style = { '--terminal-height': `${sizes.terminal}px` } as CSSProperties; // as said above
  return (
    <div className={sizes.terminal > 0 && both ? 'column side side-sized' : 'column side'} ref={ref} style={style}>
      {!narrow && (
        <Splitter
          panel="side"
          label={words.touch.resize.side}
          axis="x"
          least={300}
          most={() => window.innerWidth * 0.6}
          measure={() => ref.current?.clientWidth ?? 0}
        />
      )}
      <Suspense fallback={<div className="card" />}>
        {open('details') && <Rail />}
        {both && (
          <Splitter
            panel="terminal"
            label={words.touch.resize.terminal}
            axis="y"
            least={140}
            most={() => (ref.current?.clientHeight ?? 600) - 160}
            measure={() => ref.current?.querySelector('.terminal')?.clientHeight ?? 0}
          />
        )}
        {open('terminal') && (
          <Suspense fallback={<KeysWait />}>
            <Terminal />
          </Suspense>
        )}
      </Suspense>
    </div>
  );
}

/** The log below the stage. */
function Below({ narrow }: { readonly narrow: boolean }): JSX.Element {
  const words = useWords();
  return (
    <>
      {!narrow && (
        <Splitter
          panel="log"
          label={words.touch.resize.log}
          axis="y"
          least={90}
          most={() => window.innerHeight * 0.5}
          measure={() => document.querySelector('.log-card')?.clientHeight ?? 0}
        />
      )}
      <LogCard />
    </>
  );
}

function Overlays(): JSX.Element {
  const dialog = useView((state) => state.dialog);
  const compared = useView((state) => state.compared);
  const menu = useView((state) => state.menu !== undefined);
  return (
    <Suspense fallback={undefined}>
      {dialog === 'help' && <HelpDialog />}
      {dialog === 'new' && <NewClusterDialog />}
      {dialog === 'palette' && <Palette />}
      {menu && <ContextMenu />}
      {dialog === 'breakpoints' && <BreakpointsDialog />}
      {dialog === 'branches' && <BranchesDialog />}
      {dialog === 'compare' && compared !== undefined && <CompareDialog key={compared} branch={compared} />}
      {dialog === 'share' && <ShareDialog />}
      {dialog === 'scenarios' && <ScenariosDialog />}
    </Suspense>
  );
}

export function App(): JSX.Element {
  useKeyboard();
  useSteadyPress();
  const { open } = usePanels();
  const narrow = useMedia(NARROW);
  const width = useView((state) => state.preferences.sizes.side);
  const side = open('details') || open('terminal');
  return (
    <div className="page">
      <Header />
      <Notices />
      <DropPlace />
      <Narrator />
      <main
        className={side ? 'work work-with-side' : 'work'}
        style={side && width > 0 && !narrow ? { gridTemplateColumns: `minmax(0, 1fr) ${width}px` } : {}}
      >
        <div className="column">
          <StageCard />
          <HintRow />
          {open('log') && <Below narrow={narrow} />}
        </div>
        {side && <Side narrow={narrow} />}
      </main>
      <TapeCard />
      <Overlays />
    </div>
  );
}
