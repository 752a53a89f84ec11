/** The waterfall of a request and the overlapping operations, as geometry and as text. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { ClientOperation } from '#view/operations.ts';
import type { LifeStage, RequestLife } from '#view/request-life.ts';
import { OperationsDrawing } from '#viz/OperationsDrawing.tsx';
import { linearizationPoints, OPERATIONS, operationsScene } from '#viz/operations-scene.ts';
import { RequestLifeDrawing } from '#viz/RequestLifeDrawing.tsx';
import { LIFE, requestLifeScene } from '#viz/request-life-scene.ts';

const stage = (kind: LifeStage['kind'], from: number, to: number | undefined, changed: Partial<LifeStage> = {}): LifeStage => ({
  kind,
  lane: 'etcd-1',
  origin: undefined,
  from,
  to,
  event: from,
  lost: false,
  decisive: true,
  ...changed,
});

const life: RequestLife = {
  id: 1,
  label: 'put a 1',
  client: 'you',
  at: 1000,
  micros: 10_000,
  outcome: 'done',
  member: 'etcd-1',
  entry: 9,
  error: '',
  revision: 2,
  stages: [
    stage('call', 1000, 3000),
    stage('append', 3000, 3000),
    stage('save', 3000, 5000, { decisive: false }),
    stage('replicate', 3000, 6000, { lost: true }),
    stage('answer', 9000, 11_000),
  ],
};

describe('the life of a request', () => {
  it('has its bars where they were in time, from the call to the answer', () => {
    const scene = requestLifeScene(life, 11_000, 458);
    const room = 458 - LIFE.labels - 8;
    expect(scene.rows.map(({ x }) => Math.round(x))).toEqual(
      [0, 0.2, 0.2, 0.2, 0.8].map((share) => Math.round(LIFE.labels + share * room)),
    );
    expect(Math.round(scene.rows[0]?.width ?? 0)).toBe(Math.round(0.2 * room));
    expect(scene.rows.map(({ form }) => form)).toEqual(['client', 'moment', 'disk', 'message', 'client']);
    expect(scene.ticks.map(({ micros }) => micros)).toEqual([0, 5000, 10_000]);
  });

  it('draws up to now what lasts', () => {
    const [row] = requestLifeScene({ ...life, micros: undefined, stages: [stage('call', 1000, undefined)] }, 21_000, 458).rows;
    expect(row?.micros).toBeUndefined();
    expect(Math.round(row?.width ?? 0)).toBe(458 - LIFE.labels - 8);
  });

  it('never writes a duration beyond the edge', () => {
    for (const width of [300, 360, 460, 800])
      for (const { text } of requestLifeScene(life, 11_000, width).rows)
        expect(text.anchor === 'start' ? text.x + 41 : text.x).toBeLessThanOrEqual(width);
  });

  it('is text', () => {
    const scene = requestLifeScene(life, 11_000, 400);
    const svg = renderToStaticMarkup(
      <RequestLifeDrawing scene={scene} nameOf={({ kind }) => kind} markOf={() => 'none'} onChoose={() => undefined} />,
    );
    expect(svg).toContain('life-row life-disk"');
    expect(svg).toContain('life-row life-message life-decisive life-lost');
    expect(svg).toContain('2 ms');
    expect(svg).not.toMatch(/NaN|undefined/);
  });
});

const operation = (
  client: string,
  call: number,
  invokedAt: number,
  returnedAt: number | undefined,
  changed: Partial<ClientOperation> = {},
): ClientOperation => ({
  client,
  call,
  member: 'etcd-1',
  invokedAt,
  returnedAt,
  outcome: returnedAt === undefined ? 'unknown' : 'ok',
  kind: 'put',
  serializable: false,
  key: 'a',
  value: '1',
  revision: call,
  text: 'put "a" "1"',
  message: '',
  ...changed,
});

describe('operations of clients', () => {
  const operations = [
    operation('a', 2, 0, 100),
    operation('b', 3, 50, 150),
    operation('a', 3, 120, 200, { kind: 'get' }),
    operation('b', 9, 160, undefined),
  ];

  it('take effect in the order of their revisions, within their intervals', () => {
    const points = linearizationPoints(operations);
    const at = operations.slice(0, 3).map((each) => points.get(each)?.at ?? -1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    for (const each of operations.slice(0, 3)) {
      expect(points.get(each)?.at).toBeGreaterThanOrEqual(each.invokedAt);
      expect(points.get(each)?.at).toBeLessThanOrEqual(each.returnedAt ?? 0);
      expect(points.get(each)?.impossible).toBe(false);
    }
    expect(points.has(operations[3] ?? operation('', 0, 0, 0))).toBe(false);
  });

  it('show a stale read as impossible', () => {
    const write = operation('a', 5, 0, 100);
    const stale = operation('b', 4, 150, 200, { kind: 'get' });
    const points = linearizationPoints([write, stale]);
    expect([write, stale].some((each) => points.get(each)?.impossible === true)).toBe(true);
  });

  it('have a lane for each client, and open ends where nobody knows', () => {
    const scene = operationsScene(operations, 300, 400);
    expect(scene.lanes.map(({ client }) => client)).toEqual(['a', 'b']);
    expect(scene.bars.filter(({ open }) => open)).toHaveLength(1);
    for (const { x, width } of scene.bars) {
      expect(x).toBeGreaterThanOrEqual(OPERATIONS.labels);
      expect(x + width).toBeLessThanOrEqual(400);
    }
    const svg = renderToStaticMarkup(<OperationsDrawing scene={scene} clientOf={(name) => name} titleOf={({ text }) => text} />);
    expect(svg).toContain('operation-unknown');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('of one client that overlap lie in rows of their own', () => {
    const scene = operationsScene([operation('a', 2, 0, 100), operation('a', 3, 50, 150)], 200, 400);
    expect(new Set(scene.bars.map(({ y }) => y)).size).toBe(2);
  });
});
