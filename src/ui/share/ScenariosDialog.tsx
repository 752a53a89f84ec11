/** Short named runs to open, or to hand to a room as a link or a QR code. */

import { useEffect, useState, type JSX } from 'react';
import { SCENARIO_IDS, type ScenarioId } from '#view/scenario.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useWords } from '#ui/playground-context.ts';
import { QrButton } from '#ui/share/QrButton.tsx';
import { QrCode } from '#ui/share/QrCode.tsx';
import '#ui/share/share.css';

/** The link of a scenario; undefined while it is being made. */
function useLink(id: ScenarioId, wanted: boolean): string | undefined {
  const { scenarioLink } = useActions();
  const [link, setLink] = useState<string>();
  useEffect(() => {
    let here = true;
    if (wanted)
      void scenarioLink(id).then((found) => {
        if (here) setLink(found);
      });
    return () => {
      here = false;
    };
  }, [scenarioLink, id, wanted]);
  return link;
}

function Scenario({ id, onSaid }: { readonly id: ScenarioId; readonly onSaid: (text: string) => void }): JSX.Element {
  const words = useWords();
  const { copy, openScenario, scenarioLink } = useActions();
  const [qr, setQr] = useState(false);
  const link = useLink(id, qr);
  const { name, shows } = words.scenarios.of[id];
  return (
    <li className="scenario" aria-label={name}>
      <h3>{name}</h3>
      <p>{shows}</p>
      <div className="share-row">
        <button type="button" className="button button-strong" onClick={() => openScenario(id, name)}>
          {words.scenarios.open}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            void scenarioLink(id)
              .then(copy)
              .then((done) => {
                if (done) onSaid(words.share.copied);
              });
          }}
        >
          {words.scenarios.copyLink}
        </button>
        <QrButton name={words.scenarios.qr} shown={qr} onShown={setQr} />
      </div>
      {qr && link !== undefined && <QrCode text={link} label={words.scenarios.qrLabel(name)} />}
    </li>
  );
}

export function ScenariosDialog(): JSX.Element {
  const words = useWords();
  const [said, setSaid] = useState('');
  return (
    <Dialog title={words.scenarios.title}>
      <p>{words.scenarios.about}</p>
      <p className="share-said" role="status">
        {said}
      </p>
      <ul className="scenarios">
        {SCENARIO_IDS.map((id) => (
          <Scenario key={id} id={id} onSaid={setSaid} />
        ))}
      </ul>
    </Dialog>
  );
}
