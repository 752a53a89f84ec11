/** The life of a chosen request: a waterfall, and the same as a table for those who cannot see it. */

import { useMemo, useState, type JSX } from 'react';
import type { LifeStage, RequestLife as Life } from '#view/request-life.ts';
import { durationText } from '#words/measure.ts';
import { RequestLifeDrawing } from '#viz/RequestLifeDrawing.tsx';
import { requestLifeScene } from '#viz/request-life-scene.ts';
import { useActions, useView } from '#ui/playground-context.ts';
import { useAnswer } from '#ui/use-answer.ts';
import { useSize } from '#ui/use-size.ts';
import { useInspectWords } from '#ui/why/inspect-words.ts';

function Waterfall({ life }: { readonly life: Life }): JSX.Element {
  const words = useInspectWords().life;
  const { select, seek } = useActions();
  const [ref, size] = useSize<HTMLDivElement>();
  const now = useView((state) => state.frame?.now ?? 0);
  const lasting = life.stages.some((stage) => stage.to === undefined);
  const until = lasting ? now : 0;
  const scene = useMemo(() => requestLifeScene(life, until, Math.max(280, size.width)), [life, until, size.width]);
  const choose = (stage: LifeStage): void => {
    select({ type: 'event', id: stage.event, at: stage.from });
    seek(stage.from);
  };
  return (
    <div ref={ref} className="life">
      <p className="quiet">
        {life.client} · {words.outcome(life.outcome, life.micros)}
        {life.error !== '' && ` · ${life.error}`}
      </p>
      <RequestLifeDrawing scene={scene} nameOf={words.stage} markOf={() => 'none'} onChoose={choose} />
      <p className="quiet life-legend">{words.decisive}</p>
      <table className="visually-hidden">
        <caption>{words.title}</caption>
        <thead>
          <tr>
            <th scope="col">{words.columns.stage}</th>
            <th scope="col">{words.columns.time}</th>
            <th scope="col">{words.columns.took}</th>
          </tr>
        </thead>
        <tbody>
          {life.stages.map((stage, place) => (
            <tr key={place}>
              <th scope="row">{words.stage(stage)}</th>
              <td>{words.stageTime(stage.from, stage.to)}</td>
              <td>{stage.lost ? words.lost : stage.to === undefined ? '…' : durationText(stage.to - stage.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A door to the requests of the run, and the life of the one that is selected. */
export function RequestLife(): JSX.Element {
  const words = useInspectWords().life;
  const { explainer, select } = useActions();
  const id = useView((state) => (state.selected?.type === 'request' ? state.selected.id : undefined));
  const [opened, setOpened] = useState(false);
  const shown = opened || id !== undefined;
  const requests = useAnswer(shown ? 'requests' : undefined, () => explainer.requests());
  const life = useAnswer(id === undefined ? undefined : `life/${id}`, () => explainer.requestLife(id ?? 0));
  return (
    <details
      className="request-life"
      open={shown}
      onToggle={(event) => {
        setOpened(event.currentTarget.open);
      }}
    >
      <summary>{words.title}</summary>
      {requests !== undefined && requests.length === 0 && <p className="empty">{words.empty}</p>}
      {requests !== undefined && requests.length > 0 && (
        <select
          aria-label={words.choose}
          value={id ?? ''}
          onChange={(event) => {
            const chosen = requests.find((request) => String(request.id) === event.target.value);
            if (chosen !== undefined) select({ type: 'request', id: chosen.id });
          }}
        >
          <option value="">{words.newest}</option>
          {requests.map((request) => (
            <option key={request.id} value={request.id}>
              {words.option(request.label, request.at, request.outcome)}
            </option>
          ))}
        </select>
      )}
      {life !== undefined && <Waterfall life={life} />}
    </details>
  );
}
