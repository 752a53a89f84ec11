/** The bookmarks of the run: the way to each, its name, and how to be rid of it. */

import { useState, type JSX } from 'react';
import type { BookmarkView } from '#view/conductor.ts';
import { instantText } from '#words/measure.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

function BookmarkRow({ bookmark }: { readonly bookmark: BookmarkView }): JSX.Element {
  const words = useWords();
  const { seek, renameBookmark, deleteBookmark, show } = useActions();
  const [name, setName] = useState(bookmark.name);
  return (
    <li className="branch">
      <div>
        <strong>{bookmark.name}</strong>{' '}
        <span className="quiet">
          {instantText(bookmark.at)} s{!bookmark.here && ` · ${words.touch.bookmark.elsewhere}`}
        </span>
      </div>
      <div className="branch-actions">
        <label className="field field-small">
          <span>{words.touch.bookmark.rename}</span>
          <input
            value={name}
            maxLength={60}
            onChange={(event) => {
              setName(event.target.value);
            }}
            onBlur={() => {
              if (name.trim() !== '' && name.trim() !== bookmark.name) renameBookmark(bookmark.id, name);
            }}
          />
        </label>
        {bookmark.here && (
          <button
            type="button"
            className="button"
            onClick={() => {
              show(undefined);
              seek(bookmark.at);
            }}
          >
            {words.touch.bookmark.go(bookmark.name)}
          </button>
        )}
        <button
          type="button"
          className="text-button"
          aria-label={words.touch.bookmark.remove(bookmark.name)}
          onClick={() => {
            deleteBookmark(bookmark.id);
          }}
        >
          {words.branches.delete}
        </button>
      </div>
    </li>
  );
}

export function BookmarkList(): JSX.Element {
  const words = useWords();
  const bookmarks = useView((state) => state.bookmarks);
  return (
    <>
      <h3>{words.touch.bookmark.title}</h3>
      {bookmarks.length === 0 && <p className="quiet">{words.touch.bookmark.empty}</p>}
      <ul className="branch-list" aria-label={words.touch.bookmark.title}>
        {bookmarks.map((bookmark) => (
          <BookmarkRow key={bookmark.id} bookmark={bookmark} />
        ))}
      </ul>
    </>
  );
}
