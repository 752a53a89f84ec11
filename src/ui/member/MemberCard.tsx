/** A chosen member beside its place on the stage: what it is, and what can be done to it. */

import type { JSX } from 'react';
import type { MemberView } from '#view/frame.ts';
import type { MemberVerb } from '#store/actions.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import type { MemberShape } from '#viz/stage-shape.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { memberStatus } from '#ui/stage/member-status.ts';

const CARD = { width: 256, height: 226, gap: 30 } as const;

/** What can be done to a member in its state, with the key that does it. */
export function verbsFor(member: MemberView, alone: boolean): readonly { readonly verb: MemberVerb; readonly key: string | undefined }[] {
  if (member.life === 'dead' || member.life === 'crashed') return [{ verb: 'restart', key: 'r' }];
  if (member.life === 'frozen')
    return [
      { verb: 'thaw', key: 'f' },
      { verb: 'kill', key: 'k' },
      { verb: 'isolate', key: 'i' },
    ];
  return [
    { verb: 'kill', key: 'k' },
    { verb: 'freeze', key: 'f' },
    ...(alone ? [] : [{ verb: 'isolate' as const, key: 'i' }]),
    ...(member.role === 'leader' ? [] : [{ verb: 'timeout' as const, key: undefined }]),
  ];
}

/** Room of the tools at the top of the stage, px. */
const TOOLS_HEIGHT = 50;

function placeOf(shape: MemberShape, scene: StageScene): { readonly left: number; readonly top: number } {
  const { place, radius } = shape;
  const right = place.x + radius + CARD.gap;
  const left = right + CARD.width + 8 <= scene.ring.width ? right : place.x - radius - CARD.gap - CARD.width;
  return {
    left: Math.max(8, left),
    // Below the tools of the stage, which it would lie over.
    top: Math.min(Math.max(TOOLS_HEIGHT, place.y - CARD.height / 2), Math.max(8, scene.ring.height - CARD.height - 8)),
  };
}

/** Buttons for everything that can be done to a member. */
export function MemberActions({ member }: { readonly member: MemberView }): JSX.Element {
  const words = useWords();
  const { toMember } = useActions();
  const alone = useView((state) => state.frame?.members.length === 1);
  return (
    <div className="member-actions">
      {verbsFor(member, alone).map(({ verb, key }) => (
        <button
          key={verb}
          type="button"
          className="button"
          onClick={() => {
            toMember(verb, member.name);
          }}
        >
          {words.actions[verb]}
          {key !== undefined && <kbd aria-hidden>{key}</kbd>}
        </button>
      ))}
    </div>
  );
}

export function MemberCard({ shape, scene }: { readonly shape: MemberShape; readonly scene: StageScene }): JSX.Element {
  const words = useWords();
  const { select, prefer, openMenu } = useActions();
  const { member } = shape;
  const facts: readonly (readonly [string, string])[] = [
    [words.member.term, String(member.term)],
    [words.member.commit, String(member.commit)],
    [words.member.last, String(member.lastIndex)],
    [words.member.revision, String(member.revision)],
  ];
  return (
    <section
      className={scene.ring.compact ? 'member-card member-card-sheet' : 'member-card'}
      aria-label={member.name}
      {...(scene.ring.compact ? {} : { style: placeOf(shape, scene) })}
    >
      <header>
        <h2>{member.name}</h2>
        <span className="quiet">{memberStatus(member, words)}</span>
        <button
          type="button"
          className="icon-button"
          aria-label={words.actions.close}
          onClick={() => {
            select(undefined);
          }}
        >
          ×
        </button>
      </header>
      <dl className="facts facts-tight">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      <MemberActions member={member} />
      <button
        type="button"
        className="link-button"
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          openMenu({ type: 'member', name: member.name }, box.left, box.bottom);
        }}
      >
        {words.touch.actions} …
      </button>
      <button
        type="button"
        className="link-button"
        onClick={() => {
          prefer({ rail: true, railTab: 'member' });
        }}
      >
        {words.actions.inspect} ›
      </button>
    </section>
  );
}
