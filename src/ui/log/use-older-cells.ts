/** Log cells that frames no longer carry: asked for when they come into sight, kept as long as they stay. */

import { useEffect, useState } from 'react';
import type { LogCell, MemberView } from '#view/frame.ts';
import type { LogRange } from '#viz/log-scene.ts';
import { newestQuestion } from '#ui/newest-question.ts';
import { useActions, useView } from '#ui/playground-context.ts';

/** Wall time between two questions, ms. */
const ASK_MILLIS = 120;
/** Indexes asked for around what is seen, so that a little scrolling finds them known. */
const AROUND = 60;

type CellsByMember = ReadonlyMap<string, readonly LogCell[]>;

/** What decides whether known cells are still true: another instant, another run, entries replaced below the newest. */
const epochOf = (members: readonly MemberView[]): string =>
  members.map(({ name, incarnation, log, lastTerm }) => `${name}/${incarnation}/${log.compactedTo}/${lastTerm}`).join(' ');

/** Whether the frame's own cells cover what is seen. */
function isCovered(members: readonly MemberView[], { first }: LogRange): boolean {
  return members.every(({ log }) => {
    const fresh = log.cells[0]?.index ?? Infinity;
    return fresh <= Math.max(first, Math.max(log.compactedTo, log.bootstrapTo) + 1) || log.cells.length === 0;
  });
}

interface Question {
  readonly epoch: string;
  readonly seen: LogRange;
}

export function useOlderCells(members: readonly MemberView[], seen: LogRange): CellsByMember {
  const { logWindow } = useActions();
  const looking = useView((state) => (state.frame?.looking === true ? state.frame.now : -1));
  const generation = useView((state) => state.frame?.run.generation);
  const [known, setKnown] = useState<{
    readonly wish: string;
    readonly from: number;
    readonly to: number;
    readonly cells: CellsByMember;
  }>();
  const [wish] = useState(() =>
    newestQuestion<Question>({
      ask: async ({ epoch, seen: { first, last } }) => {
        const { members: found, from, to } = await logWindow({ from: Math.max(1, first - AROUND), to: last + AROUND });
        setKnown({ wish: epoch, from, to, cells: new Map(found.map(({ name, cells }) => [name, cells])) });
      },
      isSame: (a, b) => a.epoch === b.epoch && a.seen.first === b.seen.first && a.seen.last === b.seen.last,
      restMillis: ASK_MILLIS,
    }),
  );
  const epoch = `${generation}/${looking}/${epochOf(members)}`;
  const needed = !isCovered(members, seen);
  const reaches = (to: number): boolean => to >= seen.last || members.every(({ log }) => (log.cells[0]?.index ?? Infinity) <= to + 1);
  const has = known !== undefined && known.wish === epoch && known.from <= seen.first && reaches(known.to);
  useEffect(() => {
    wish(needed && !has ? { epoch, seen } : undefined);
  }, [wish, needed, has, epoch, seen]);
  return known?.cells ?? NOTHING;
}

const NOTHING: CellsByMember = new Map();
