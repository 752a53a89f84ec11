/** The stage: members, links, clients and what travels between them. */

import { memo, useMemo, type JSX, type KeyboardEvent } from 'react';
import { selectedMember } from '#view/selection.ts';
import type { ClientView, MemberView } from '#view/frame.ts';
import type { Catalogue } from '#words/english.ts';
import { MemberDrawing } from '#viz/MemberDrawing.tsx';
import { MessageDrawing } from '#viz/MessageDrawing.tsx';
import { placeMessages } from '#viz/message-place.ts';
import { stageScene, type ClientShape, type MemberShape, type StageScene } from '#viz/stage-scene.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, usePage, useView, useWords } from '#ui/playground-context.ts';
import type { Size } from '#ui/use-size.ts';

/** What a member is, in a word or three: under its name, and for who cannot see the drawing. */
export function memberStatus(member: MemberView, words: Catalogue): string {
  if (member.life !== 'up') return words.lives[member.life];
  if (member.role === 'leader' && member.leadsWithoutQuorum) return words.stage.withoutQuorum;
  return member.learner ? words.stage.learner : words.roles[member.role];
}

function memberLabel(member: MemberView, words: Catalogue): string {
  if (member.life === 'dead' || member.life === 'crashed') return words.stage.down(member.name, words.lives[member.life]);
  const role =
    member.role === 'leader' && member.leadsWithoutQuorum
      ? words.stage.withoutQuorum
      : member.learner
        ? words.stage.learner
        : words.roles[member.role];
  return words.stage.member(member.name, role, member.term, words.lives[member.life]);
}

interface MemberButtonProps {
  readonly shape: MemberShape;
  readonly words: Catalogue;
  readonly pressed: boolean;
  readonly onOtherSide: boolean;
}

const MemberButton = memo(function MemberButton({ shape, words, pressed, onOtherSide }: MemberButtonProps): JSX.Element {
  const { member, place, label, radius } = shape;
  const { pick } = useActions();
  const now = useNow(member.timer !== undefined);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    pick(member.name);
  };
  return (
    <g
      role="button"
      tabIndex={0}
      aria-label={memberLabel(member, words)}
      aria-pressed={pressed}
      className={`member-button${pressed ? ' pressed' : ''}${onOtherSide ? ' other-side' : ''}`}
      onClick={() => {
        pick(member.name);
      }}
      onKeyDown={onKeyDown}
    >
      <g transform={`translate(${place.x} ${place.y})`}>
        <circle className="halo" r={radius + 15} />
        <MemberDrawing shape={shape} termWord={words.stage.term} now={now} />
      </g>
      <text className="member-name" x={label.x} y={label.y} textAnchor={label.anchor}>
        {member.name}
      </text>
      <text className="member-role" x={label.x} y={label.y + 18} textAnchor={label.anchor}>
        {onOtherSide ? words.stage.sideB : memberStatus(member, words)}
      </text>
    </g>
  );
});

const Still = memo(function Still({ scene, words }: { readonly scene: StageScene; readonly words: Catalogue }): JSX.Element {
  return (
    <g aria-hidden>
      {scene.links.map((link) => (
        <line
          key={`${link.from}-${link.to}`}
          className={`link${link.severed ? ' link-severed' : ''}${link.idle ? ' link-idle' : ''}`}
          x1={link.a.x}
          y1={link.a.y}
          x2={link.b.x}
          y2={link.b.y}
        />
      ))}
      {scene.cuts.map((cut) => (
        <g key={cut.path} className="cut">
          <path d={cut.path} />
          <text x={cut.label.x} y={cut.label.y}>
            {words.stage.cut}
          </text>
        </g>
      ))}
    </g>
  );
});

/** Terminals and forms act for the visitor; other clients have names of their own. */
export function clientName(name: string, words: Catalogue): string {
  return /^(you|main|page|request-\d+)$/.test(name) ? words.you : name;
}

const Client = memo(function Client({ shape, words }: { readonly shape: ClientShape; readonly words: Catalogue }): JSX.Element {
  const { client, place, label, link } = shape;
  return (
    <g className={client.frozen ? 'client client-frozen' : 'client'}>
      {link !== undefined && <line className="client-link" x1={link[0].x} y1={link[0].y} x2={link[1].x} y2={link[1].y} />}
      <path className="client-mark" transform={`translate(${place.x} ${place.y})`} d="M0 -10L10 0L0 10L-10 0Z" />
      <text className="client-name" x={label.x} y={label.y} textAnchor={label.anchor}>
        {clientName(client.name, words)}
      </text>
      {client.activity !== undefined && (
        <text className="client-activity" x={label.x} y={label.y + 17} textAnchor={label.anchor}>
          {client.activity.length > 24 ? `${client.activity.slice(0, 23)}…` : client.activity}
        </text>
      )}
    </g>
  );
});

function Messages({ scene, words }: { readonly scene: StageScene; readonly words: Catalogue }): JSX.Element {
  const messages = useView((state) => state.frame?.messages);
  const { ticker } = usePage();
  const now = useNow((messages?.length ?? 0) > 0);
  const shapes = placeMessages(scene, messages ?? [], now, { still: ticker.still() });
  return (
    <g className="messages" aria-hidden>
      {shapes.map((shape) => (
        <MessageDrawing
          key={shape.message.id}
          shape={shape}
          label={words.stage.message(
            words.kinds[shape.message.kind],
            clientName(shape.message.from, words),
            clientName(shape.message.to, words),
          )}
        />
      ))}
    </g>
  );
}

/** The visitor stands at the edge of the stage before the first request, too. */
const VISITOR: ClientView = { name: 'you', frozen: false, activity: undefined, endpoint: undefined };

/** The scene of the present frame at this size. */
export function useStageScene(size: Size): StageScene | undefined {
  const members = useView((state) => state.frame?.members);
  const clients = useView((state) => state.frame?.clients);
  const links = useView((state) => state.frame?.links);
  const partition = useView((state) => state.frame?.partition);
  return useMemo(() => {
    if (members === undefined || clients === undefined || links === undefined || partition === undefined || size.width === 0)
      return undefined;
    const present = clients.length === 0 ? [VISITOR] : clients;
    return stageScene({ members, clients: present, links, partition }, size.width, size.height);
  }, [members, clients, links, partition, size]);
}

export function Stage({ scene }: { readonly scene: StageScene }): JSX.Element {
  const words = useWords();
  const selected = useView((state) => selectedMember(state.selected));
  const choosing = useView((state) => state.choosing);
  const { ring } = scene;
  return (
    <svg className="stage-drawing" width={ring.width} height={ring.height} role="group" aria-label={words.stage.ring}>
      <defs>
        <pattern id="frozen-hatch" width={8} height={8} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path className="hatch-line" d="M0 0V8" />
        </pattern>
      </defs>
      <Still scene={scene} words={words} />
      {scene.clients.map((shape) => (
        <Client key={shape.client.name} shape={shape} words={words} />
      ))}
      {scene.members.map((shape) => {
        const { name } = shape.member;
        return (
          <MemberButton
            key={name}
            shape={shape}
            words={words}
            pressed={selected === name || (choosing?.includes(name) ?? false)}
            onOtherSide={choosing?.includes(name) ?? false}
          />
        );
      })}
      <Messages scene={scene} words={words} />
    </svg>
  );
}
