/** Geometry of the data views' drawings, as numbers and as SVG text. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { revisionTrack } from '#viz/revision-track.ts';
import { RevisionTrackDrawing } from '#viz/RevisionTrackDrawing.tsx';
import { lineChart, roundUp, stackChart } from '#viz/series-chart.ts';
import { LinesDrawing, StackDrawing } from '#viz/SeriesDrawing.tsx';

describe('the track of revisions', () => {
  const input = {
    newest: 10,
    compact: 4,
    shown: 10,
    width: 200,
    height: 34,
    marks: [
      { revision: 2, keys: 1, deletes: false },
      { revision: 9, keys: 3, deletes: true },
    ],
  };

  it('hatches what compaction removed and stands where the slider stands', () => {
    const track = revisionTrack(input);
    expect(track.compactedWidth).toBe(60);
    expect(track.x).toBe(190);
    expect(track.bars.map(({ from, to, deletes }) => [from, to, deletes])).toEqual([
      [2, 2, false],
      [9, 9, true],
    ]);
    expect(revisionTrack({ ...input, compact: -1 }).compactedWidth).toBe(0);
  });

  it('lets revisions share a bar where there is no room for one each, and none leaves the track', () => {
    const marks = Array.from({ length: 1000 }, (_, i) => ({ revision: i + 1, keys: 1, deletes: i === 500 }));
    const { bars } = revisionTrack({ ...input, newest: 1000, marks });
    expect(bars.length).toBeLessThanOrEqual(70);
    expect(bars.filter(({ deletes }) => deletes)).toHaveLength(1);
    for (const { x, width } of bars) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(200);
    }
  });

  it('is drawn', () => {
    expect(renderToStaticMarkup(<RevisionTrackDrawing track={revisionTrack(input)} label="changes" />)).toMatchInlineSnapshot(
      `"<svg class="revision-track" viewBox="0 0 200 34" width="200" height="34" role="img" aria-label="changes"><defs><pattern id="compacted-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="compacted-line" x1="0" y1="0" x2="0" y2="6"></line></pattern></defs><g class="compacted"><rect x="0" y="0" width="60" height="34" fill="url(#compacted-hatch)"></rect><line class="compacted-edge" x1="60" y1="0" x2="60" y2="34"></line></g><rect class="revision-bar" x="23" y="19" width="14" height="15"></rect><rect class="revision-bar revision-bar-deletes" x="163" y="4" width="14" height="30"></rect><line class="revision-here" x1="190" y1="0" x2="190" y2="34"></line></svg>"`,
    );
  });
});

describe('charts of a load', () => {
  it('end at a round number', () => {
    expect([0, 0.3, 7, 12, 99, 100, 2400].map(roundUp)).toEqual([1, 0.5, 10, 20, 100, 100, 5000]);
  });

  it('stack outcomes from the bottom, the newest at the right', () => {
    const chart = stackChart({
      values: [
        [5, 0, 0],
        [3, 1, 1],
      ],
      slots: 4,
      width: 40,
      height: 10,
    });
    expect(chart.max).toBe(5);
    expect(chart.bars).toEqual([
      { x: 20, y: 0, width: 9.4, height: 10, series: 0 },
      { x: 30, y: 4, width: 9.4, height: 6, series: 0 },
      { x: 30, y: 2, width: 9.4, height: 2, series: 1 },
      { x: 30, y: 0, width: 9.4, height: 2, series: 2 },
    ]);
  });

  it('keep as many instants as fit', () => {
    const chart = lineChart({ values: [[9], [1], [2]], slots: 2, width: 20, height: 10 });
    expect(chart).toEqual({ width: 20, height: 10, max: 2, paths: ['M5 5L15 0'] });
    expect(lineChart({ values: [], slots: 2, width: 20, height: 10 }).paths).toEqual([]);
  });

  it('are drawn', () => {
    const stack = stackChart({ values: [[2, 1, 1]], slots: 2, width: 20, height: 10 });
    expect(
      renderToStaticMarkup(<StackDrawing chart={stack} classes={['ok', 'failed', 'unknown']} top="5/s" label="rate" />),
    ).toMatchInlineSnapshot(
      `"<svg class="series" viewBox="0 0 20 26" width="20" height="26" role="img" aria-label="rate"><text class="series-top" x="0" y="11">5/s</text><g transform="translate(0 16)"><line class="series-grid" x1="0" y1="0.5" x2="20" y2="0.5"></line><rect class="series-bar series-ok" x="10" y="6" width="9.4" height="4"></rect><rect class="series-bar series-failed" x="10" y="4" width="9.4" height="2"></rect><rect class="series-bar series-unknown" x="10" y="2" width="9.4" height="2"></rect><line class="series-axis" x1="0" y1="9.5" x2="20" y2="9.5"></line></g></svg>"`,
    );
    const lines = lineChart({
      values: [
        [1, 2],
        [2, 4],
      ],
      slots: 2,
      width: 20,
      height: 10,
    });
    expect(renderToStaticMarkup(<LinesDrawing chart={lines} classes={['p50', 'p95']} top="5 ms" label="latency" />)).toMatchInlineSnapshot(
      `"<svg class="series" viewBox="0 0 20 26" width="20" height="26" role="img" aria-label="latency"><text class="series-top" x="0" y="11">5 ms</text><g transform="translate(0 16)"><line class="series-grid" x1="0" y1="0.5" x2="20" y2="0.5"></line><path class="series-line series-p50" d="M5 8L15 6"></path><path class="series-line series-p95" d="M5 6L15 2"></path><line class="series-axis" x1="0" y1="9.5" x2="20" y2="9.5"></line></g></svg>"`,
    );
  });
});
