/** The line over the tape: whether the past is shown, and the doors to breakpoints, bookmarks and branches; on a narrow page the last command too. */

import type { JSX } from 'react';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { LastCommand } from '#ui/stage/LastCommand.tsx';
import { isPast } from '#ui/tape/is-past.ts';
import { NARROW, useMedia } from '#ui/use-media.ts';

/** Sets a bookmark at the instant that is shown. */
function BookmarkButton(): JSX.Element {
  const words = useWords();
  const { bookmark } = useActions();
  const count = useView((state) => state.bookmarks.length);
  return (
    <button
      type="button"
      className="text-button wide-only"
      aria-keyshortcuts="b"
      onClick={() => {
        bookmark(words.touch.bookmark.name(count + 1));
      }}
    >
      {words.touch.commands.bookmark} <kbd aria-hidden>b</kbd>
    </button>
  );
}

/** What to do here; where the page has no other place for it, the line of the last command instead. */
function PresentLine(): JSX.Element {
  const words = useWords();
  const narrow = useMedia(NARROW);
  const acted = useView((state) => state.lastCommand !== undefined);
  return narrow && acted ? <LastCommand width={undefined} /> : <p className="past-hint">{words.transport.scrubHint}</p>;
}

/** Says that it is the past that is shown, and leads back; and to the other branches, where there are some. */
export function PastBar(): JSX.Element {
  const words = useWords();
  const branches = useView((state) => state.branches.length);
  const bookmarks = useView((state) => state.bookmarks.length);
  const breakpoints = useView((state) => state.breakpoints.length);
  const stopped = useView((state) => state.stopped);
  const past = useView((state) => isPast(state.frame));
  const looking = useView((state) => state.frame?.looking ?? false);
  const now = useView(({ frame }) => (isPast(frame) ? frame.now : 0));
  const head = useView(({ frame }) => (isPast(frame) ? frame.head : 0));
  const { seek, show } = useActions();
  return (
    <div className="past-bar">
      {past ? (
        <>
          <p>
            <strong>{words.transport.past(now, head)}</strong>{' '}
            {looking && <span className="past-explained">{words.transport.pastHint}</span>}
          </p>
          <button
            type="button"
            className="text-button past-back"
            onClick={() => {
              seek(head);
            }}
          >
            {words.transport.present}
          </button>
        </>
      ) : (
        <PresentLine />
      )}
      {stopped !== undefined && (
        <p className="stopped" role="status">
          {words.views.stoppedAt(stopped.condition, words.transport.now(stopped.at))}
        </p>
      )}
      <span className="spacer" />
      <button
        type="button"
        className="text-button wide-only"
        aria-keyshortcuts="Shift+B"
        onClick={() => {
          show('breakpoints');
        }}
      >
        {words.views.breakpoints}
        {breakpoints > 0 && ` · ${breakpoints}`}
      </button>
      <BookmarkButton />
      {(branches > 1 || bookmarks > 0) && (
        <button
          type="button"
          className="text-button branches-door"
          onClick={() => {
            show('branches');
          }}
        >
          {words.branches.open(branches)}
          {bookmarks > 0 && ` · ${words.touch.bookmark.count(bookmarks)}`}
        </button>
      )}
    </div>
  );
}
