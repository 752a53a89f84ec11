/** All drawings side by side: for who works on one of them. The development server shows it at `?gallery`. */

import type { JSX } from 'react';
import { english } from '#words/english.ts';
import { SAMPLE_DRAWINGS } from '#viz/testing/drawings.tsx';

export function Gallery(): JSX.Element {
  return (
    <main className="gallery">
      {SAMPLE_DRAWINGS.map(({ name, draw }) => (
        <figure key={name} className="card">
          {draw(english)}
          <figcaption className="quiet">{name}</figcaption>
        </figure>
      ))}
    </main>
  );
}
