/** The space-time diagram as geometry and as text. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { FlightRecord, History } from '#view/history.ts';
import { english } from '#words/english.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import { joinStretches, spaceTimeScale, timeAxis } from '#viz/space-time-scale.ts';
import { isAskedFor } from '#viz/space-time-flights.ts';
import { spaceTimeScene } from '#viz/space-time-scene.ts';

const flight = (id: number, changed: Partial<FlightRecord> = {}): FlightRecord => ({
  id,
  kind: 'append',
  from: 'etcd-1',
  to: 'etcd-2',
  sentAt: 1_000_000,
  endedAt: 1_004_000,
  lost: false,
  term: 2,
  entries: 1,
  label: 'put foo bar',
  ...changed,
});

const history = (changed: Partial<History> = {}): History => ({
  since: 0,
  members: ['etcd-1', 'etcd-2', 'etcd-3'],
  clients: ['you'],
  flights: [flight(1), flight(2, { from: 'you', to: 'etcd-1', kind: 'call', sentAt: 996_000, endedAt: 1_000_000 })],
  roles: [{ lane: 'etcd-1', at: 300_000, role: 'leader', term: 2 }],
  lives: [{ lane: 'etcd-3', at: 2_000_000, life: 'dead' }],
  saves: [{ lane: 'etcd-2', from: 1_004_000, to: 1_006_000 }],
  applied: [{ lane: 'etcd-2', at: 1_006_000, index: 9 }],
  ...changed,
});

const filter = { only: undefined, group: 'all', text: '' } as const;
const view = { now: 2_500_000, span: 80_000, end: undefined, filter, width: 900, height: 400 } as const;

describe('the axis of the space-time diagram', () => {
  it('joins what nearly touches, and keeps quiet stretches apart', () => {
    const joined = joinStretches([
      { from: 0, to: 4_000 },
      { from: 10_000, to: 11_000 },
      { from: 900_000, to: 903_000 },
    ]);
    expect(joined).toHaveLength(2);
    expect(joined[0]).toMatchObject({ from: 0, to: 12_500 });
  });

  const axis = timeAxis([
    { from: 0, to: 10_000 },
    { from: 1_000_000, to: 1_020_000 },
  ]);

  it('never goes back, and draws busy time to one scale', () => {
    const { x, gaps } = spaceTimeScale(axis, axis.length, axis.length, 100, 1000);
    const at = [0, 5_000, 10_000, 500_000, 1_000_000, 1_010_000, 1_020_000].map(x);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
    expect(gaps).toHaveLength(1);
    const scale = (a: number, b: number): number => (x(b) - x(a)) / (b - a);
    expect(scale(0, 10_000)).toBeCloseTo(scale(1_000_000, 1_020_000), 4);
    expect(x(1_020_000)).toBe(1000);
  });

  it('shows a window of it: the instant at a place is the one that is drawn there', () => {
    const scale = spaceTimeScale(axis, 5_000, 10_000, 100, 1000);
    expect(scale.domain).toEqual({ from: 5_000, to: 10_000 });
    expect([scale.x(5_000), scale.x(10_000)]).toEqual([100, 1000]);
    for (const at of [5_000, 7_500, 10_000]) expect(scale.instant(scale.x(at))).toBeCloseTo(at, 0);
    expect(scale.gaps).toEqual([]);
  });
});

describe('the space-time diagram', () => {
  it('marks an instant once, also while nothing is known yet', () => {
    for (const now of [0, 100, 1_002_000]) {
      const times = spaceTimeScene(history({ flights: [], roles: [], lives: [], saves: [], applied: [] }), { ...view, now }).ticks.map(
        ({ at }) => at,
      );
      expect(new Set(times).size).toBe(times.length);
      expect(times.toSorted((a, b) => a - b)).toEqual(times);
    }
  });

  it('has a lane for each client and member, and draws each message from where it was sent to where it ended', () => {
    const scene = spaceTimeScene(history(), view);
    expect(scene.lanes.map((lane) => lane.name)).toEqual(['you', 'etcd-1', 'etcd-2', 'etcd-3']);
    const lane = (name: string): number => scene.lanes.find((each) => each.name === name)?.y ?? NaN;
    const append = scene.flights.find((line) => line.flight.id === 1);
    expect(append).toMatchObject({ from: { y: lane('etcd-1') }, to: { y: lane('etcd-2') }, arrived: true });
    expect((append?.to.x ?? 0) - (append?.from.x ?? 0)).toBeGreaterThan(10);
  });

  it('ends a lost message half way, and one that travels at the present', () => {
    const scene = spaceTimeScene(
      history({ flights: [flight(1, { lost: true }), flight(2, { sentAt: 2_499_000, endedAt: undefined })] }),
      view,
    );
    const [lost, travelling] = scene.flights;
    expect(lost?.to.y).toBeLessThan(scene.lanes.find((lane) => lane.name === 'etcd-2')?.y ?? 0);
    expect(travelling).toMatchObject({ arrived: false, to: { x: scene.now } });
  });

  it('shows nothing that comes after the instant that is looked at', () => {
    const scene = spaceTimeScene(history(), { ...view, now: 1_002_000 });
    expect(scene.flights.find((line) => line.flight.id === 1)).toMatchObject({ arrived: false });
    expect(scene.lanes.flatMap((lane) => lane.applied)).toEqual([]);
    expect(scene.lanes.find((lane) => lane.name === 'etcd-3')?.spans.every((span) => span.life === 'up')).toBe(true);
  });

  it('draws a member that asks for votes again and again as one span, and words of terms only where they stand clear of the lanes', () => {
    const asks = (at: number): History['roles'][number] => ({ at, lane: 'etcd-3', role: 'pre-candidate', term: 2 });
    const roles = [asks(1_000_000), asks(1_400_000), asks(1_900_000)];
    const scene = spaceTimeScene(history({ flights: [], roles, lives: [], saves: [], applied: [] }), view);
    expect(scene.lanes.find((lane) => lane.name === 'etcd-3')?.spans.map(({ role }) => role)).toEqual(['follower', 'pre-candidate']);
    const spans = scene.lanes.find((lane) => lane.name === 'etcd-3')?.spans ?? [];
    for (const [at, span] of spans.entries())
      if (at > 0) expect(span.x).toBeCloseTo((spans[at - 1]?.x ?? 0) + (spans[at - 1]?.width ?? 0), 0);
    const clear = [140, 200, 300, 500].map((height) => {
      const { lanes, hasTermWords } = spaceTimeScene(history(), { ...view, height });
      // Words of 18 px stand on the axis, which ends 24 px above the edge.
      if (hasTermWords) expect(height - 24 - 18 - Math.max(...lanes.map(({ y }) => y))).toBeGreaterThanOrEqual(9);
      return hasTermWords;
    });
    expect(clear).toEqual([false, false, true, true]);
  });

  it('dims what does not concern the chosen member', () => {
    const scene = spaceTimeScene(history(), { ...view, filter: { ...filter, only: 'you' } });
    expect(scene.flights.map((line) => [line.flight.id, line.selected])).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('is searched by member, kind and key', () => {
    const asked = (changed: Partial<Parameters<typeof isAskedFor>[1]>, one: Partial<FlightRecord> = {}): boolean =>
      isAskedFor(flight(1, one), { ...filter, ...changed });
    expect([asked({}), asked({ only: 'etcd-3' }), asked({ group: 'vote' }), asked({ text: 'FOO' }), asked({ text: 'other' })]).toEqual([
      true,
      false,
      false,
      true,
      false,
    ]);
    expect([asked({ group: 'lost' }), asked({ group: 'lost' }, { lost: true })]).toEqual([false, true]);
  });

  it('draws a crowd as lines with their number, and loses no lost message', () => {
    const many = Array.from({ length: 1000 }, (_, id) =>
      flight(id, { sentAt: 2_480_000 + id * 10, endedAt: 2_484_000 + id * 10, lost: id === 500 }),
    );
    const scene = spaceTimeScene(history({ flights: many }), view);
    expect(scene.flights.filter(({ flight: { lost } }) => lost)).toHaveLength(1);
    expect(scene.bundles.reduce((sum, { count }) => sum + count, scene.flights.length)).toBe(1000);
    expect(scene.bundles.length).toBeLessThan(60);
  });

  it('has bands for the terms that somebody led', () => {
    const scene = spaceTimeScene(history(), { ...view, span: 10_000_000 });
    expect(scene.terms.map(({ term, leader }) => [term, leader])).toEqual([[2, 'etcd-1']]);
  });

  it('is the same drawing for the same history', () => {
    const svg = renderToStaticMarkup(<SpaceTimeDrawing scene={spaceTimeScene(history(), view)} words={english} nameOf={(lane) => lane} />);
    expect(svg).toMatchSnapshot();
  });
});
