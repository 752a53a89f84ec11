/** Under the stage: one hint, the line of the last click, and the doors to the panels. */

import type { JSX } from 'react';
import { chooseHint, type Hint } from '#ui/hint-choice.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { LastCommand } from '#ui/stage/LastCommand.tsx';
import { NARROW, useMedia } from '#ui/use-media.ts';
import { Unbroken } from '#ui/Unbroken.tsx';
import { usePanels, type Panel } from '#ui/use-panels.ts';

function useHintAction(): (hint: Hint) => void {
  const actions = useActions();
  const playing = useView((state) => state.frame?.playing ?? false);
  return ({ id, who }) => {
    switch (id) {
      case 'put':
        actions.prefer({ request: true });
        actions.request({ method: 'put', key: 'foo', value: 'bar' }, who);
        break;
      case 'kill-leader':
        actions.toMember('kill', who);
        break;
      case 'restart':
      case 'no-quorum':
        actions.toMember('restart', who);
        break;
      case 'thaw':
        actions.toMember('thaw', who);
        break;
      case 'cut':
        actions.chooseSides();
        break;
      case 'write-minority':
        actions.prefer({ request: true });
        actions.setEndpoint(who);
        actions.request({ method: 'put', key: 'foo', value: 'minority' }, who);
        break;
      case 'heal':
        actions.heal();
        break;
      case 'pause':
        if (playing) actions.playOrPause();
        else actions.reach('pause');
        break;
      case 'terminal':
        actions.prefer({ terminal: true });
        actions.reach('terminal');
        break;
      case 'crashed':
        actions.explain({ type: 'member', name: who });
        break;
      case 'wait-election':
      case 'free':
        break;
    }
  };
}

function HintText(): JSX.Element | undefined {
  const words = useWords();
  const members = useView((state) => state.frame?.members);
  const partition = useView((state) => state.frame?.partition);
  const headline = useView((state) => state.frame?.headline);
  const seen = useView((state) => state.preferences.seen);
  const needsTime = useView((state) => state.needsTime);
  const { play } = useActions();
  const act = useHintAction();
  if (needsTime) {
    return (
      <p className="hint hint-asks" role="status">
        {words.transport.needsTime}{' '}
        <button type="button" className="button button-strong" onClick={play}>
          {words.transport.run}
        </button>
      </p>
    );
  }
  if (members === undefined || partition === undefined || headline === undefined) return undefined;
  const hint = chooseHint({ members, partition, headline }, seen);
  const text = words.hints[hint.id];
  return (
    <p className="hint">
      <span>
        <Unbroken text={text.text(hint.who)} />
      </span>
      {text.action !== undefined && (
        // A button of another hint is another button: the focus must not stay on it while its meaning changes.
        <button
          key={hint.id}
          type="button"
          className="button button-strong"
          onClick={() => {
            act(hint);
          }}
        >
          {text.action(hint.who)}
        </button>
      )}
    </p>
  );
}

const DOORS: readonly { readonly panel: Panel; readonly key: string }[] = [
  { panel: 'log', key: 'l' },
  { panel: 'details', key: 'e' },
  { panel: 'terminal', key: 't' },
];

export function HintRow(): JSX.Element {
  const words = useWords();
  const { open, toggle } = usePanels();
  const narrow = useMedia(NARROW);
  // The ring has a place for it, and on a narrow page the tape.
  const elsewhere = useView(({ preferences }) => preferences.table || preferences.stage !== 'ring');
  return (
    <div className="hint-row">
      <HintText />
      {!narrow && elsewhere && <LastCommand width={undefined} />}
      <div className="doors">
        {DOORS.map(({ panel, key }) => (
          <button
            key={panel}
            type="button"
            className="button"
            aria-pressed={open(panel)}
            onClick={() => {
              toggle(panel);
            }}
          >
            {words.panels[panel]} <kbd aria-hidden>{key}</kbd>
          </button>
        ))}
      </div>
    </div>
  );
}
