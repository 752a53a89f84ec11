/** The log matrix and the tape as geometry and as text. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { TapeItem } from '#view/feed.ts';
import type { LogCell, MemberView } from '#view/frame.ts';
import { PLAIN_MEMBER } from '#view/plain-member.ts';
import { english } from '#words/english.ts';
import { fallenCells } from '#viz/fallen-cells.ts';
import { LogDrawing, shortLabel } from '#viz/LogDrawing.tsx';
import { LOG, LOG_COLUMNS_MAX, logRange, logScene, logWindow, logX } from '#viz/log-scene.ts';
import { TapeDrawing } from '#viz/TapeDrawing.tsx';
import { litInstants, TAPE_EDGE, tapeDomain, tapeScene } from '#viz/tape-scene.ts';

const cell = (index: number, changed: Partial<LogCell> = {}): LogCell => ({
  index,
  term: 2,
  kind: 'normal',
  label: `k${index}=v`,
  committed: true,
  applied: true,
  stable: true,
  ...changed,
});

function member(name: string, cells: readonly LogCell[], changed: Partial<MemberView> = {}): MemberView {
  return {
    ...PLAIN_MEMBER,
    name,
    log: { compactedTo: 0, bootstrapTo: 4, cells },
    ...changed,
  };
}

const progress = (name: string, match: number) => ({
  name,
  state: 'replicate' as const,
  match,
  next: match + 1,
  inflight: 0,
  paused: false,
  active: true,
});

describe('the log matrix', () => {
  const leader = member('etcd-1', [cell(5), cell(6, { committed: false, applied: false })], {
    role: 'leader',
    progress: [progress('etcd-1', 6), progress('etcd-2', 5)],
  });
  const follower = member('etcd-2', [cell(5)]);

  it('has a column an index and a row a member; bootstrap is one block', () => {
    const scene = logScene([leader, follower], 'etcd-1');
    expect(scene.columns.map((column) => column.index)).toEqual([5, 6]);
    expect(scene.rows.map((row) => row.block)).toEqual([
      { kind: 'bootstrap', from: 1, to: 4, x: 0, width: 104 },
      { kind: 'bootstrap', from: 1, to: 4, x: 0, width: 104 },
    ]);
  });

  it("marks the leader's match and next at the follower's cells", () => {
    const [own, other] = logScene([leader, follower], 'etcd-1').rows;
    expect(own?.cells.map((shape) => shape.match)).toEqual([false, false]);
    expect(own?.next).toBeUndefined();
    expect(other?.cells.map((shape) => shape.match)).toEqual([true]);
    expect(other?.next?.index).toBe(6);
  });

  it('draws what is compacted as a block up to its index', () => {
    const scene = logScene([leader, member('etcd-2', [], { log: { compactedTo: 6, bootstrapTo: 4, cells: [] } })], undefined);
    expect(scene.rows[1]?.block).toMatchObject({ kind: 'compacted', to: 6 });
    expect(scene.rows[1]?.block?.width).toBeGreaterThan(scene.rows[0]?.block?.width ?? 0);
  });

  it('lights up the entries that lie on the way, each side in its own form; another term at the same index is another entry', () => {
    const svg = renderToStaticMarkup(
      <LogDrawing
        scene={logScene([leader, follower], 'etcd-1')}
        words={english}
        fallen={[]}
        onFallen={() => undefined}
        lit={[
          { member: 'etcd-1', index: 5, term: 2, side: 'cause' },
          { member: 'etcd-2', index: 5, term: 2, side: 'effect' },
          { member: 'etcd-1', index: 6, term: 9, side: 'effect' },
        ]}
      />,
    );
    expect(svg.match(/cell-cause/g)).toHaveLength(1);
    expect(svg.match(/cell-effect/g)).toHaveLength(1);
    expect(svg.match(/class="cell-lit"/g)).toHaveLength(2);
  });

  it('keeps to the newest columns', () => {
    const long = member(
      'etcd-1',
      Array.from({ length: 200 }, (_, at) => cell(at + 5)),
    );
    const scene = logScene([long], undefined);
    expect(scene.columns).toHaveLength(LOG_COLUMNS_MAX);
    expect(scene.columns.at(-1)?.index).toBe(204);
    expect(scene.rows[0]?.block).toMatchObject({ kind: 'compacted', to: 164 });
  });

  it('is a table to who cannot see it: every cell says what it is', () => {
    const svg = renderToStaticMarkup(
      <LogDrawing scene={logScene([leader, follower], 'etcd-1')} words={english} fallen={[]} onFallen={() => undefined} />,
    );
    expect(svg).toContain('role="table"');
    expect(svg).toContain('aria-label="index 5, term 2, k5=v, committed, applied"');
    expect(svg).toContain('aria-label="index 6, term 2, k6=v, not committed"');
    expect(svg).toContain('aria-label="index 5, term 2, k5=v, committed, applied, match"');
  });

  it('lets a replaced entry fall, and one that was removed, but none that only left the sight', () => {
    const before = logScene([leader, member('etcd-2', [cell(5), cell(6), cell(7)])], 'etcd-1');
    const after = logScene([leader, member('etcd-2', [cell(5), cell(6, { term: 3 })])], 'etcd-1');
    expect(fallenCells(before, after).map((each) => each.key)).toEqual(['etcd-2.6.2', 'etcd-2.7.2']);
    expect(fallenCells(after, after)).toEqual([]);
    const compacted = logScene([leader, member('etcd-2', [], { log: { compactedTo: 7, bootstrapTo: 4, cells: [] } })], 'etcd-1');
    expect(fallenCells(before, compacted)).toEqual([]);
  });

  it('draws nothing of an empty cluster', () => {
    expect(logScene([], undefined).rows).toEqual([]);
  });

  it('shortens labels that do not fit', () => {
    expect(shortLabel('foo=bar')).toBe('foo=bar');
    expect(shortLabel('del color')).toBe('del co…');
  });

  it('keeps what tells paths apart', () => {
    expect(shortLabel('/app/name')).toBe('…/name');
    expect(shortLabel('/registry/pods=1')).toBe('…/pods…');
    expect(shortLabel('/registry/')).toBe('/regis…');
    expect(shortLabel('put /a/b c')).toBe('put /a…');
  });
});

describe('the tape', () => {
  const tape: readonly TapeItem[] = [
    { type: 'term', term: 2, from: 1_200_000, leader: 'etcd-1', leaderFrom: 1_210_000 },
    { type: 'term', term: 3, from: 4_000_000, leader: undefined, leaderFrom: undefined },
    { type: 'mark', at: 1_190_000, kind: 'election', label: 'etcd-1' },
    { type: 'mark', at: 2_000_000, kind: 'command', label: 'etcdctl put a b' },
    { type: 'mark', at: 3_000_000, kind: 'cut', label: '' },
    { type: 'mark', at: 3_500_000, kind: 'election', label: 'etcd-3' },
  ];

  it('has a band a term, from where it begins to where the next does', () => {
    const scene = tapeScene(tape, 4_500_000, 1026);
    expect(scene.bands.map((band) => [band.term, band.x, band.width, band.leaderX])).toMatchInlineSnapshot(`
      [
        [
          2,
          238.1,
          555.6,
          240.1,
        ],
        [
          3,
          793.7,
          99.2,
          undefined,
        ],
      ]
    `);
    expect(scene.commands).toHaveLength(1);
  });

  it('tells an election that began a term from one that asked in vain', () => {
    const marks = tapeScene(tape, 4_500_000, 1026).marks;
    expect(marks.map(({ mark, minor }) => [mark.kind, minor])).toEqual([
      ['election', false],
      ['cut', false],
      ['election', true],
    ]);
  });

  it('shows all of a short run and the newest minute of a long one', () => {
    expect(tapeDomain(1_000_000)).toEqual([0, 5_000_000]);
    const [from, to] = tapeDomain(600_000_000);
    expect(to - from).toBe(60_000_000);
    expect(to).toBeGreaterThan(600_000_000);
  });

  it('says where the past begins that can be gone to, once something has fallen away', () => {
    const draw = (since: number): string =>
      renderToStaticMarkup(<TapeDrawing scene={tapeScene(tape, 4_500_000, 1026, 4_500_000, since)} words={english} time="4.500 s" />);
    expect(draw(0)).not.toContain('tape-forgotten');
    expect(tapeScene(tape, 4_500_000, 1026, 4_500_000, 2_000_000).since).toBeGreaterThan(0);
    expect(draw(2_000_000)).toContain('>the past begins here</text>');
    // Long gone: what is in sight can all be gone to.
    expect(tapeScene(tape, 300_000_000, 1026, 300_000_000, 2_000_000).since).toBeUndefined();
  });

  it('says the instant to who cannot see it', () => {
    const svg = renderToStaticMarkup(<TapeDrawing scene={tapeScene(tape, 4_500_000, 1026)} words={english} time="4.500 s" />);
    expect(svg).toContain('aria-label="Timeline: 4.500 s"');
    expect(svg).toContain('term 2, etcd-1 leads');
    expect(svg).toContain('>cut<');
  });
});

describe('a long log', () => {
  const long = (name: string, changed: Partial<MemberView> = {}): MemberView =>
    member(
      name,
      Array.from({ length: 40 }, (_, at) => cell(4961 + at)),
      { commit: 5000, applied: 4990, lastIndex: 5000, ...changed },
    );

  it('is as wide as all of it, and has the columns of the window alone', () => {
    const whole = logRange([long('etcd-1')]);
    expect(whole).toEqual({ first: 5, last: 5000 });
    const range = logWindow(whole, logX(1000, whole), 500, 0);
    expect(range).toEqual({ first: 1000, last: 1005 });
    const scene = logScene([long('etcd-1')], undefined, range);
    expect(scene.columns.map(({ index }) => index)).toEqual([1000, 1001, 1002, 1003, 1004, 1005]);
    expect(scene.width).toBe(logX(5001, whole) + 16);
    expect(scene.rows[0]?.cells).toEqual([]);
    expect(scene.rows[0]?.unknown).toEqual({ x: logX(1000, whole), width: logX(1005, whole) + LOG.cell - logX(1000, whole) });
  });

  it('shows what was asked for, with what is committed and applied by now', () => {
    const whole = logRange([long('etcd-1')]);
    const older = new Map([['etcd-1', [cell(1000, { committed: false, applied: false }), cell(1001)]]]);
    const scene = logScene([long('etcd-1')], undefined, { first: 1000, last: 1001 }, older);
    expect(scene.rows[0]?.cells.map(({ cell: { index, committed, applied }, x }) => [index, committed, applied, x])).toEqual([
      [1000, true, true, logX(1000, whole)],
      [1001, true, true, logX(1001, whole)],
    ]);
    expect(scene.rows[0]?.unknown).toBeUndefined();
  });

  it('marks an entry for which the leader has another', () => {
    const leader = member('etcd-1', [cell(5), cell(6, { term: 3 })], { role: 'leader' });
    const stale = member('etcd-2', [cell(5), cell(6, { committed: false, applied: false })]);
    const scene = logScene([leader, stale], 'etcd-1');
    expect(scene.rows.map(({ cells }) => cells.map(({ conflict }) => conflict))).toEqual([
      [false, false],
      [false, true],
    ]);
    expect(renderToStaticMarkup(<LogDrawing scene={scene} words={english} fallen={[]} onFallen={() => undefined} />)).toContain(
      'cell-conflict',
    );
  });

  it('has a compacted prefix as a block with its index', () => {
    const compacted = long('etcd-1', { log: { compactedTo: 4000, bootstrapTo: 4, cells: [] } });
    const scene = logScene([compacted, long('etcd-2')], undefined, { first: 3990, last: 4010 });
    expect(scene.rows[0]?.block).toMatchObject({ kind: 'compacted', from: 1, to: 4000 });
    expect(renderToStaticMarkup(<LogDrawing scene={scene} words={english} fallen={[]} onFallen={() => undefined} />)).toContain('≤ 4000');
  });

  it('lights up instants at their places, one for each place and side, and none that is out of sight', () => {
    const instants = [
      { at: 2_500_000, side: 'cause' as const },
      { at: 2_500_001, side: 'cause' as const },
      { at: 2_500_000, side: 'effect' as const },
      { at: 400_000_000, side: 'effect' as const },
    ];
    expect(litInstants(instants, 4_000_000, 4_000_000, 1000 + TAPE_EDGE)).toEqual([
      { x: 500, side: 'cause' },
      { x: 500, side: 'effect' },
    ]);
  });
});
