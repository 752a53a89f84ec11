/** The stage's geometry, held as rounded SVG text and by the rules that a drawing must keep. */
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { MemberView, MessageView } from '#view/frame.ts';
import { cutShapes } from '#viz/cut-line.ts';
import { MemberDrawing, timerArc, timerLeft } from '#viz/MemberDrawing.tsx';
import { BundleDrawing, MessageDrawing } from '#viz/MessageDrawing.tsx';
import { BUNDLE_FROM, placeMessages } from '#viz/message-place.ts';
import { layOutRing } from '#viz/ring-layout.ts';
import { stageScene } from '#viz/stage-scene.ts';
import { crownAbove } from '#viz/stage-shape.ts';
import { sampleMember as member, sampleMembers as members, sampleMessage as message } from '#viz/testing/samples.ts';
import { termClass } from '#viz/term-color.ts';

const sceneOf = (count: number, width = 1000, height = 600) =>
  stageScene({ members: members(count), clients: [], links: [], partition: [] }, width, height);
const bothWays = (from: string, to: string, setting: { readonly cut: boolean; readonly note: string }) => [
  { from, to, ...setting },
  { from: to, to: from, ...setting },
];
const draw = (changed: Partial<MemberView>, now?: number): string =>
  renderToStaticMarkup(
    <MemberDrawing
      shape={{
        member: member(1, changed),
        radius: 40,
        place: { x: 0, y: 0 },
        label: { x: 0, y: 0, anchor: 'middle' },
        crown: crownAbove(40),
      }}
      termWord="term"
      now={now}
    />,
  );

