/** The track of revisions as SVG: the compacted part hatched, bars for what each revision changed (those that deleted are hollow), a line at the slider. */

import type { JSX } from 'react';
import type { RevisionTrack } from '#viz/revision-track.ts';

const r = (value: number): number => Math.round(value * 10) / 10;

export function RevisionTrackDrawing({ track, label }: { readonly track: RevisionTrack; readonly label: string }): JSX.Element {
  const { width, height, compactedWidth, bars, x } = track;
  return (
    <svg className="revision-track" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <defs>
        <pattern id="compacted-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line className="compacted-line" x1="0" y1="0" x2="0" y2="6" />
        </pattern>
      </defs>
      {compactedWidth > 0 && (
        <g className="compacted">
          <rect x="0" y="0" width={r(compactedWidth)} height={height} fill="url(#compacted-hatch)" />
          <line className="compacted-edge" x1={r(compactedWidth)} y1="0" x2={r(compactedWidth)} y2={height} />
        </g>
      )}
      {bars.map((bar) => (
        <rect
          key={bar.from}
          className={bar.deletes ? 'revision-bar revision-bar-deletes' : 'revision-bar'}
          x={r(bar.x)}
          y={r(height - bar.height)}
          width={r(bar.width)}
          height={r(bar.height)}
        />
      ))}
      <line className="revision-here" x1={r(x)} y1="0" x2={r(x)} y2={height} />
    </svg>
  );
}
