/** The stage: members, links, clients and what travels between them. A line drawn on it cuts the network. */

import { useMemo, type JSX } from 'react';
import type { ClientView } from '#view/frame.ts';
import { stageScene, type StageScene } from '#viz/stage-scene.ts';
import { strokePath } from '#viz/stroke.ts';
import { useMenu } from '#ui/menu/use-menu.ts';
import { useView, useWords } from '#ui/playground-context.ts';
import { StageClients } from '#ui/stage/StageClients.tsx';
import { StageLinks } from '#ui/stage/StageLinks.tsx';
import { StageMembers } from '#ui/stage/StageMembers.tsx';
import { StageMessages } from '#ui/stage/StageMessages.tsx';
import { useStroke, type Stroke } from '#ui/stage/use-stroke.ts';
import type { Size } from '#ui/use-size.ts';

/** The visitor stands at the edge of the stage before the first request, too. */
const VISITOR: ClientView = { name: 'you', frozen: false, activity: undefined, endpoint: undefined };

/** The scene of the present frame at this size. */
export function useStageScene(size: Size): StageScene | undefined {
  const members = useView((state) => state.frame?.members);
  const clients = useView((state) => state.frame?.clients);
  const links = useView((state) => state.frame?.links);
  const partition = useView((state) => state.frame?.partition);
  const bare = useView((state) => state.mode === 'room');
  return useMemo(() => {
    if (members === undefined || clients === undefined || links === undefined || partition === undefined || size.width === 0)
      return undefined;
    const present = clients.length === 0 ? [VISITOR] : clients;
    return stageScene({ members, clients: present, links, partition }, size.width, size.height, { bare });
  }, [members, clients, links, partition, size, bare]);
}

/** The line under the pen, and what it would do. */
function StrokeLine({ stroke, width }: { readonly stroke: Stroke; readonly width: number }): JSX.Element {
  const words = useWords();
  const { points, meaning } = stroke;
  const at = points.at(-1) ?? { x: 0, y: 0 };
  const text =
    meaning.type === 'partition'
      ? words.touch.stroke.cut(...meaning.sides)
      : meaning.type === 'links'
        ? meaning.links.map(({ from, to }) => `${from} – ${to}`).join(', ')
        : words.touch.stroke.nothing;
  const right = at.x > width - 260;
  return (
    <g className={`stroke stroke-${meaning.type}`}>
      <path d={strokePath(points)} />
      <text x={right ? at.x - 8 : at.x + 14} y={at.y - 14} textAnchor={right ? 'end' : 'start'}>
        {text}
      </text>
    </g>
  );
}

export function Stage({ scene }: { readonly scene: StageScene }): JSX.Element {
  const words = useWords();
  const { ring } = scene;
  const [stroke, handlers] = useStroke(scene);
  const menu = useMenu({ type: 'stage' });
  return (
    <svg
      className="stage-drawing"
      width={ring.width}
      height={ring.height}
      role="group"
      aria-label={words.stage.ring}
      onContextMenu={menu.onContextMenu}
      {...handlers}
    >
      <defs>
        <pattern id="frozen-hatch" width={8} height={8} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path className="hatch-line" d="M0 0V8" />
        </pattern>
      </defs>
      <StageLinks scene={scene} />
      <StageClients scene={scene} />
      <StageMembers scene={scene} />
      <StageMessages scene={scene} />
      {stroke !== undefined && <StrokeLine stroke={stroke} width={ring.width} />}
    </svg>
  );
}
