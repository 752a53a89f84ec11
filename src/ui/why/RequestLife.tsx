/**
 * The life of a chosen request: a waterfall, and the same as a table for those who cannot see it. The table's rows are the keyboard's way in: the row that
 * has the focus is marked in the drawing.
 */

import { useMemo, useRef, useState, type JSX, type KeyboardEvent } from 'react';
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
  const selected = useView((state) => (state.selected?.type === 'event' ? state.selected.id : undefined));
  const related = useView((state) => (state.pointed === undefined ? undefined : state.related));
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState(0);
  const [focused, setFocused] = useState<number>();
  const at = Math.min(active, life.stages.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: life.stages.length - 1 };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    body.current?.querySelectorAll('button')[Math.max(0, Math.min(life.stages.length - 1, to))]?.focus();
  };
  const markOf = (stage: LifeStage): 'selected' | 'cause' | 'effect' | 'none' => {
    if (stage.event === selected) return 'selected';
    return related?.causes.has(stage.event) === true ? 'cause' : related?.effects.has(stage.event) === true ? 'effect' : 'none';
  };
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
      <RequestLifeDrawing scene={scene} nameOf={words.stage} markOf={markOf} focused={focused} onChoose={choose} />
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
        <tbody ref={body} onKeyDown={onKeyDown}>
          {life.stages.map((stage, place) => (
            <tr key={place}>
              <th scope="row">
                <button
                  type="button"
                  tabIndex={place === at ? 0 : -1}
                  aria-pressed={stage.event === selected}
                  onFocus={() => {
                    setActive(place);
                    setFocused(place);
                  }}
                  onBlur={() => {
                    setFocused(undefined);
                  }}
                  onClick={() => {
                    choose(stage);
                  }}
                >
                  {words.stage(stage)}
                </button>
              </th>
              <td>{words.stageTime(stage.from, stage.to)}</td>
              <td>{stage.lost ? words.lost : stage.to === undefined ? '…' : durationText(stage.to - stage.from)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * The life as it was known at the latest: a stage that is chosen shows its instant, of which the answer tells no more than what had happened by then.
 * @param life the answer at the instant that is shown
 */
function useWholeLife(id: number | undefined, life: Life | undefined): Life | undefined {
  const looking = useView((state) => state.frame?.looking ?? false);
  const [whole, setWhole] = useState<Life>();
  if (life !== undefined && life !== whole && (!looking || whole?.id !== life.id || life.stages.length > whole.stages.length))
    setWhole(life);
  return looking && id !== undefined && whole?.id === id ? whole : life;
}

/** A door to the requests of the run, and the life of the one that is selected, also while one of its events is. */
export function RequestLife(): JSX.Element {
  const words = useInspectWords().life;
  const { explainer, select } = useActions();
  const chosen = useView((state) => (state.selected?.type === 'request' ? state.selected.id : undefined));
  const generation = useView((state) => state.frame?.run.generation ?? 0);
  const [kept, setKept] = useState<{ readonly id: number; readonly generation: number }>();
  const [opened, setOpened] = useState(false);
  if (chosen !== undefined && (kept?.id !== chosen || kept.generation !== generation)) setKept({ id: chosen, generation });
  const shown = opened || chosen !== undefined;
  const id = chosen ?? (opened && kept?.generation === generation ? kept.id : undefined);
  const requests = useAnswer(shown ? 'requests' : undefined, () => explainer.requests());
  const life = useWholeLife(
    id,
    useAnswer(id === undefined ? undefined : `life/${id}`, () => explainer.requestLife(id ?? 0)),
  );
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
