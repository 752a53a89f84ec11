/** Nothing on the stage lies over something else: members, crowns, labels, clients and the words of cuts, on every size of stage that the page has. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '#view/frame.ts';
import { chinese } from '#words/chinese.ts';
import { english } from '#words/english.ts';
import { touchedBy } from '#viz/cut-path.ts';
import { crownBox, discBox, LABEL_LINE, overlap, STAGE_TYPE, textBox, touchesDisc, type Box } from '#viz/stage-boxes.ts';
import { stageScene, type StageScene } from '#viz/stage-scene.ts';
import { sampleMember } from '#viz/testing/samples.ts';

interface Named {
  readonly name: string;
  readonly box: Box;
}

/** To the outer edge of the ring around a disc, px. */
const RING = 9;

/** The row of tools at the top of a narrow stage, as the style sheet has it. */
const PHONE_TOOLS = { left: 8, bottom: 52 } as const;

/** Every member may lead, so each has its crown; each has the lines that a lonely leader has. */
function boxesOf(scene: StageScene, bare: boolean, lines: readonly string[]): readonly Named[] {
  const type = bare ? STAGE_TYPE.bare : STAGE_TYPE.page;
  const shown = scene.ring.crowded ? [] : lines;
  return [
    ...scene.members.flatMap(({ member, label, place, crown }) => [
      { name: `${member.name} name`, box: textBox(label, member.name, type.name) },
      ...shown.map((line, at) => ({
        name: `${member.name} line ${at}`,
        box: textBox({ ...label, y: label.y + (at + 1) * LABEL_LINE }, line, type.line),
      })),
      { name: `${member.name} crown`, box: crownBox({ x: place.x + crown.x, y: place.y + crown.y }) },
    ]),
    ...scene.clients.flatMap(({ client, place, label, characters }) => [
      { name: `client ${client.name}`, box: discBox(place, 10) },
      { name: `client ${client.name} name`, box: textBox(label, 'you', type.line) },
      ...(client.activity === undefined
        ? []
        : [
            {
              name: `client ${client.name} does`,
              box: textBox({ ...label, y: label.y + 17 }, client.activity.slice(0, characters), bare ? type.line : 13),
            },
          ]),
    ]),
    ...scene.cuts.map(({ label }, at) => ({ name: `cut ${at}`, box: textBox(label, 'cut', type.line) })),
  ];
}

function clashes(scene: StageScene, bare: boolean, lines: readonly string[]): readonly string[] {
  const boxes = boxesOf(scene, bare, lines);
  const ofText = boxes.flatMap((a, at) => boxes.slice(at + 1).flatMap((b) => (overlap(a.box, b.box) ? [`${a.name} / ${b.name}`] : [])));
  const onDiscs = boxes.flatMap(({ name, box }) =>
    scene.members
      .filter(({ member, place, radius }) => !name.startsWith(`${member.name} `) && touchesDisc(box, place, radius + RING))
      .map(({ member }) => `${name} / disc of ${member.name}`),
  );
  const tools = scene.ring.compact ? PHONE_TOOLS : undefined;
  const underTools = boxes
    .filter(({ box }) => tools !== undefined && box.top < tools.bottom && box.right > tools.left)
    .map(({ name }) => `${name} lies under the tools`);
  const outside = boxes
    .filter(({ box }) => box.left < 0 || box.top < 0 || box.right > scene.ring.width || box.bottom > scene.ring.height)
    .map(({ name }) => `${name} is off the stage`);
  return [...ofText, ...onDiscs, ...underTools, ...outside];
}

/** What a client does may be longer than there is room for. */
const LONG = 'watch --prefix --prev-kv /registry/pods';

function sceneOf(count: number, width: number, height: number, { bare = false, alone = 0, busy = true } = {}): StageScene {
  const members = Array.from({ length: count }, (_, at) => sampleMember(at + 1));
  const names = members.map(({ name }) => name);
  const frame: Pick<Frame, 'members' | 'clients' | 'links' | 'partition'> = {
    members,
    clients: ['you', ...(busy ? ['load'] : [])].map((name) => ({
      name,
      frozen: false,
      activity: busy ? LONG : undefined,
      endpoint: 'etcd-1',
    })),
    links: [],
    partition: alone === 0 ? [] : [names.slice(0, alone), names.slice(alone)],
  };
  return stageScene(frame, width, height, { bare });
}

