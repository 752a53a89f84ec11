/** Drawing on the stage: a line through the ring or around members cuts the network. */

import { useRef, useState, type PointerEvent } from 'react';
import { linkLine, partitionLine } from '#store/command-lines.ts';
import type { Point } from '#viz/point.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import { readStroke, type StrokeMeaning } from '#viz/stroke.ts';
import { useActions, useView } from '#ui/playground-context.ts';

/** Points of a stroke at most; finer ones are not needed. */
const POINTS_MAX = 400;
/** Distance between two points of it, px. */
const POINT_STEP = 4;

export interface Stroke {
  readonly points: readonly Point[];
  readonly meaning: StrokeMeaning;
}

export interface StrokeHandlers {
  readonly onPointerDown: (event: PointerEvent<SVGSVGElement>) => void;
  readonly onPointerMove: (event: PointerEvent<SVGSVGElement>) => void;
  readonly onPointerUp: (event: PointerEvent<SVGSVGElement>) => void;
  readonly onPointerCancel: () => void;
}

/** Place of a pointer on a drawing, px. */
export function pointOn(event: { readonly clientX: number; readonly clientY: number }, drawing: Element): Point {
  const box = drawing.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** The stroke that is being drawn, and what draws it. A finger draws only while sides are chosen: else it scrolls the page. */
export function useStroke(scene: StageScene): readonly [Stroke | undefined, StrokeHandlers] {
  const { say, letGo } = useActions();
  const choosing = useView((state) => state.choosing !== undefined);
  const points = useRef<Point[] | undefined>(undefined);
  const [stroke, setStroke] = useState<Stroke>();
  const end = (): void => {
    points.current = undefined;
    setStroke(undefined);
  };
  const finish = (): void => {
    const meaning = points.current === undefined ? undefined : readStroke(scene, points.current);
    end();
    if (meaning === undefined || meaning.type === 'nothing') return;
    if (choosing) letGo();
    const names = scene.members.map(({ member }) => member.name);
    if (meaning.type === 'partition') say(partitionLine(meaning.sides[0], names));
    else say(...meaning.links.map(({ from, to }) => linkLine(from, to, 'both', '--cut')));
  };
  return [
    stroke,
    {
      onPointerDown: (event) => {
        const onGround = event.target instanceof Element && event.target.closest('[data-hit]') === null;
        if (!onGround || event.button !== 0 || scene.members.length < 2 || (event.pointerType === 'touch' && !choosing)) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        points.current = [pointOn(event, event.currentTarget)];
      },
      onPointerMove: (event) => {
        const drawn = points.current;
        if (drawn === undefined) return;
        const point = pointOn(event, event.currentTarget);
        const last = drawn.at(-1);
        if (last !== undefined && Math.hypot(point.x - last.x, point.y - last.y) < POINT_STEP) return;
        if (drawn.length < POINTS_MAX) drawn.push(point);
        setStroke({ points: [...drawn], meaning: readStroke(scene, drawn) });
      },
      onPointerUp: finish,
      onPointerCancel: end,
    },
  ];
}
