/** The load generator: its settings, and what its clients feel. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { Fold } from '#ui/data/Fold.tsx';
import { LoadCharts, LoadTotals } from '#ui/data/LoadFigures.tsx';
import { LOAD_PRESETS, LoadForm, loadLine, type LoadSettings } from '#ui/data/LoadSettings.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { useData, useDataWords, useLines } from '#ui/data/use-data.ts';

/** The settings survive a change of the view: they belong to the page, not to the run. */
let kept: LoadSettings = LOAD_PRESETS.mixed;

export function LoadView(): JSX.Element {
  const words = useDataWords();
  const { run, last } = useLines('load');
  const [settings, setSettingsState] = useState(kept);
  const set = (changed: Partial<LoadSettings>): void => {
    kept = { ...settings, ...changed };
    setSettingsState(kept);
  };
  const traffic = useData({ type: 'traffic' }, 'time');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(loadLine(settings));
  };
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.load.explained}</p>
      <div className="choice">
        <button type="submit" form="load-form" className="button button-strong">
          {traffic?.state === 'running' ? words.load.restart : words.load.start}
        </button>
        <button
          type="button"
          className="button"
          disabled={traffic?.state !== 'running'}
          onClick={() => {
            run('play traffic stop');
          }}
        >
          {words.load.stop}
        </button>
        <span role="status" className="quiet">
          {traffic?.state === 'running' ? words.load.running : traffic?.state === 'stopped' ? words.load.stopped : ''}
        </span>
      </div>
      {last !== undefined && last.output.code !== 0 && <RunLine run={last} />}
      {traffic === undefined || traffic.state === 'none' ? (
        <p className="empty">{words.load.none}</p>
      ) : (
        <>
          <LoadCharts traffic={traffic} />
          <LoadTotals traffic={traffic} />
        </>
      )}
      <Fold title={words.load.settings} open={traffic?.state === 'none'} kept>
        <LoadForm settings={settings} onChange={set} onSubmit={submit} />
      </Fold>
    </div>
  );
}
