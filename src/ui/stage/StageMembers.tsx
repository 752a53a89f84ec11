/** The members on the ring: chosen by a click, Enter or their number; a menu says what can be done to each. */

import { memo, type JSX, type KeyboardEvent } from 'react';
import { selectedMember } from '#view/selection.ts';
import { MemberDrawing } from '#viz/MemberDrawing.tsx';
import { LABEL_LINE } from '#viz/stage-boxes.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import type { MemberShape } from '#viz/stage-shape.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useMenu } from '#ui/menu/use-menu.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { faultText, memberLabel, memberLines } from '#ui/stage/member-status.ts';

interface MemberButtonProps {
  readonly shape: MemberShape;
  /** Only its name fits. */
  readonly crowded: boolean;
  readonly pressed: boolean;
  readonly onOtherSide: boolean;
}

const MemberButton = memo(function MemberButton({ shape, crowded, pressed, onOtherSide }: MemberButtonProps): JSX.Element {
  const words = useWords();
  const { member, place, label, radius } = shape;
  const { pick, point } = useActions();
  const menu = useMenu({ type: 'member', name: member.name });
  const now = useNow(member.timer !== undefined);
  const status = onOtherSide ? [words.stage.sideB] : crowded ? [] : memberLines(member, words);
  const faults = crowded ? '' : faultText(member, words);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (menu.openByKey(event) || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    pick(member.name);
  };
  return (
    <g
      role="button"
      tabIndex={0}
      data-hit="member"
      aria-label={memberLabel(member, words)}
      aria-pressed={pressed}
      className={`member-button${pressed ? ' pressed' : ''}${onOtherSide ? ' other-side' : ''}`}
      onClick={() => {
        pick(member.name);
      }}
      onKeyDown={onKeyDown}
      onContextMenu={menu.onContextMenu}
      onPointerDown={menu.onPointerDown}
      onPointerMove={menu.onPointerMove}
      onPointerUp={menu.onPointerUp}
      onPointerCancel={menu.onPointerCancel}
      onPointerEnter={() => {
        point({ type: 'member', name: member.name });
      }}
      onPointerLeave={() => {
        point(undefined);
      }}
    >
      <g transform={`translate(${place.x} ${place.y})`}>
        <circle className="halo" r={radius + 15} />
        <MemberDrawing shape={shape} termWord={words.stage.term} now={now} />
      </g>
      <text className="member-name" x={label.x} y={label.y} textAnchor={label.anchor}>
        {member.name}
      </text>
      {status.map((line, at) => (
        <text key={line} className="member-role" x={label.x} y={label.y + (at + 1) * LABEL_LINE} textAnchor={label.anchor}>
          {line}
        </text>
      ))}
      {faults !== '' && (
        <text className="member-faults" x={label.x} y={label.y + (status.length + 1) * LABEL_LINE - 1} textAnchor={label.anchor}>
          {faults}
        </text>
      )}
    </g>
  );
});

export function StageMembers({ scene }: { readonly scene: StageScene }): JSX.Element {
  const selected = useView((state) => selectedMember(state.selected));
  const choosing = useView((state) => state.choosing);
  return (
    <>
      {scene.members.map((shape) => {
        const { name } = shape.member;
        const chosen = choosing?.includes(name) ?? false;
        return (
          <MemberButton key={name} shape={shape} crowded={scene.ring.crowded} pressed={selected === name || chosen} onOtherSide={chosen} />
        );
      })}
    </>
  );
}
