import { useState, type SubmitEvent, type JSX } from 'react';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

const SIZES = [1, 3, 5] as const;

/** Asks how many members the new cluster has, and for its seed. */
export function NewClusterDialog(): JSX.Element {
  const words = useWords();
  const { newRun } = useActions();
  const run = useView((state) => state.frame?.run);
  const [nodes, setNodes] = useState<number>(run?.nodes ?? 3);
  const [seed, setSeed] = useState(String(run?.seed ?? 1));
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    newRun(nodes, /^\d{1,15}$/.test(seed) ? Number(seed) : undefined);
  };
  return (
    <Dialog title={words.header.newCluster}>
      <form className="new-cluster" onSubmit={submit}>
        <p>{words.actions.newExplained}</p>
        <fieldset>
          <legend>{words.actions.membersLabel}</legend>
          {SIZES.map((size) => (
            <label key={size} className="check">
              <input
                type="radio"
                name="nodes"
                checked={nodes === size}
                onChange={() => {
                  setNodes(size);
                }}
              />
              <span>{words.actions.size(size)}</span>
            </label>
          ))}
        </fieldset>
        <label className="field field-small">
          <span>{words.actions.seed}</span>
          <input
            className="mono"
            inputMode="numeric"
            pattern="[0-9]{1,15}"
            value={seed}
            onChange={(event) => {
              setSeed(event.target.value);
            }}
          />
        </label>
        <button type="submit" className="button button-strong">
          {words.actions.start}
        </button>
      </form>
    </Dialog>
  );
}
