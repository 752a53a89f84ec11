/** A message on its way: all its fields in plain words, and what can be done to it. Each button is a line. */

import type { JSX } from 'react';
import type { MessageView } from '#view/frame.ts';
import { useActions, useView } from '#ui/playground-context.ts';
import { useInspectWords } from '#ui/why/inspect-words.ts';

/** Calls and answers of clients travel on streams: only messages between members can be tampered with. */
const CLIENT_KINDS: ReadonlySet<MessageView['kind']> = new Set(['call', 'reply', 'watch-event']);

const ACTIONS = [
  ['drop', 'drop'],
  ['delay', 'delay 50ms'],
  ['duplicate', 'duplicate'],
  ['deliver', 'deliver'],
] as const;

export function MessageInspector(): JSX.Element | undefined {
  const words = useInspectWords().message;
  const { say } = useActions();
  const message = useView((state) => {
    const { selected } = state;
    return selected?.type === 'message' ? state.frame?.messages.find(({ id }) => id === selected.id) : undefined;
  });
  if (message === undefined) return undefined;
  const canChange = !CLIENT_KINDS.has(message.kind) && message.lost === undefined;
  return (
    <section className="inspector" aria-label={words.title}>
      <p className="quiet">{words.sent(message.sentAt, message.arrivesAt)}</p>
      <dl className="facts">
        {message.fields.map(([name, value]) => (
          <div key={name}>
            <dt title={name}>{words.field(name)}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {canChange && (
        <div className="member-actions" role="group" aria-label={words.actions}>
          {ACTIONS.map(([name, flag]) => (
            <button
              key={name}
              type="button"
              className="button"
              title={`play message ${message.id} --${flag}`}
              onClick={() => {
                say(`play message ${message.id} --${flag}`);
              }}
            >
              {words[name]}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
