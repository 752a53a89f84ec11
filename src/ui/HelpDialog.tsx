/** What this is, what the shapes mean, which keys there are, and how to delete what is stored. */

import { useState, type JSX } from 'react';
import type { MemberView } from '#view/frame.ts';
import { MemberDrawing } from '#viz/MemberDrawing.tsx';
import { crownAbove } from '#viz/stage-shape.ts';
import { PAGE_COMMANDS, SHORTCUTS } from '#ui/commands/page-commands.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { Legend } from '#ui/stage/Legend.tsx';
import { PLAIN_MEMBER } from '#view/plain-member.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

type SampleName = 'leader' | 'follower' | 'candidate' | 'frozen' | 'dead' | 'stale';

const SAMPLES: readonly (readonly [SampleName, MemberView])[] = [
  ['leader', { ...PLAIN_MEMBER, role: 'leader' }],
  ['follower', { ...PLAIN_MEMBER, timer: { startedAt: 0, firesAt: 100, ticks: 10 } }],
  [
    'candidate',
    {
      ...PLAIN_MEMBER,
      role: 'candidate',
      term: 3,
      votes: [
        { name: 'a', vote: 'granted' },
        { name: 'b', vote: 'refused' },
        { name: 'c', vote: 'pending' },
      ],
    },
  ],
  ['stale', { ...PLAIN_MEMBER, role: 'leader', leadsWithoutQuorum: true, term: 1 }],
  ['frozen', { ...PLAIN_MEMBER, life: 'frozen' }],
  ['dead', { ...PLAIN_MEMBER, life: 'dead' }],
];

function Samples(): JSX.Element {
  const words = useWords();
  return (
    <ul className="samples">
      {SAMPLES.map(([name, member]) => (
        <li key={name}>
          <svg width={76} height={94} viewBox="-38 -56 76 94" aria-hidden>
            <MemberDrawing
              shape={{ member, radius: 24, place: { x: 0, y: 0 }, label: { x: 0, y: 0, anchor: 'middle' }, crown: crownAbove(24) }}
              termWord={words.stage.term}
              now={30}
            />
          </svg>
          {words.legend[name]}
        </li>
      ))}
    </ul>
  );
}

function DeleteStored(): JSX.Element {
  const words = useWords();
  const { deleteStored } = useActions();
  const storage = useView((state) => state.frame?.run.storage);
  const [sure, setSure] = useState(false);
  return (
    <p className="delete-stored">
      <button
        type="button"
        className="button button-danger"
        onClick={() => {
          if (sure) deleteStored();
          else setSure(true);
        }}
      >
        {sure ? words.help.deleteConfirm : words.help.deleteStored}
      </button>
      <span className="quiet">
        {words.help.deleteExplained} {storage !== undefined && words.help.storage[storage]}
      </span>
    </p>
  );
}

export function HelpDialog(): JSX.Element {
  const words = useWords();
  const { show } = useActions();
  return (
    <Dialog title={words.help.title}>
      {words.help.about.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <p>
        <button type="button" className="button" onClick={() => show('scenarios')}>
          {words.scenarios.more}
        </button>
      </p>
      <h3>{words.help.legend}</h3>
      <Samples />
      <Legend all />
      <h3>{words.help.keysTitle}</h3>
      <dl className="key-list">
        {PAGE_COMMANDS.map((id) => {
          const keys = SHORTCUTS[id];
          return keys === undefined ? undefined : (
            <div key={id}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{words.touch.commands[id]}</dd>
            </div>
          );
        })}
      </dl>
      <DeleteStored />
    </Dialog>
  );
}