describe('the ring', () => {
  it('stands the first member at the top and goes on clockwise', () => {
    expect(layOutRing(3, 1000, 600).members).toEqual([
      { x: 525, y: 122 },
      { x: 808, y: 486.1 },
      { x: 242, y: 486.1 },
    ]);
    expect(layOutRing(1, 1000, 600).members).toHaveLength(1);
    expect(layOutRing(0, 1000, 600).members).toEqual([]);
  });

  it.each(
    [1, 3, 5, 7].flatMap((count) =>
      [
        [1392, 650],
        [925, 406],
        [990, 260],
        [358, 460],
        [700, 300],
      ].map(([width, height]) => [count, width ?? 0, height ?? 0] as const),
    ),
  )('keeps %i members on a stage of %i × %i, apart from each other', (count, width, height) => {
    const ring = layOutRing(count, width, height);
    ring.members.forEach((a, at) => {
      expect(a.x).toBeGreaterThanOrEqual(ring.nodeRadius);
      expect(a.x).toBeLessThanOrEqual(width - ring.nodeRadius);
      expect(a.y).toBeGreaterThanOrEqual(ring.nodeRadius);
      expect(a.y).toBeLessThanOrEqual(height - ring.nodeRadius);
      for (const b of ring.members.slice(at + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * ring.nodeRadius);
    });
  });

  it('draws a link between every two members, dotted where it is severed', () => {
    const scene = stageScene(
      { members: members(5), clients: [], links: bothWays('etcd-1', 'etcd-3', { cut: true, note: '' }), partition: [] },
      1000,
      600,
    );
    expect(scene.links).toHaveLength(10);
    expect(scene.links.filter((link) => link.severed).map((link) => [link.from, link.to])).toEqual([['etcd-1', 'etcd-3']]);
  });

  it('links a client to the member that it talks to, by name or by URL', () => {
    const client = (endpoint: string | undefined) => ({ name: 'you', frozen: false, activity: 'put a b', endpoint });
    const linked = (endpoint: string | undefined): boolean =>
      stageScene({ members: members(3), clients: [client(endpoint)], links: [], partition: [] }, 1000, 600).clients[0]?.link !== undefined;
    expect(['etcd-2', '127.0.0.1:2479', 'http://localhost:2479', undefined, '127.0.0.1:9'].map(linked)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('severs exactly the links between the sides of a cut', () => {
    const partition = [
      ['etcd-1', 'etcd-2'],
      ['etcd-3', 'etcd-4', 'etcd-5'],
    ];
    const scene = stageScene({ members: members(5), clients: [], links: [], partition }, 1000, 600);
    expect(scene.links.filter((link) => link.severed)).toHaveLength(6);
  });
});

describe('a cut', () => {
  const ring = layOutRing(5, 1000, 600);
  const names = members(5).map((each) => each.name);
  const shapes = stageScene({ members: members(5), clients: [], links: [], partition: [] }, 1000, 600).members;

  it('is one line between two sides that stand together', () => {
    expect(
      cutShapes(ring, shapes, [
        ['etcd-1', 'etcd-2'],
        ['etcd-3', 'etcd-4', 'etcd-5'],
      ]).map((shape) => shape.path),
    ).toMatchInlineSnapshot(`
      [
        "M287.1 101.8Q538.9 310.2 909.9 407.8",
      ]
    `);
  });

  it('is a line around each part of a side that does not', () => {
    expect(
      cutShapes(ring, shapes, [
        ['etcd-1', 'etcd-3'],
        ['etcd-2', 'etcd-4', 'etcd-5'],
      ]),
    ).toHaveLength(2);
  });

  it('is nothing without sides', () => {
    expect(cutShapes(ring, shapes, [])).toEqual([]);
    expect(cutShapes(ring, shapes, [names])).toEqual([]);
  });
});

describe('a message', () => {
  const scene = sceneOf(3);
  const at = (now: number, changed: Partial<MessageView> = {}, still = false) =>
    placeMessages(scene, { messages: [message(changed)], crowd: [] }, now, { still }).shapes;

  it('stands where virtual time has brought it, on the right of its way', () => {
    const [start] = at(1000);
    const [middle] = at(3000);
    const [end] = at(5000);
    expect(at(999)).toEqual([]);
    expect(at(5001)).toEqual([]);
    expect([start?.place, middle?.place, end?.place]).toMatchInlineSnapshot(`
      [
        {
          "x": 553.6,
          "y": 166.9,
        },
        {
          "x": 662.6,
          "y": 307.1,
        },
        {
          "x": 771.5,
          "y": 447.3,
        },
      ]
    `);
  });

  it('is crossed out from where it was lost', () => {
    const lost = { at: 0.5, reason: 'cut' } as const;
    expect(at(2000, { lost })[0]?.lost).toBe(false);
    const later = at(3500, { lost })[0];
    expect(later?.lost).toBe(true);
    expect(later?.place).toEqual(at(4900, { lost })[0]?.place);
    expect(renderToStaticMarkup(<svg>{later !== undefined && <MessageDrawing shape={later} label="x" />}</svg>)).toContain('msg-cross');
  });

  it('stands still in the middle of its way for who wants no motion', () => {
    expect(at(1200, {}, true)[0]?.place).toEqual(at(4800, {}, true)[0]?.place);
  });

  it('of a client or member that is not there is not drawn', () => {
    expect(at(2000, { to: 'nobody' })).toEqual([]);
  });

  it('carries a box for each entry, at most three, and counts the rest', () => {
    const [shape] = at(2000, { entries: 5 });
    const svg = renderToStaticMarkup(<svg>{shape !== undefined && <MessageDrawing shape={shape} label="append" />}</svg>);
    expect(svg.match(/<rect/g)).toHaveLength(3);
    expect(svg).toContain('+2');
  });

  it('is one of a bundle where there are many: one for each way and kind, with their number; the lost ones stay themselves', () => {
    const puts = Array.from({ length: BUNDLE_FROM + 10 }, (_, id) => message({ id }));
    const lost = message({ id: 9998, lost: { at: 0, reason: 'loss' } });
    const other = message({ id: 9999, from: 'etcd-2', to: 'etcd-3', kind: 'vote' });
    const crowd = [{ from: 'etcd-1', to: 'etcd-2', kind: 'append' as const, count: 100 }];
    const { shapes, bundles } = placeMessages(scene, { messages: [...puts, lost, other], crowd }, 2000, { still: false });
    expect(bundles.map(({ from, to, form, count }) => [from, to, form, count])).toEqual([
      ['etcd-1', 'etcd-2', 'append', BUNDLE_FROM + 110],
    ]);
    expect(shapes.map((shape) => shape.message.id)).toEqual([9998, 9999]);
    expect(
      renderToStaticMarkup(
        <svg>
          {bundles.map((bundle) => (
            <BundleDrawing key={bundle.key} bundle={bundle} label="x" />
          ))}
        </svg>,
      ),
    ).toContain('×');
  });
});

describe('a member', () => {
  it('that leads has a full ring and a crown', () => {
    expect(draw({ role: 'leader' })).toMatchInlineSnapshot(
      `"<g class="member term-2 life-up role-leader"><circle class="ring ring-leader" r="47"></circle><circle class="disc" r="40"></circle><text class="term-number" y="3">2</text><text class="term-word" y="19">term</text><g transform="translate(0 -53)"><path class="crown" d="M-10 0V-13L-5 -6.5L0 -15L5 -6.5L10 -13V0Z"></path></g></g>"`,
    );
  });

  it('that leads without a quorum has a broken ring and a hollow crown', () => {
    const svg = draw({ role: 'leader', leadsWithoutQuorum: true });
    expect(svg).toContain('stroke-dasharray');
    expect(svg).toContain('crown-hollow');
  });

  it('that follows shows what is left of its election timer', () => {
    expect(timerLeft({ timer: { startedAt: 0, firesAt: 1000, ticks: 10 } }, 250)).toBe(0.75);
    expect(timerLeft({ timer: { startedAt: 0, firesAt: 1000, ticks: 10 } }, 2000)).toBe(0);
    expect(timerLeft({ timer: undefined }, 0)).toBeUndefined();
    expect(timerArc(40, 0.5)).toMatchInlineSnapshot(`"M0,-48.5A48.5,48.5,0,1,1,0,48.5L0,45.5A45.5,45.5,0,1,0,0,-45.5Z"`);
    expect(draw({ timer: { startedAt: 0, firesAt: 1000, ticks: 10 } }, 250)).toContain('class="timer"');
  });

  it('that asks for votes shows them by shape', () => {
    const svg = draw({
      role: 'candidate',
      votes: [
        { name: 'a', vote: 'granted' },
        { name: 'b', vote: 'refused' },
        { name: 'c', vote: 'pending' },
      ],
    });
    expect(svg).toContain('vote-granted');
    expect(svg).toContain('vote-refused');
    expect(svg).toContain('vote-pending');
    expect(svg).toContain('ring-candidate');
  });

  it('that is frozen is hatched, that is dead is crossed, that crashed is marked as such', () => {
    expect(draw({ life: 'frozen' })).toContain('class="hatch"');
    expect(draw({ life: 'dead', role: 'leader' })).toContain('class="crossed"');
    expect(draw({ life: 'dead', role: 'leader' })).not.toContain('crown');
    expect(draw({ life: 'crashed' })).toContain('crashed-mark');
  });
});

describe('terms', () => {
  it('have a cycle of colours, and none before the first', () => {
    expect([0, 1, 2, 6, 7, 8].map(termClass)).toEqual(['term-0', 'term-1', 'term-2', 'term-6', 'term-1', 'term-2']);
  });
});
