/** Whose store is read, and which member the lines go to. */

import type { JSX } from 'react';
import { useDataMember, useDataWords } from '#ui/data/use-data.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

export function MemberSelect(): JSX.Element {
  const words = useDataWords();
  const { lives, roles } = useWords();
  const { askMember } = useActions();
  const chosen = useDataMember();
  const members = useView((state) => state.frame?.members) ?? [];
  return (
    <label className="field" title={words.askExplained}>
      <span>{words.ask}</span>
      <select
        value={chosen?.name ?? ''}
        onChange={(event) => {
          askMember(event.target.value);
        }}
      >
        {members.map((member) => (
          <option key={member.name} value={member.name}>
            {member.name} · {member.life === 'up' ? (member.learner ? words.members.learner : roles[member.role]) : lives[member.life]}
          </option>
        ))}
      </select>
    </label>
  );
}
