/** The links of the ring: a click opens what can be done to one, pulling it sideways gives it latency. */

import { memo, useRef, useState, type JSX, type PointerEvent } from 'react';
import type { Selection } from '#view/selection.ts';
import { linkLine } from '#store/command-lines.ts';
import type { Catalogue } from '#words/english.ts';
import { between, type Point } from '#viz/point.ts';
import type { LinkShape } from '#viz/link-shapes.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import { pulledLatency } from '#viz/stroke.ts';
import { useMenu } from '#ui/menu/use-menu.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { pointOn } from '#ui/stage/use-stroke.ts';

/** A link that moved less than this was clicked, px. */
const CLICK = 8;

/** Where a link is pulled to; undefined unless it is. */
interface Pull {
  readonly from: Point;
  readonly at: Point;
}

const distanceOf = ({ from, at }: Pull, link: LinkShape): number => {
  const length = Math.max(1, Math.hypot(link.b.x - link.a.x, link.b.y - link.a.y));
  return Math.abs(((at.x - from.x) * (link.b.y - link.a.y) - (at.y - from.y) * (link.b.x - link.a.x)) / length);
};

const isLink = (selection: Selection | undefined, link: LinkShape): boolean =>
  selection?.type === 'link' &&
  ((selection.from === link.from && selection.to === link.to) || (selection.from === link.to && selection.to === link.from));

/** The mark of a link of which one way is cut: a bar across it, and an arrow for the way that is left. */
function OneWay({ link }: { readonly link: LinkShape }): JSX.Element | undefined {
  if (link.oneWay === undefined) return undefined;
  const [from, to] = link.oneWay === 'there' ? [link.a, link.b] : [link.b, link.a];
  const at = between(from, to, 0.78);
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return (
    <path
      className="one-way"
      transform={`translate(${at.x.toFixed(1)} ${at.y.toFixed(1)}) rotate(${angle.toFixed(1)})`}
      d="M-9 -6L1 0L-9 6ZM5 -8V8"
    />
  );
}

const LinkHit = memo(function LinkHit({ link, words }: { readonly link: LinkShape; readonly words: Catalogue }): JSX.Element {
  const { openMenu, say, point } = useActions();
  const selected = useView((state) => isLink(state.selected, link) || isLink(state.pointed, link));
  const menu = useMenu({ type: 'link', from: link.from, to: link.to });
  const [pull, setPull] = useState<Pull>();
  const pressed = useRef<Pull | undefined>(undefined);
  const distance = pull === undefined ? 0 : distanceOf(pull, link);
  const pulled = distance >= CLICK;
  const drawing = (event: PointerEvent<SVGGElement>): Element => event.currentTarget.ownerSVGElement ?? event.currentTarget;
  const finish = (event: PointerEvent<SVGGElement>): void => {
    const from = pressed.current;
    pressed.current = undefined;
    setPull(undefined);
    menu.onPointerUp();
    if (from === undefined) return;
    const moved = distanceOf({ ...from, at: pointOn(event, drawing(event)) }, link);
    if (moved >= CLICK) say(linkLine(link.from, link.to, 'both', `--latency ${pulledLatency(moved) / 1000}ms`));
    else openMenu({ type: 'link', from: link.from, to: link.to }, event.clientX, event.clientY);
  };
  return (
    <g
      data-hit="link"
      className={`link-group${selected || pull !== undefined ? ' link-selected' : ''}`}
      onContextMenu={menu.onContextMenu}
      onPointerEnter={() => {
        point({ type: 'link', from: link.from, to: link.to });
      }}
      onPointerLeave={() => {
        point(undefined);
      }}
      onPointerDown={(event) => {
        menu.onPointerDown(event);
        if (event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = pointOn(event, drawing(event));
        pressed.current = { from: at, at };
      }}
      onPointerMove={(event) => {
        menu.onPointerMove(event);
        if (pressed.current === undefined) return;
        setPull({ ...pressed.current, at: pointOn(event, drawing(event)) });
      }}
      onPointerUp={finish}
      onPointerCancel={() => {
        pressed.current = undefined;
        setPull(undefined);
        menu.onPointerCancel();
      }}
      onClick={(event) => {
        // A finger has no drag here: a tap opens the menu.
        if (event.detail > 0 && pressed.current === undefined && matchMedia('(pointer: coarse)').matches)
          openMenu({ type: 'link', from: link.from, to: link.to }, event.clientX, event.clientY);
      }}
    >
      <title>{words.touch.menuOf.link(link.from, link.to) + (link.note === '' ? '' : `: ${link.note}`)}</title>
      <line
        className={`link${link.severed ? ' link-severed' : ''}${link.idle ? ' link-idle' : ''}${pulled ? ' link-pulled' : ''}`}
        x1={link.a.x}
        y1={link.a.y}
        x2={link.b.x}
        y2={link.b.y}
      />
      <line className="link-hit" x1={link.a.x} y1={link.a.y} x2={link.b.x} y2={link.b.y} />
      <OneWay link={link} />
      {link.note !== '' && (
        <text className="link-note" x={link.middle.x} y={link.middle.y - 5}>
          {link.note}
        </text>
      )}
      {pull !== undefined && pulled && (
        <g className="pull">
          <path
            d={`M${link.a.x} ${link.a.y}Q${2 * pull.at.x - (link.a.x + link.b.x) / 2} ${2 * pull.at.y - (link.a.y + link.b.y) / 2} ${link.b.x} ${link.b.y}`}
          />
          <text x={pull.at.x} y={pull.at.y - 12}>
            {words.touch.stroke.latency(pulledLatency(distance))}
          </text>
        </g>
      )}
    </g>
  );
});

/** Links, cuts across them, and what is written on all of them. */
export const StageLinks = memo(function StageLinks({ scene }: { readonly scene: StageScene }): JSX.Element {
  const words = useWords();
  const { ring } = scene;
  return (
    <g aria-hidden>
      {scene.links.map((link) => (
        <LinkHit key={`${link.from}-${link.to}`} link={link} words={words} />
      ))}
      {scene.cuts.map((cut) => (
        <g key={cut.path} className="cut">
          <path d={cut.path} />
          <text x={cut.label.x} y={cut.label.y} textAnchor={cut.label.anchor}>
            {words.stage.cut}
          </text>
        </g>
      ))}
      {scene.everyLink !== '' && (
        <text className="link-note link-note-all" x={ring.centre.x} y={ring.centre.y + 5}>
          {words.stage.everyLink(scene.everyLink)}
        </text>
      )}
    </g>
  );
});
