/** The branches of the run: where each began, how far it goes, and the way there. */

import { useState, type JSX } from 'react';
import type { BranchView } from '#view/conductor.ts';
import { BookmarkList } from '#ui/tape/BookmarkList.tsx';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

/** Branches in the order of a tree, each after what it grew from, with its depth. */
function inTreeOrder(
  branches: readonly BranchView[],
  parent?: number,
  depth = 0,
): readonly { readonly branch: BranchView; readonly depth: number }[] {
  return branches
    .filter((branch) => branch.parent === parent)
    .sort((a, b) => a.forkedAt - b.forkedAt || a.id - b.id)
    .flatMap((branch) => [{ branch, depth }, ...inTreeOrder(branches, branch.id, depth + 1)]);
}

function BranchRow({ branch, depth }: { readonly branch: BranchView; readonly depth: number }): JSX.Element {
  const words = useWords();
  const { goToBranch, renameBranch, deleteBranch, showComparison } = useActions();
  const [name, setName] = useState(branch.name);
  const title = words.branches.name(branch.id, branch.name);
  return (
    <li className="branch" style={{ marginInlineStart: `${Math.min(depth, 6) * 18}px` }} aria-current={branch.current}>
      <div>
        <strong>{title}</strong> <span className="quiet">{words.branches.span(branch.forkedAt, branch.head)}</span>
      </div>
      <div className="branch-actions">
        <label className="field field-small">
          <span>{words.branches.rename}</span>
          <input
            value={name}
            maxLength={60}
            onChange={(event) => {
              setName(event.target.value);
            }}
            onBlur={() => {
              if (name.trim() !== branch.name) renameBranch(branch.id, name);
            }}
          />
        </label>
        {branch.current ? (
          <span className="here">{words.branches.here}</span>
        ) : (
          <>
            <button type="button" className="button" aria-label={`${words.branches.go}: ${title}`} onClick={() => goToBranch(branch.id)}>
              {words.branches.go}
            </button>
            <button
              type="button"
              className="button"
              aria-label={`${words.compare.compare}: ${title}`}
              onClick={() => showComparison(branch.id)}
            >
              {words.compare.compare}
            </button>
            <button
              type="button"
              className="text-button"
              aria-label={`${words.branches.delete}: ${title}`}
              onClick={() => deleteBranch(branch.id)}
            >
              {words.branches.delete}
            </button>
          </>
        )}
      </div>
    </li>
  );
}

export function BranchesDialog(): JSX.Element {
  const words = useWords();
  const branches = useView((state) => state.branches);
  return (
    <Dialog title={words.branches.title}>
      <p>{words.branches.explained}</p>
      <ul className="branch-list">
        {inTreeOrder(branches).map(({ branch, depth }) => (
          <BranchRow key={branch.id} branch={branch} depth={depth} />
        ))}
      </ul>
      <BookmarkList />
    </Dialog>
  );
}
