/** Log cells that a newer leader's entries replaced, or that were removed (§5.3): they fall away in sight of the visitor. */

import type { LogCell } from '#view/frame.ts';
import type { LogScene } from '#viz/log-scene.ts';

/** A cell that is gone, where it stood. */
export interface FallenCell {
  /** Tells it from others that fell before at the same place. */
  readonly key: string;
  readonly cell: LogCell;
  readonly x: number;
  readonly y: number;
}

/** Cells that fall at once at most; more of them say nothing more. */
export const FALLEN_MAX = 60;

/** The cells of `before` that a member of `after` no longer has, though it runs and the column is still in sight. */
export function fallenCells(before: LogScene, after: LogScene): readonly FallenCell[] {
  const first = after.columns[0]?.index ?? 0;
  return after.rows
    .flatMap((row) => {
      const old = before.rows.find((each) => each.member.name === row.member.name);
      if (old === undefined || row.member.life === 'dead' || row.member.incarnation !== old.member.incarnation) return [];
      const folded = row.block?.to ?? 0;
      return old.cells
        .filter(
          ({ cell }) =>
            cell.index >= first &&
            cell.index > folded &&
            !row.cells.some((now) => now.cell.index === cell.index && now.cell.term === cell.term),
        )
        .map(({ cell, x }) => ({ key: `${row.member.name}.${cell.index}.${cell.term}`, cell, x, y: row.y }));
    })
    .slice(0, FALLEN_MAX);
}