/** What the page gives the stage: alone and with panels on screens of 1440, 1024 and 390 px, and on a phone's side; a projector of 1440 and 1024 px, before it is enlarged. */
const PAGES = [
  [1392, 620],
  [1392, 396],
  [976, 450],
  [925, 406],
  [990, 340],
  [634, 300],
  [634, 254],
  [358, 458],
  [368, 396],
  [338, 396],
  [298, 396],
  [358, 384],
  [358, 358],
  [624, 254],
] as const;
const ROOMS = [
  [695, 270],
  [487, 225],
  [935, 380],
] as const;

describe.each([
  ['English', english],
  ['Chinese', chinese],
] as const)('labels in %s', (_, words) => {
  const lines = [words.roles.leader, words.stage.noQuorum];

  it.each([1, 2, 3, 4, 5, 6, 7, 9].flatMap((count) => PAGES.map(([width, height]) => [count, width, height] as const)))(
    'of %i members do not overlap on a stage of %i × %i',
    (count, width, height) => {
      expect(clashes(sceneOf(count, width, height), false, lines).join('\n')).toBe('');
    },
  );

  it.each([1, 2, 3])('of %i members do not overlap on the lowest stages: a phone on its side, a phone with branches', (count) => {
    expect(clashes(sceneOf(count, 624, 208), false, lines).join('\n')).toBe('');
    expect(clashes(sceneOf(count, 358, 318), false, lines).join('\n')).toBe('');
  });

  it.each([1, 3, 5, 7].flatMap((count) => ROOMS.map(([width, height]) => [count, width, height] as const)))(
    'of %i members do not overlap for a room, on %i × %i',
    (count, width, height) => {
      expect(clashes(sceneOf(count, width, height, { bare: true }), true, lines).join('\n')).toBe('');
    },
  );
});

describe('the word of a cut', () => {
  it.each(
    [3, 5, 7].flatMap((count) =>
      [1, 2].flatMap((alone) => [...PAGES, ...ROOMS].map(([width, height]) => [count, alone, width, height] as const)),
    ),
  )('with %i members, the first %i cut off, lies over nothing on %i × %i', (count, alone, width, height) => {
    const bare = ROOMS.some(([w]) => w === width);
    const found = clashes(sceneOf(count, width, height, { bare, alone, busy: false }), bare, [english.roles.follower]);
    expect(found.filter((clash) => clash.includes('cut')).join('\n')).toBe('');
  });
});

/** Every cut of neighbours from the rest, the smaller side named: whose disc or name its line touches. */
function touchedByCuts(count: number, width: number, height: number): readonly string[] {
  const members = Array.from({ length: count }, (_, at) => sampleMember(at + 1));
  const names = members.map(({ name }) => name);
  const runs = names.flatMap((_, first) => Array.from({ length: Math.floor(count / 2) }, (__, more) => [first, more + 1] as const));
  return runs.flatMap(([first, length]) => {
    const side = Array.from({ length }, (_, at) => names[(first + at) % count] ?? '');
    const partition = [side, names.filter((name) => !side.includes(name))];
    const { cuts, members: shapes, ring } = stageScene({ members, clients: [], links: [], partition }, width, height);
    return cuts.flatMap(({ curve }) =>
      touchedBy(curve, shapes, ring.crowded).flatMap(({ name, part }) =>
        part === 'line' ? [] : [`the cut of ${side.join(' and ')} touches the ${part} of ${name}`],
      ),
    );
  });
}

describe('the line of a cut', () => {
  it.each([
    // Nine find room only on the whole page; where there is less, a line touches as little as it can.
    ...[2, 3, 4, 5, 6, 7, 8, 9].map((count) => [count, 1392, 620] as const),
    ...[2, 3, 4, 5, 6, 7, 8].flatMap((count) => [[count, 1392, 396] as const, [count, 925, 406] as const, [count, 976, 450] as const]),
    ...[2, 3, 4, 5, 6, 7].map((count) => [count, 990, 340] as const),
    ...[2, 3, 4, 5].flatMap((count) => [[count, 634, 254] as const, [count, 358, 458] as const, [count, 338, 396] as const]),
  ])('of neighbours among %i members passes over no disc and through no name on %i × %i', (count, width, height) => {
    expect(touchedByCuts(count, width, height).join('\n')).toBe('');
  });

  it('keeps those apart that are cut off, however many they are', () => {
    for (const count of [3, 5, 7, 9]) {
      const { cuts } = sceneOf(count, 1392, 620, { alone: 1 + Math.floor((count - 1) / 2), busy: false });
      expect(cuts).toHaveLength(1);
    }
  });
});

it('a crown that would lie over a neighbour moves outwards', () => {
  const { members } = sceneOf(7, 487, 225, { bare: true });
  expect(members.some(({ crown }) => crown.x !== 0)).toBe(true);
});
