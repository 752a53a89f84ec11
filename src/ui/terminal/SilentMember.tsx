/** A terminal that talks to a member that does not answer says so, and offers another: as etcdctl's, its commands only end in a timeout. */

import type { JSX } from 'react';
import { endpointsLine } from '#store/command-lines.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import type { MemberView } from '#view/frame.ts';

const answers = ({ life }: MemberView): boolean => life === 'up';

export function SilentMember({ name }: { readonly name: string }): JSX.Element | undefined {
  const words = useWords().terminal;
  const { type } = useActions();
  const busy = useView((state) => screenOf(state.terminals, name).busy);
  const prompt = useView((state) => screenOf(state.terminals, name).prompt);
  const members = useView((state) => state.frame?.members) ?? [];
  const silent = members.find((member) => prompt === `${member.name} $`);
  if (silent === undefined || answers(silent)) return undefined;
  const other = members.find((member) => answers(member) && member.clientUrl !== '');
  return (
    <div className="tline quiet terminal-silent" role="status">
      {words.silent(silent.name)}
      {other !== undefined && !busy && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            type(name, endpointsLine([other.clientUrl]));
          }}
        >
          {words.talkTo(other.name)}
        </button>
      )}
    </div>
  );
}
