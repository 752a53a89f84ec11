/** The card of the log matrix. It follows the newest entry unless the visitor scrolled back. */

import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState, type JSX } from 'react';
import { FALLEN_MAX, fallenCells, type FallenCell } from '#viz/fallen-cells.ts';
import { LogDrawing } from '#viz/LogDrawing.tsx';
import { LOG, logScene, type LogScene } from '#viz/log-scene.ts';
import { useView, useWords } from '#ui/playground-context.ts';

const Drawing = memo(LogDrawing);

/**
 * The cells that fell away since the scene before, until each is out of sight.
 * @param looking an instant of the past is shown: what is not there yet did not fall
 */
function useFallen(scene: LogScene, looking: boolean): readonly [readonly FallenCell[], (key: string) => void] {
  const [seen, setSeen] = useState({ scene, looking });
  const [fallen, setFallen] = useState<readonly FallenCell[]>([]);
  if (scene !== seen.scene) {
    setSeen({ scene, looking });
    const fresh = looking || seen.looking ? [] : fallenCells(seen.scene, scene);
    if (fresh.length > 0)
      setFallen([...fallen.filter((each) => !fresh.some((other) => other.key === each.key)), ...fresh].slice(-FALLEN_MAX));
  }
  const forget = useCallback((key: string): void => {
    setFallen((all) => all.filter((each) => each.key !== key));
  }, []);
  return [fallen, forget];
}

export function LogCard(): JSX.Element {
  const words = useWords();
  const members = useView((state) => state.frame?.members);
  const leader = useView((state) => (state.frame?.headline.type === 'leader' ? state.frame.headline.leader : undefined));
  const scene = useMemo(() => logScene(members ?? [], leader), [members, leader]);
  const looking = useView((state) => state.frame?.looking ?? false);
  const [fallen, forget] = useFallen(scene, looking);
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && following.current) element.scrollLeft = element.scrollWidth;
  }, [scene.width]);
  return (
    <section className="card log-card" aria-label={words.log.title}>
      <header className="card-header">
        <h2>{words.log.title}</h2>
        <p className="quiet">
          {words.log.explained}
          {leader !== undefined && ` · ${words.log.leaderKnows(leader)}`}
        </p>
      </header>
      {scene.columns.length === 0 && <p className="empty">{words.log.empty}</p>}
      <div className="log-body">
        <ul className="log-names" style={{ paddingTop: LOG.header }} aria-hidden>
          {scene.rows.map((row) => (
            <li
              key={row.member.name}
              style={{ height: LOG.row, marginBottom: LOG.rowGap }}
              className={row.member.name === leader ? 'leads' : ''}
            >
              {row.member.name}
            </li>
          ))}
        </ul>
        <div
          className="log-scroller"
          ref={scroller}
          tabIndex={0}
          role="region"
          aria-label={words.log.scroll}
          onScroll={(event) => {
            const element = event.currentTarget;
            following.current = element.scrollLeft + element.clientWidth >= element.scrollWidth - 8;
          }}
        >
          <Drawing scene={scene} words={words} fallen={fallen} onFallen={forget} />
        </div>
      </div>
    </section>
  );
}
