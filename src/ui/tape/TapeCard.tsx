/** The tape: transport, pace, and the run so far. */

import { useMemo, type JSX } from 'react';
import { tapeStrip } from '#viz/tape-strip.ts';
import { TapeStripDrawing } from '#viz/TapeStripDrawing.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { PastBar } from '#ui/tape/PastBar.tsx';
import { Timeline } from '#ui/tape/Timeline.tsx';
import { Transport } from '#ui/tape/Transport.tsx';
import { useSize } from '#ui/use-size.ts';

/** How finely the strip follows time, µs: it moves with the axis of the tape. */
const STRIP_MICROS = 100_000;

/** Bookmarks and branches below the tape, if there are any. */
function Strip({ width }: { readonly width: number }): JSX.Element | undefined {
  const words = useWords();
  const branches = useView((state) => state.branches);
  const bookmarks = useView((state) => state.bookmarks);
  const now = useView(({ frame }) => Math.floor((frame?.now ?? 0) / STRIP_MICROS) * STRIP_MICROS);
  const head = useView(({ frame }) => Math.floor((frame?.head ?? 0) / STRIP_MICROS) * STRIP_MICROS);
  const { seek, goToBranch } = useActions();
  const strip = useMemo(
    () => tapeStrip(branches, bookmarks, { now, head: Math.max(now, head), width }),
    [branches, bookmarks, now, head, width],
  );
  if (strip.height === 0) return undefined;
  return <TapeStripDrawing strip={strip} words={words} onBookmark={seek} onBranch={goToBranch} />;
}

export function TapeCard(): JSX.Element {
  const words = useWords();
  const [ref, size] = useSize<HTMLDivElement>();
  return (
    <section className="card tape-card" aria-label={words.transport.title}>
      <Transport />
      <div className="tape-area">
        <PastBar />
        <div ref={ref}>
          {size.width > 0 && (
            <>
              <Timeline width={size.width} />
              <Strip width={size.width} />
            </>
          )}
        </div>
      </div>
    </section>
  );
}
