/** The page: one screen. */

import { lazy, Suspense, useEffect, useRef, type JSX } from 'react';
import { Header } from '#ui/Header.tsx';
import { HintRow } from '#ui/HintRow.tsx';
import { LogCard } from '#ui/log/LogCard.tsx';
import { Notices } from '#ui/Notices.tsx';
import { useView } from '#ui/playground-context.ts';
import { StageCard } from '#ui/stage/StageCard.tsx';
import { TapeCard } from '#ui/tape/TapeCard.tsx';
import { useKeyboard } from '#ui/use-keyboard.ts';
import { NARROW } from '#ui/use-media.ts';
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
  const side = open('details') || open('terminal');
  const sideRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow page the panel opens below what is seen.
    if (side && window.matchMedia(NARROW).matches) sideRef.current?.scrollIntoView({ block: 'start' });
  }, [side]);
  return (
    <div className="page">
      <Header />
      <Notices />
      <main className={side ? 'work work-with-side' : 'work'}>
        <div className="column">
          <StageCard />
          <HintRow />
          {open('log') && <LogCard />}
        </div>
        {side && (
          <div className="column side" ref={sideRef}>
            <Suspense fallback={<div className="card" />}>
              {open('details') && <Rail />}
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
