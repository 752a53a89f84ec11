/** One of each drawing from fixed snapshots: shown together as the gallery in development, and held as SVG text by a test. */

import type { JSX } from 'react';
import type { BookmarkView, BranchView } from '#view/conductor.ts';
import type { TapeItem } from '#view/feed.ts';
import type { LogCell, MemberView } from '#view/frame.ts';
import type { FlightRecord, History } from '#view/history.ts';
import type { Catalogue } from '#words/english.ts';
import { LogDrawing } from '#viz/LogDrawing.tsx';
import { logScene } from '#viz/log-scene.ts';
import { MemberDrawing } from '#viz/MemberDrawing.tsx';
import { BundleDrawing, MessageDrawing, MessageGlyph } from '#viz/MessageDrawing.tsx';
import { placeMessages, type MessageForm } from '#viz/message-place.ts';
import { SpaceTimeDrawing } from '#viz/SpaceTimeDrawing.tsx';
import { spaceTimeScene } from '#viz/space-time-scene.ts';
import { stageScene } from '#viz/stage-scene.ts';
import { crownAbove } from '#viz/stage-shape.ts';
import { TapeDrawing } from '#viz/TapeDrawing.tsx';
import { tapeScene } from '#viz/tape-scene.ts';
import { tapeStrip } from '#viz/tape-strip.ts';
import { TapeStripDrawing } from '#viz/TapeStripDrawing.tsx';
import { sampleMember, sampleMembers, sampleMessage } from '#viz/testing/samples.ts';

export interface SampleDrawing {
  readonly name: string;
  readonly draw: (words: Catalogue) => JSX.Element;
}

const SECOND = 1_000_000;
const nothing = (): void => undefined;

const member = (name: string, changed: Partial<MemberView>, now?: number): SampleDrawing => ({
  name: `member, ${name}`,
  draw: (words) => (
    <svg width={120} height={130} viewBox="-60 -70 120 130">
      <MemberDrawing
        shape={{
          member: sampleMember(1, changed),
          radius: 36,
          place: { x: 0, y: 0 },
          label: { x: 0, y: 0, anchor: 'middle' },
          crown: crownAbove(36),
        }}
        termWord={words.stage.term}
        now={now}
      />
    </svg>
  ),
});

const FORMS: readonly MessageForm[] = [
  'append',
  'ack',
  'nack',
  'vote',
  'vote-yes',
  'vote-no',
  'heartbeat',
  'snapshot',
  'client',
  'client-answer',
  'other',
];

/** Members, links, cuts and messages of a ring, as the stage composes them but for its buttons. */
function ring(count: number, width: number, height: number, words: Catalogue): JSX.Element {
  const members = sampleMembers(count).map((each, at) => ({
    ...each,
    ...(at === 1 ? { role: 'leader' as const, term: 3 } : {}),
    ...(at === 2 ? { life: 'dead' as const } : {}),
  }));
  const sides = count < 5 ? [] : [members.slice(0, 2).map(({ name }) => name), members.slice(2).map(({ name }) => name)];
  const scene = stageScene({ members, clients: [], links: [], partition: sides }, width, height);
  const messages = [
    sampleMessage({ from: 'etcd-2', to: 'etcd-1' }),
    sampleMessage({ id: 2, kind: 'vote', from: 'etcd-1', to: 'etcd-3', lost: { at: 0.4, reason: 'cut' } }),
  ];
  const { shapes } = placeMessages(scene, { messages, crowd: [] }, 3000, { still: false });
  return (
    <svg width={width} height={height}>
      {scene.links.map((link) => (
        <line
          key={`${link.from}-${link.to}`}
          className={link.severed ? 'link link-severed' : 'link'}
          x1={link.a.x}
          y1={link.a.y}
          x2={link.b.x}
          y2={link.b.y}
        />
      ))}
      {scene.cuts.map((cut) => (
        <g key={cut.path} className="cut">
          <path d={cut.path} />
        </g>
      ))}
      {scene.members.map((shape) => (
        <g key={shape.member.name}>
          <g transform={`translate(${shape.place.x} ${shape.place.y})`}>
            <MemberDrawing shape={shape} termWord={words.stage.term} now={undefined} />
          </g>
          <text className="member-name" x={shape.label.x} y={shape.label.y} textAnchor={shape.label.anchor}>
            {shape.member.name}
          </text>
        </g>
      ))}
      {shapes.map((shape) => (
        <MessageDrawing key={shape.message.id} shape={shape} label={shape.message.kind} />
      ))}
    </svg>
  );
}

