/** A member: its term inside, its role around it, what became of it across it. */

import { arc } from 'd3';
import type { JSX } from 'react';
import type { MemberView } from '#view/frame.ts';
import { round } from '#viz/point.ts';
import type { MemberShape } from '#viz/stage-shape.ts';
import { termClass } from '#viz/term-color.ts';

/** From the disc's edge to the middle of the role's ring. */
const RING = 7;

/** SVG path of the election timer's arc: what is left of it, clockwise from the top. `left` from 0 to 1. */
export function timerArc(radius: number, left: number): string {
  const path = arc()({
    innerRadius: radius + RING - 1.5,
    outerRadius: radius + RING + 1.5,
    startAngle: 0,
    endAngle: 2 * Math.PI * Math.min(1, Math.max(0, left)),
    padAngle: 0,
  });
  return (path ?? '').replace(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => String(round(Number(number))));
}

/** What is left of a member's election timer at `now`, from 0 to 1; undefined without a timer. */
export function timerLeft(member: Pick<MemberView, 'timer'>, now: number): number | undefined {
  if (member.timer === undefined) return undefined;
  const whole = member.timer.firesAt - member.timer.startedAt;
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (member.timer.firesAt - now) / whole));
}

/** A crown above the origin; hollow when nobody follows any more. */
export function Crown({ hollow }: { readonly hollow: boolean }): JSX.Element {
  return <path className={hollow ? 'crown crown-hollow' : 'crown'} d="M-10 0V-13L-5 -6.5L0 -15L5 -6.5L10 -13V0Z" />;
}

function RoleRing({ member, radius }: { readonly member: MemberView; readonly radius: number }): JSX.Element | undefined {
  if (member.life === 'dead' || member.life === 'crashed') return undefined;
  if (member.role === 'leader') {
    const length = 2 * Math.PI * (radius + RING);
    return (
      <circle
        className="ring ring-leader"
        r={radius + RING}
        {...(member.leadsWithoutQuorum ? { strokeDasharray: `${round(length / 10 - 6)} 6` } : {})}
      />
    );
  }
  if (member.role === 'follower') return <circle className="ring ring-track" r={radius + RING} />;
  return <circle className="ring ring-candidate" r={radius + RING} strokeDasharray="4 5" />;
}

function Votes({ member, radius }: { readonly member: MemberView; readonly radius: number }): JSX.Element {
  const step = Math.min(12, (radius * 1.3) / Math.max(1, member.votes.length));
  return (
    <g className="votes" transform={`translate(${round((-step * (member.votes.length - 1)) / 2)} ${round(radius * 0.55)})`}>
      {member.votes.map((vote, at) => (
        <g key={vote.name} transform={`translate(${round(at * step)} 0)`} className={`vote-${vote.vote}`}>
          {vote.vote === 'refused' ? <path d="M-3 -3L3 3M3 -3L-3 3" /> : <circle r={3.6} />}
        </g>
      ))}
    </g>
  );
}

/** The disc with its term, without label. `termWord` stands under the number where there is room. */
export function MemberDrawing({
  shape,
  termWord,
  now,
}: {
  readonly shape: MemberShape;
  readonly termWord: string;
  readonly now: number | undefined;
}): JSX.Element {
  const { member, radius } = shape;
  const down = member.life === 'dead' || member.life === 'crashed';
  const electing = member.role === 'candidate' || member.role === 'pre-candidate';
  const large = radius >= 32;
  const under = electing && !down ? 'votes' : large ? 'word' : 'none';
  const left = now === undefined ? undefined : timerLeft(member, now);
  return (
    <g className={`member ${termClass(down ? 0 : member.term)} life-${member.life} role-${member.role}`}>
      <RoleRing member={member} radius={radius} />
      {left !== undefined && !down && <path className="timer" d={timerArc(radius, left)} />}
      <circle className="disc" r={radius} />
      {member.life === 'frozen' && <circle className="hatch" r={radius} />}
      <text className={large ? 'term-number' : 'term-number term-number-small'} y={under === 'none' ? (large ? 8 : 6) : large ? 3 : 1}>
        {member.term}
      </text>
      {under === 'word' && (
        <text className="term-word" y={19}>
          {termWord}
        </text>
      )}
      {under === 'votes' && <Votes member={member} radius={radius} />}
      {member.saving && !down && (
        <g className="member-saving" transform={`translate(${round(radius * 0.74)} ${round(radius * 0.74)})`}>
          <rect x={-6} y={-6} width={12} height={12} rx={2} />
          <path d="M0 -3.5V1M-2.5 -1L0 1.5L2.5 -1M-3.5 3.8H3.5" />
        </g>
      )}
      {member.life === 'dead' && member.incarnation > 0 && (
        <path
          className="crossed"
          d={`M${round(-radius * 0.62)} ${round(-radius * 0.62)}L${round(radius * 0.62)} ${round(radius * 0.62)}M${round(radius * 0.62)} ${round(-radius * 0.62)}L${round(-radius * 0.62)} ${round(radius * 0.62)}`}
        />
      )}
      {member.life === 'crashed' && (
        <path
          className="crashed-mark"
          d={`M${round(radius * 0.15)} ${round(-radius * 0.8)}L${round(-radius * 0.3)} ${round(radius * 0.1)}H${round(radius * 0.25)}L${round(-radius * 0.15)} ${round(radius * 0.8)}`}
        />
      )}
      {member.role === 'leader' && !down && (
        <g transform={`translate(${shape.crown.x} ${shape.crown.y})`}>
          <Crown hollow={member.leadsWithoutQuorum} />
        </g>
      )}
    </g>
  );
}
