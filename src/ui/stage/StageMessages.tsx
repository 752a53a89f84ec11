/** What travels between members and clients. */

import { useMemo, type JSX } from 'react';
import type { CrowdView, MessageView } from '#view/frame.ts';
import { BundleDrawing, MessageDrawing, type Emphasis } from '#viz/MessageDrawing.tsx';
import { placeMessages } from '#viz/message-place.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import { distinctKeys } from '#viz/distinct-keys.ts';
import { useNow } from '#ui/frame-ticker.ts';
import { useActions, usePage, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';

const NO_MESSAGES: readonly MessageView[] = [];
const NO_CROWD: readonly CrowdView[] = [];

/** How messages stand to what is selected or pointed at. */
function useEmphasis(): (id: number) => Emphasis {
  const { causes, effects } = useView((state) => state.related);
  const selected = useView((state) => (state.selected?.type === 'message' ? state.selected.id : undefined));
  return (id) => (id === selected ? 'selected' : causes.has(id) ? 'cause' : effects.has(id) ? 'effect' : 'none');
}

export function StageMessages({ scene }: { readonly scene: StageScene }): JSX.Element {
  const words = useWords();
  const messages = useView((state) => state.frame?.messages) ?? NO_MESSAGES;
  const crowd = useView((state) => state.frame?.crowd) ?? NO_CROWD;
  const { ticker } = usePage();
  const { select, point, openMenu } = useActions();
  const now = useNow(messages.length > 0);
  const emphasis = useEmphasis();
  const seen = useMemo(() => ({ messages, crowd }), [messages, crowd]);
  const { shapes, bundles } = placeMessages(scene, seen, now, { still: ticker.still() });
  const keys = distinctKeys(shapes.map(({ message }) => message.id));
  const label = (kind: MessageView['kind'], from: string, to: string): string =>
    words.stage.message(words.kinds[kind], clientName(from, words), clientName(to, words));
  return (
    <g className="messages" aria-hidden>
      {bundles.map((bundle) => (
        <BundleDrawing
          key={bundle.key}
          bundle={bundle}
          label={words.stage.bundle(bundle.count, clientName(bundle.from, words), clientName(bundle.to, words))}
        />
      ))}
      {shapes.map((shape, at) => {
        const { id, kind, from, to } = shape.message;
        return (
          <g
            key={keys[at]}
            data-hit="message"
            className="message-hit"
            onClick={() => {
              select({ type: 'message', id });
            }}
            onContextMenu={(event) => {
              event.preventDefault();
              event.stopPropagation();
              openMenu({ type: 'message', id }, event.clientX, event.clientY);
            }}
            onPointerEnter={() => {
              point({ type: 'message', id });
            }}
            onPointerLeave={() => {
              point(undefined);
            }}
          >
            <MessageDrawing shape={shape} label={label(kind, from, to)} emphasis={emphasis(id)} />
          </g>
        );
      })}
    </g>
  );
}
