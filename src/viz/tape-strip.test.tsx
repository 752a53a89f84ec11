/** Bookmarks and branches below the tape. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { BookmarkView, BranchView } from '#view/conductor.ts';
import { english } from '#words/english.ts';
import { STRIP, tapeStrip } from '#viz/tape-strip.ts';
import { TapeStripDrawing } from '#viz/TapeStripDrawing.tsx';

const SECOND = 1_000_000;
const branch = (id: number, changed: Partial<BranchView> = {}): BranchView => ({
  id,
  name: '',
  parent: id === 1 ? undefined : 1,
  forkedAt: 0,
  head: 4 * SECOND,
  current: false,
  ...changed,
});
const bookmark = (id: number, at: number, changed: Partial<BookmarkView> = {}): BookmarkView => ({
  id,
  branch: 1,
  at,
  name: `Bookmark ${id}`,
  here: true,
  ...changed,
});
const view = { head: 4 * SECOND, now: 4 * SECOND, width: 800 };

describe('the strip below the tape', () => {
  it('takes no room while there is nothing in it', () => {
    expect(tapeStrip([branch(1, { current: true })], [], view).height).toBe(0);
  });

  it('has the branch that was left go on from where it was left, and others from where they began', () => {
    const strip = tapeStrip(
      [branch(1), branch(2, { current: true, forkedAt: 2 * SECOND }), branch(3, { forkedAt: SECOND, head: 3 * SECOND })],
      [],
      view,
    );
    expect(strip.branches.map(({ branch: { id }, from, to, indirect }) => [id, from, to, indirect])).toEqual([
      [3, 154.8, 464.4, true],
      [1, 309.6, 619.2, false],
    ]);
    expect(strip.height).toBe(2 * STRIP.row);
  });

  it('names bookmarks where there is room, and leaves out those of other branches', () => {
    const strip = tapeStrip(
      [branch(1, { current: true })],
      [bookmark(1, SECOND), bookmark(2, 1.1 * SECOND), bookmark(3, 3 * SECOND, { here: false })],
      view,
    );
    expect(strip.flags.map(({ bookmark: { id }, named }) => [id, named])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('is made of buttons that say where they lead', () => {
    const strip = tapeStrip([branch(1), branch(2, { current: true, forkedAt: 2 * SECOND })], [bookmark(1, SECOND)], view);
    const nothing = (): void => undefined;
    const svg = renderToStaticMarkup(<TapeStripDrawing strip={strip} words={english} onBookmark={nothing} onBranch={nothing} />);
    expect(svg).toMatchInlineSnapshot(
      `"<svg class="tape-strip" width="800" height="36" role="group" aria-label="Branches"><g class="strip-branch" role="button" tabindex="0" aria-label="Go to branch 1"><title>Branch 1</title><rect class="strip-touch" x="305.6" y="18" width="409.6" height="18" rx="4"></rect><path class="strip-line" d="M309.6 0C309.6 27 309.6 27 319.6 27H619.2"></path><circle cx="619.2" cy="27" r="3.5"></circle><text x="628.2" y="31" text-anchor="start">Branch 1</text></g><g class="strip-flag" transform="translate(154.8 0)" role="button" tabindex="0" aria-label="Go to Bookmark 1"><title>Bookmark 1</title><rect class="strip-touch" x="-4" width="92" height="18" rx="4"></rect><path d="M0 15V3H9L6.5 6.2L9 9.5H0"></path><text x="13" y="12.5">Bookmark 1</text></g></svg>"`,
    );
  });
});
