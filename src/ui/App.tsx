/** The page: one screen. */

import { lazy, Suspense, useEffect, useRef, type CSSProperties, type JSX } from 'react';
import { Header } from '#ui/Header.tsx';
import { HintRow } from '#ui/HintRow.tsx';
import { LogCard } from '#ui/log/LogCard.tsx';
import { Notices } from '#ui/Notices.tsx';
import { Narrator } from '#ui/Narrator.tsx';
import { useView, useWords } from '#ui/playground-context.ts';
import { Splitter } from '#ui/Splitter.tsx';
import { StageCard } from '#ui/stage/StageCard.tsx';
import { TapeCard } from '#ui/tape/TapeCard.tsx';
import { useKeyboard } from '#ui/use-keyboard.ts';
import { NARROW, useMedia } from '#ui/use-media.ts';
import { usePanels } from '#ui/use-panels.ts';

const Rail = lazy(async () => ({ default: (await import('#ui/Rail.tsx')).Rail }));
const Terminal = lazy(async () => ({ default: (await import('#ui/terminal/Terminal.tsx')).Terminal }));
const HelpDialog = lazy(async () => ({ default: (await import('#ui/HelpDialog.tsx')).HelpDialog }));
const Palette = lazy(async () => ({ default: (await import('#ui/commands/Palette.tsx')).Palette }));
const ContextMenu = lazy(async () => ({ default: (await import('#ui/menu/ContextMenu.tsx')).ContextMenu }));
const BranchesDialog = lazy(async () => ({ default: (await import('#ui/tape/BranchesDialog.tsx')).BranchesDialog }));
const ShareDialog = lazy(async () => ({ default: (await import('#ui/share/ShareDialog.tsx')).ShareDialog }));
const NewClusterDialog = lazy(async () => ({ default: (await import('#ui/NewClusterDialog.tsx')).NewClusterDialog }));

export function App(): JSX.Element {
  useKeyboard();
  const { open } = usePanels();
  const dialog = useView((state) => state.dialog);
  const menu = useView((state) => state.menu !== undefined);
  const words = useWords();
  const narrow = useMedia(NARROW);
  const sizes = useView((state) => state.preferences.sizes);
  const side = open('details') || open('terminal');
  // A custom property has no place in the type of styles.
  const sideStyle = { '--terminal-height': `${sizes.terminal}px` } as CSSProperties; // as said above
  const sideRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow page the panel opens below what is seen.
    if (side && window.matchMedia(NARROW).matches) sideRef.current?.scrollIntoView({ block: 'start' });
  }, [side]);
  return (
    <div className="page">
      <Header />
      <Notices />
      <Narrator />
      <main
        className={side ? 'work work-with-side' : 'work'}
        style={side && sizes.side > 0 && !narrow ? { gridTemplateColumns: `minmax(0, 1fr) ${sizes.side}px` } : {}}
      >
        <div className="column">
          <StageCard />
          <HintRow />
          {open('log') && (
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
          )}
        </div>
        {side && (
          <div
            className={sizes.terminal > 0 && !narrow && open('details') ? 'column side side-sized' : 'column side'}
            ref={sideRef}
            style={sideStyle}
          >
            {!narrow && (
              <Splitter
                panel="side"
                label={words.touch.resize.side}
                axis="x"
                least={300}
                most={() => window.innerWidth * 0.6}
                measure={() => sideRef.current?.clientWidth ?? 0}
              />
            )}
            <Suspense fallback={<div className="card" />}>
              {open('details') && <Rail />}
              {open('details') && open('terminal') && !narrow && (
                <Splitter
                  panel="terminal"
                  label={words.touch.resize.terminal}
                  axis="y"
                  least={140}
                  most={() => (sideRef.current?.clientHeight ?? 600) - 160}
                  measure={() => sideRef.current?.querySelector('.terminal')?.clientHeight ?? 0}
                />
              )}
              {open('terminal') && <Terminal />}
            </Suspense>
          </div>
        )}
      </main>
      <TapeCard />
      <Suspense fallback={undefined}>
        {dialog === 'help' && <HelpDialog />}
        {dialog === 'new' && <NewClusterDialog />}
        {dialog === 'palette' && <Palette />}
        {menu && <ContextMenu />}
        {dialog === 'branches' && <BranchesDialog />}
        {dialog === 'share' && <ShareDialog />}
      </Suspense>
    </div>
  );
}
