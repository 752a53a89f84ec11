/** The card of the stage: the drawing, its tools and legend, and the card of the chosen member. */

import { lazy, Suspense, useEffect, useRef, type JSX } from 'react';
import { selectedMember } from '#view/selection.ts';
import { LastCommand } from '#ui/stage/LastCommand.tsx';
import { Legend } from '#ui/stage/Legend.tsx';
import { MemberCard } from '#ui/member/MemberCard.tsx';
import type { RingLayout } from '#viz/ring-layout.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { Stage, useStageScene } from '#ui/stage/Stage.tsx';
import { NARROW, useMedia } from '#ui/use-media.ts';
import { useSize } from '#ui/use-size.ts';

/** More members need more height where there is least: the style sheet knows. */
const MANY_MEMBERS = 3;

const SpaceTime = lazy(async () => ({ default: (await import('#ui/stage/SpaceTime.tsx')).SpaceTime }));
const RingTable = lazy(async () => ({ default: (await import('#ui/stage/RingTable.tsx')).RingTable }));
const RequestBar = lazy(async () => ({ default: (await import('#ui/stage/RequestBar.tsx')).RequestBar }));

/** Narrower stages have their legend in the help. */
const LEGEND_WIDTH = 1100;
const LEGEND_ROOM = 470;

function Tools(): JSX.Element {
  const words = useWords();
  const { prefer, chooseSides, heal, show } = useActions();
  const request = useView((state) => state.preferences.request);
  const cut = useView((state) => (state.frame?.partition.length ?? 0) > 1 || (state.frame?.links.some((link) => link.cut) ?? false));
  const several = useView((state) => (state.frame?.members.length ?? 0) > 1);
  return (
    <div className="stage-tools" role="toolbar" aria-label={words.stage.title}>
      <button
        type="button"
        className="button"
        aria-pressed={request}
        onClick={() => {
          prefer({ request: !request });
        }}
      >
        {words.actions.request} <kbd aria-hidden>n</kbd>
      </button>
      {cut ? (
        <button type="button" className="button" onClick={heal}>
          {words.actions.heal} <kbd aria-hidden>h</kbd>
        </button>
      ) : (
        several && (
          <button type="button" className="button" onClick={chooseSides}>
            {words.actions.cutNetwork} <kbd aria-hidden>p</kbd>
          </button>
        )
      )}
      <button
        type="button"
        className="button"
        onClick={() => {
          show('new');
        }}
      >
        {words.header.newCluster}
      </button>
      <StageChoice />
      <MoreButton />
    </div>
  );
}

/** Everything that can be done to what is selected, or to the cluster. */
function MoreButton(): JSX.Element {
  const words = useWords();
  const { openMenu } = useActions();
  const selected = useView((state) => state.selected);
  return (
    <button
      type="button"
      className="button"
      aria-haspopup="menu"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        openMenu(selected ?? { type: 'stage' }, box.left, box.bottom + 4);
      }}
    >
      {words.touch.actions} <kbd aria-hidden>m</kbd>
    </button>
  );
}

function StageChoice(): JSX.Element {
  const words = useWords();
  const { prefer } = useActions();
  const time = useView((state) => state.preferences.stage === 'time');
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // On a phone the tools are one row that is pulled sideways: what is pressed is seen whole.
    if (time) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [time]);
  return (
    <button
      ref={ref}
      type="button"
      className="button"
      aria-pressed={time}
      onClick={() => {
        prefer({ stage: time ? 'ring' : 'time' });
      }}
    >
      {words.spaceTime.time} <kbd aria-hidden>v</kbd>
    </button>
  );
}

function ChoosingBar({ chosen }: { readonly chosen: readonly string[] }): JSX.Element {
  const words = useWords();
  const { cut, letGo } = useActions();
  const count = useView((state) => state.frame?.members.length ?? 0);
  return (
    <div className="stage-tools choosing" role="toolbar" aria-label={words.actions.cutNetwork}>
      <span className="choosing-text" role="status">
        {words.actions.chosen(chosen)}
      </span>
      <button type="button" className="button button-danger" disabled={chosen.length === 0 || chosen.length === count} onClick={cut}>
        {words.actions.cutHere} <kbd aria-hidden>↵</kbd>
      </button>
      <button type="button" className="button" onClick={letGo}>
        {words.actions.cancel}
      </button>
    </div>
  );
}

/** Left of the top member's disc: its name, what it is, and the edge of the stage, px. */
const BESIDE_TOP = 126;

/** A flat stage has its top member where the legend would begin. */
function hasLegend(ring: RingLayout): boolean {
  return ring.width >= LEGEND_WIDTH && (!ring.flat || ring.centre.x + 60 < ring.width - LEGEND_ROOM);
}

export function StageCard(): JSX.Element {
  const words = useWords();
  const [ref, size] = useSize<HTMLDivElement>();
  const scene = useStageScene(size);
  const selected = useView((state) => selectedMember(state.selected));
  const choosing = useView((state) => state.choosing);
  const request = useView((state) => state.preferences.request);
  // There the tape has a place for the last command.
  const narrow = useMedia(NARROW);
  const detailed = useView((state) => state.preferences.rail && state.preferences.railTab === 'member');
  const shape = scene?.members.find((each) => each.member.name === selected);
  const wanted = useView(({ preferences }) => (preferences.table ? 'table' : preferences.stage));
  // Sides are chosen on the ring.
  const view = choosing === undefined ? wanted : 'ring';
  return (
    <section className={`card stage-card${choosing === undefined ? '' : ' stage-choosing'}`} aria-label={words.stage.title}>
      <div className={scene !== undefined && scene.members.length > MANY_MEMBERS ? 'stage-area stage-many' : 'stage-area'} ref={ref}>
        {scene === undefined && <p className="stage-empty">{words.loading}</p>}
        {scene !== undefined && view === 'ring' && <Stage scene={scene} />}
        {scene !== undefined && view === 'table' && (
          <Suspense fallback={undefined}>
            <RingTable />
          </Suspense>
        )}
        {scene !== undefined && view === 'time' && (
          <Suspense fallback={undefined}>
            <SpaceTime size={size} />
          </Suspense>
        )}
        {choosing === undefined ? <Tools /> : <ChoosingBar chosen={choosing} />}
        {scene !== undefined && view === 'ring' && hasLegend(scene.ring) && <Legend all={false} />}
        {scene !== undefined && view === 'ring' && !narrow && !scene.ring.compact && (
          <LastCommand width={scene.ring.centre.x - scene.ring.nodeRadius - BESIDE_TOP} />
        )}
        {scene !== undefined && shape !== undefined && choosing === undefined && view === 'ring' && !detailed && (
          <MemberCard shape={shape} scene={scene} />
        )}
      </div>
      {scene !== undefined && view === 'ring' && !narrow && scene.ring.compact && <LastCommand width={undefined} />}
      {request && (
        <Suspense fallback={<div className="request-bar" />}>
          <RequestBar />
        </Suspense>
      )}
    </section>
  );
}
