/** Everything that is known of the chosen member, and what it knows of the others. */

import type { JSX } from 'react';
import { selectedMember } from '#view/selection.ts';
import type { MemberView } from '#view/frame.ts';
import type { Catalogue } from '#words/english.ts';
import { termClass } from '#viz/term-color.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { MemberInspector } from '#ui/member/MemberInspector.tsx';
import { MemberActions } from '#ui/member/MemberCard.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { memberStatus } from '#ui/stage/member-status.ts';

function Timer({ timer, words }: { readonly timer: NonNullable<MemberView['timer']>; readonly words: Catalogue }): JSX.Element {
  const now = useNow(true);
  return <>{words.member.timerText(timer.firesAt - now, timer.ticks)}</>;
}

function Facts({ member, words }: { readonly member: MemberView; readonly words: Catalogue }): JSX.Element {
  const none = words.member.none;
  const facts: readonly (readonly [string, string])[] = [
    [words.member.vote, member.vote ?? none],
    [words.member.lead, member.lead ?? none],
    [words.member.commit, String(member.commit)],
    [words.member.applied, String(member.applied)],
    [words.member.last, words.member.lastTerm(member.lastIndex, member.lastTerm)],
    [words.member.revision, String(member.revision)],
    [words.member.compacted, member.compactRevision > 0 ? String(member.compactRevision) : none],
    [words.member.runs, String(member.incarnation)],
    [words.member.id, member.id],
    [words.member.client, member.clientUrl],
    [words.member.peer, member.peerUrl],
  ];
  return (
    <dl className="facts">
      {member.timer !== undefined && (
        <div>
          <dt>{words.member.timer}</dt>
          <dd>
            <Timer timer={member.timer} words={words} />
          </dd>
        </div>
      )}
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Progress({ member, words }: { readonly member: MemberView; readonly words: Catalogue }): JSX.Element {
  return (
    <table className="table">
      <caption>{words.member.progress}</caption>
      <thead>
        <tr>
          <th scope="col">{words.member.peerName}</th>
          <th scope="col">{words.member.state}</th>
          <th scope="col">{words.member.match}</th>
          <th scope="col">{words.member.next}</th>
          <th scope="col">{words.member.inflight}</th>
        </tr>
      </thead>
      <tbody>
        {member.progress.map((peer) => (
          <tr key={peer.name}>
            <th scope="row">{peer.name}</th>
            <td>
              {words.member.states[peer.state]}
              {!peer.active && <span className="quiet"> · {words.member.inactive}</span>}
            </td>
            <td className="mono">{peer.match}</td>
            <td className="mono">{peer.next}</td>
            <td className="mono">{peer.inflight}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Buttons that choose a member. */
export function MemberChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}): JSX.Element {
  const words = useWords();
  const members = useView((state) => state.frame?.members);
  return (
    <div className="choice" role="group" aria-label={words.panels.member}>
      {members?.map((member) => (
        <button
          key={member.name}
          type="button"
          className="button"
          aria-pressed={member.name === chosen}
          onClick={() => {
            onChoose(member.name);
          }}
        >
          {member.name}
        </button>
      ))}
    </div>
  );
}

export function MemberTab(): JSX.Element {
  const words = useWords();
  const { select } = useActions();
  const member = useView((state) => state.frame?.members.find((each) => each.name === selectedMember(state.selected)));
  return (
    <div className="scroll">
      <MemberChoice
        chosen={member?.name}
        onChoose={(name) => {
          select({ type: 'member', name });
        }}
      />
      {member === undefined ? (
        <p className="empty">{words.member.choose}</p>
      ) : (
        <>
          <h2 className="member-heading">
            <span className={`chip chip-large ${termClass(member.life === 'up' || member.life === 'frozen' ? member.term : 0)}`}>
              {member.term}
            </span>
            {member.name}
            <span className="quiet">
              {memberStatus(member, words)}
              {member.saving && ` · ${words.member.saving}`}
            </span>
          </h2>
          {member.crash !== undefined && (
            <p className="crash">
              <strong>{words.member.crash}</strong> {member.crash}
            </p>
          )}
          <MemberActions member={member} />
          <Facts member={member} words={words} />
          {member.votes.length > 0 && (
            <p className="votes-line">
              <strong>{words.member.votes}</strong>{' '}
              {member.votes.map((vote) => `${vote.name}: ${words.member.voteStates[vote.vote]}`).join(' · ')}
            </p>
          )}
          {member.progress.length > 0 && <Progress member={member} words={words} />}
          <MemberInspector key={member.name} name={member.name} />
        </>
      )}
    </div>
  );
}
