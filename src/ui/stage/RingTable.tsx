/** The ring in words: what stands on the stage as tables, with everything that can be done to it. */

import type { JSX } from 'react';
import type { MenuTarget } from '#store/state.ts';
import { instantText } from '#words/measure.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { faultText, memberStatus } from '#ui/stage/member-status.ts';

/** Messages listed at most. */
const MESSAGES_MAX = 40;

function ActionsOf({ target, name }: { readonly target: MenuTarget; readonly name: string }): JSX.Element {
  const words = useWords();
  const { openMenu } = useActions();
  return (
    <button
      type="button"
      className="link-button"
      aria-haspopup="menu"
      aria-label={words.touch.table.actionsOf(name)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        openMenu(target, box.left, box.bottom);
      }}
    >
      {words.touch.actions}…
    </button>
  );
}

function Members(): JSX.Element {
  const words = useWords();
  const { table } = words.touch;
  const members = useView((state) => state.frame?.members) ?? [];
  return (
    <table className="table">
      <caption>{table.members}</caption>
      <thead>
        <tr>
          {[table.member, table.state, table.term, table.commit, table.faults, words.touch.actions].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.name}>
            <th scope="row">{member.name}</th>
            <td>{memberStatus(member, words)}</td>
            <td className="mono">{member.term}</td>
            <td className="mono">{member.commit}</td>
            <td>{faultText(member, words) || table.none}</td>
            <td>
              <ActionsOf target={{ type: 'member', name: member.name }} name={member.name} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Links(): JSX.Element {
  const words = useWords();
  const { table } = words.touch;
  const links = useView((state) => state.frame?.links) ?? [];
  const partition = useView((state) => state.frame?.partition) ?? [];
  return (
    <>
      {partition.length > 1 && (
        <p>
          {words.stage.cut}: {partition.map((side) => side.join(', ')).join(' | ')}
        </p>
      )}
      {links.length === 0 ? (
        <p className="quiet">{table.noLinks}</p>
      ) : (
        <table className="table">
          <caption>{table.links}</caption>
          <thead>
            <tr>
              {[table.from, table.to, table.setting, words.touch.actions].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {links.map(({ from, to, cut, note }) => (
              <tr key={`${from}>${to}`}>
                <th scope="row">{clientName(from, words)}</th>
                <td>{clientName(to, words)}</td>
                <td>{[...(cut ? [table.cut] : []), ...(note === '' ? [] : [note])].join(', ')}</td>
                <td>
                  <ActionsOf target={{ type: 'link', from, to }} name={`${from} – ${to}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Messages(): JSX.Element {
  const words = useWords();
  const { table } = words.touch;
  const messages = useView((state) => state.frame?.messages) ?? [];
  if (messages.length === 0) return <p className="quiet">{table.noMessages}</p>;
  return (
    <>
      <table className="table">
        <caption>{table.messages}</caption>
        <thead>
          <tr>
            {[table.kind, table.from, table.to, table.arrives, words.touch.actions].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {messages.slice(0, MESSAGES_MAX).map(({ id, kind, from, to, arrivesAt, lost }) => (
            <tr key={`${id}${lost === undefined ? '' : '-lost'}`}>
              <th scope="row">{words.kinds[kind]}</th>
              <td>{clientName(from, words)}</td>
              <td>{clientName(to, words)}</td>
              <td className="mono">{lost === undefined ? `${instantText(arrivesAt)} s` : words.legend.lost}</td>
              <td>
                <ActionsOf target={{ type: 'message', id }} name={words.stage.message(words.kinds[kind], from, to)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {messages.length > MESSAGES_MAX && <p className="quiet">{table.more(messages.length - MESSAGES_MAX)}</p>}
    </>
  );
}

export function RingTable(): JSX.Element {
  const words = useWords();
  const { prefer } = useActions();
  return (
    <div className="ring-table scroll" role="region" tabIndex={0} aria-label={words.touch.table.title}>
      <Members />
      <Links />
      <Messages />
      <button
        type="button"
        className="button ring-table-close"
        onClick={() => {
          prefer({ table: false });
        }}
      >
        {words.touch.table.close} <kbd aria-hidden>a</kbd>
      </button>
    </div>
  );
}
