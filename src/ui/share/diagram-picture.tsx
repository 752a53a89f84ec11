/** The space-time diagram as a picture that stands alone: SVG with its styles written into it, or PNG. */

import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import type { History } from '#view/history.ts';
import type { Catalogue } from '#words/english.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import { spaceTimeScene } from '#viz/space-time-scene.ts';

/** What of an element's look is written into the picture; everything else has its initial value there too. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
  'paint-order',
] as const;

const WIDTH = 1600;
const LANE_HEIGHT = 84;
/** Pixels of the PNG for one of the SVG. */
const SCALE = 2;

/** @param now the instant that is shown, µs */
export interface DiagramSetting {
  readonly history: History;
  readonly now: number;
  /** Time to be seen without the quiet stretches, µs. */
  readonly busy: number;
  readonly words: Catalogue;
  readonly nameOf: (lane: string) => string;
}

function standAlone(svg: SVGSVGElement): string {
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--card').trim();
  const elements = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  // All are read before the first is written: a write would make the browser compute everything anew.
  const looks = elements.map((element) => {
    const computed = getComputedStyle(element);
    return STYLES.map((name) => [name, computed.getPropertyValue(name)] as const).filter(([, value]) => value !== '');
  });
  elements.forEach((element, at) => {
    for (const [name, value] of looks[at] ?? []) element.setAttribute(name, value);
    element.removeAttribute('class');
  });
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', ground],
  ] as const)
    rect.setAttribute(name, value);
  svg.prepend(rect);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(svg);
}

/** The diagram as the text of an SVG file, in the colours of the present theme. */
export function diagramSvg({ history, now, busy, words, nameOf }: DiagramSetting): string {
  const lanes = history.members.length + history.clients.length;
  const scene = spaceTimeScene(history, {
    now,
    span: busy,
    end: undefined,
    filter: { only: undefined, group: 'all', text: '' },
    width: WIDTH,
    height: 60 + LANE_HEIGHT * Math.max(1, lanes),
  });
  const place = document.createElement('div');
  place.className = 'picture-workshop';
  document.body.append(place);
  const root = createRoot(place);
  try {
    flushSync(() => {
      root.render(<SpaceTimeDrawing scene={scene} words={words} nameOf={nameOf} />);
    });
    const svg = place.querySelector('svg');
    if (svg === null) throw new Error('the diagram was not drawn');
    return standAlone(svg);
  } finally {
    root.unmount();
    place.remove();
  }
}

/** An SVG text as a PNG. @throws Error if the browser cannot draw it */
export async function svgToPng(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width * SCALE;
  canvas.height = image.height * SCALE;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no canvas');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('this browser makes no PNG'));
      else resolve(blob);
    }, 'image/png');
  });
}
