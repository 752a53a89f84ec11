/** Clients at the edge of the stage: the visitor's terminals and forms, and others by name. */

import { memo, type JSX, type KeyboardEvent } from 'react';
import type { ClientShape } from '#viz/client-place.ts';
import type { StageScene } from '#viz/stage-scene.ts';
import { useMenu } from '#ui/menu/use-menu.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { clientName } from '#ui/stage/client-name.ts';

/** An activity as far as there is room for it. */
const shortActivity = (activity: string, most: number): string => (activity.length > most ? `${activity.slice(0, most - 1)}…` : activity);

const Client = memo(function Client({ shape }: { readonly shape: ClientShape }): JSX.Element {
  const words = useWords();
  const { select, point } = useActions();
  const { client, place, label, link, characters } = shape;
  const selected = useView((state) => state.selected?.type === 'client' && state.selected.name === client.name);
  const menu = useMenu({ type: 'client', name: client.name });
  const name = clientName(client.name, words);
  const choose = (): void => {
    select(selected ? undefined : { type: 'client', name: client.name });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (menu.openByKey(event) || (event.key !== 'Enter' && event.key !== ' ')) return;
    event.preventDefault();
    event.stopPropagation();
    choose();
  };
  return (
    <g className={client.frozen ? 'client client-frozen' : 'client'}>
      {link !== undefined && <line className="client-link" x1={link[0].x} y1={link[0].y} x2={link[1].x} y2={link[1].y} />}
      <g
        role="button"
        tabIndex={0}
        data-hit="client"
        aria-label={words.stage.clientLabel(name, client.activity)}
        aria-pressed={selected}
        className={`client-button${selected ? ' pressed' : ''}`}
        onClick={choose}
        onKeyDown={onKeyDown}
        onContextMenu={menu.onContextMenu}
        onPointerDown={menu.onPointerDown}
        onPointerMove={menu.onPointerMove}
        onPointerUp={menu.onPointerUp}
        onPointerCancel={menu.onPointerCancel}
        onPointerEnter={() => {
          point({ type: 'client', name: client.name });
        }}
        onPointerLeave={() => {
          point(undefined);
        }}
      >
        <circle className="halo" cx={place.x} cy={place.y} r={20} />
        <path className="client-mark" transform={`translate(${place.x} ${place.y})`} d="M0 -10L10 0L0 10L-10 0Z" />
        <text className="client-name" x={label.x} y={label.y} textAnchor={label.anchor}>
          {name}
        </text>
        {client.activity !== undefined && (
          <text className="client-activity" x={label.x} y={label.y + 17} textAnchor={label.anchor}>
            {shortActivity(client.activity, characters)}
          </text>
        )}
      </g>
    </g>
  );
});

export function StageClients({ scene }: { readonly scene: StageScene }): JSX.Element {
  return (
    <>
      {scene.clients.map((shape) => (
        <Client key={shape.client.name} shape={shape} />
      ))}
    </>
  );
}