const rings: readonly SampleDrawing[] = [1, 3, 5, 7, 9].map((count) => ({
  name: `ring of ${count}`,
  draw: (words) => ring(count, 720, 460, words),
}));

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
const open = { committed: false, applied: false };

const log: SampleDrawing = {
  name: 'log: a conflict, match and next, a compacted prefix',
  draw: (words) => {
    const peer = { state: 'replicate' as const, inflight: 0, paused: false, active: true };
    const leader = sampleMember(1, {
      role: 'leader',
      progress: [
        { ...peer, name: 'etcd-2', match: 6, next: 7 },
        { ...peer, name: 'etcd-3', match: 7, next: 8 },
      ],
      log: {
        compactedTo: 0,
        bootstrapTo: 4,
        cells: [cell(5), cell(6), cell(7, { term: 3, kind: 'empty', label: '' }), cell(8, { term: 3, ...open })],
      },
    });
    const stale = sampleMember(2, {
      log: { compactedTo: 0, bootstrapTo: 4, cells: [cell(5), cell(6), cell(7, open), cell(8, { ...open, stable: false })] },
    });
    const compacted = sampleMember(3, { log: { compactedTo: 6, bootstrapTo: 4, cells: [cell(7, { term: 3, kind: 'empty', label: '' })] } });
    const scene = logScene([leader, stale, compacted], 'etcd-1');
    return <LogDrawing scene={scene} words={words} fallen={[]} onFallen={nothing} selected={{ member: 'etcd-2', index: 7, term: 2 }} />;
  },
};

const tapeItems: readonly TapeItem[] = [
  { type: 'term', term: 1, from: 0, leader: undefined, leaderFrom: undefined },
  { type: 'term', term: 2, from: 1.1 * SECOND, leader: 'etcd-1', leaderFrom: 1.15 * SECOND },
  { type: 'mark', at: 1.1 * SECOND, kind: 'election', label: 'etcd-1' },
  { type: 'mark', at: 2 * SECOND, kind: 'command', label: 'etcdctl put a 1' },
  { type: 'mark', at: 2.6 * SECOND, kind: 'cut', label: 'etcd-1 / etcd-2,etcd-3' },
  { type: 'mark', at: 3.4 * SECOND, kind: 'violation', label: 'election safety' },
];

const tape: SampleDrawing = {
  name: 'tape: terms, marks, commands, the past',
  draw: (words) => <TapeDrawing scene={tapeScene(tapeItems, 3 * SECOND, 720, 4 * SECOND)} words={words} time="3.000 s" />,
};

const forgottenTape: SampleDrawing = {
  name: 'tape: what came before has fallen away',
  draw: (words) => <TapeDrawing scene={tapeScene(tapeItems, 4 * SECOND, 720, 4 * SECOND, 1.6 * SECOND)} words={words} time="4.000 s" />,
};

const branch = (id: number, changed: Partial<BranchView> = {}): BranchView => ({
  id,
  name: '',
  parent: id === 1 ? undefined : 1,
  forkedAt: 0,
  head: 4 * SECOND,
  current: false,
  ...changed,
});
const bookmarks: readonly BookmarkView[] = [{ id: 1, branch: 1, at: SECOND, name: 'calm', here: true }];

const strip: SampleDrawing = {
  name: 'tape: bookmarks and branches',
  draw: (words) => {
    const branches = [
      branch(1),
      branch(2, { current: true, forkedAt: 2 * SECOND }),
      branch(3, { forkedAt: SECOND, head: 3 * SECOND, name: 'without PreVote' }),
    ];
    const scene = tapeStrip(branches, bookmarks, { head: 4 * SECOND, now: 4 * SECOND, width: 720 });
    return <TapeStripDrawing strip={scene} words={words} onBookmark={nothing} onBranch={nothing} />;
  },
};

const flight = (id: number, changed: Partial<FlightRecord>): FlightRecord => ({
  id,
  kind: 'append',
  from: 'etcd-1',
  to: 'etcd-2',
  sentAt: SECOND,
  endedAt: SECOND + 4000,
  lost: false,
  term: 2,
  entries: 1,
  label: 'put foo bar',
  ...changed,
});

const history: History = {
  since: 0,
  members: ['etcd-1', 'etcd-2', 'etcd-3'],
  clients: ['you'],
  flights: [
    flight(1, { kind: 'call', from: 'you', to: 'etcd-1', sentAt: SECOND - 4000, endedAt: SECOND }),
    flight(2, {}),
    flight(3, { to: 'etcd-3', lost: true, endedAt: SECOND + 3000 }),
    flight(4, { kind: 'append-ack', from: 'etcd-2', to: 'etcd-1', sentAt: SECOND + 6000, endedAt: SECOND + 9000 }),
    flight(5, { kind: 'reply', from: 'etcd-1', to: 'you', sentAt: SECOND + 9500, endedAt: SECOND + 13_000 }),
  ],
  roles: [{ lane: 'etcd-1', at: 300_000, role: 'leader', term: 2 }],
  lives: [{ lane: 'etcd-3', at: SECOND + 11_000, life: 'dead' }],
  saves: [{ lane: 'etcd-2', from: SECOND + 4000, to: SECOND + 6000 }],
  applied: [{ lane: 'etcd-1', at: SECOND + 9200, index: 9 }],
};

const spaceTime: SampleDrawing = {
  name: 'space-time diagram: a put, a lost message, a death',
  draw: (words) => {
    const scene = spaceTimeScene(history, {
      now: SECOND + 20_000,
      span: 40_000,
      end: undefined,
      filter: { only: undefined, group: 'all', text: '' },
      width: 720,
      height: 300,
    });
    const related = { causes: new Set([1]), effects: new Set([4]) };
    return <SpaceTimeDrawing scene={scene} words={words} nameOf={(lane) => lane} chosen={2} related={related} />;
  },
};

const messages: readonly SampleDrawing[] = [
  ...FORMS.map((form): SampleDrawing => ({
    name: `message, ${form}`,
    draw: () => (
      <svg width={40} height={40} viewBox="-20 -20 40 40">
        <MessageGlyph form={form} />
      </svg>
    ),
  })),
  {
    name: 'message, many as one',
    draw: () => (
      <svg width={90} height={40} viewBox="-20 -20 90 40">
        <BundleDrawing
          bundle={{ key: 'a', from: 'a', to: 'b', form: 'append', place: { x: 0, y: 0 }, count: 128, entries: 300 }}
          label="many"
        />
      </svg>
    ),
  },
];

/** All of them. */
export const SAMPLE_DRAWINGS: readonly SampleDrawing[] = [
  member('follower with its timer', { timer: { startedAt: 0, firesAt: 1000, ticks: 10 } }, 400),
  member('leader', { role: 'leader' }),
  member('leader without a quorum', { role: 'leader', leadsWithoutQuorum: true }),
  member('candidate with votes', {
    role: 'candidate',
    votes: [
      { name: 'a', vote: 'granted' },
      { name: 'b', vote: 'refused' },
      { name: 'c', vote: 'pending' },
    ],
  }),
  member('learner', { learner: true }),
  member('writing', { saving: true }),
  member('frozen', { life: 'frozen' }),
  member('down', { life: 'dead' }),
  member('not started yet', { life: 'dead', incarnation: 0 }),
  member('crashed', { life: 'crashed' }),
  ...messages,
  ...rings,
  log,
  tape,
  forgottenTape,
  strip,
  spaceTime,
];
