import { createEtcdHost } from '../src/sim/etcd-members.ts';
import { runToFragment } from '../src/host/share.ts';
import { simTime } from '../src/kernel/brand.ts';
import { PROGRAMS } from '../src/sim/programs.ts';
import { playUntil } from '../src/sim/player.ts';
import { defaultRunOptions, type RunOptions } from '../src/sim/run-options.ts';
import { newRunSpec, type RunSpec, type TimedCommand } from '../src/sim/run-spec.ts';
import { World } from '../src/sim/world.ts';
import type { WorldCommand } from '../src/ctl/world-command.ts';
import { expect, expectPicture, test } from './playground.ts';

/**
 * States worth looking at, as pictures in several sizes, themes and languages. Each is a link that opens at its instant and stands still, so the picture is
 * the same every time.
 */

const SECOND = 1_000_000;

const at = (seconds: number, command: WorldCommand): TimedCommand => ({ at: Math.round(seconds * SECOND), command });

const put = (seconds: number, name: string, endpoint = 2379): TimedCommand =>
  at(seconds, {
    type: 'start',
    process: `p-${name}`,
    client: 'you',
    argv: ['etcdctl', `--endpoints=127.0.0.1:${endpoint}`, 'put', name, 'v'],
    env: {},
    stdin: undefined,
    columns: 80,
  });

interface State {
  readonly name: string;
  readonly seconds: number;
  readonly options: Partial<RunOptions>;
  readonly seed: number;
  readonly commands: readonly TimedCommand[];
}

const TWO_LEADERS: readonly TimedCommand[] = [
  put(1, 'a'),
  put(1.1, 'b'),
  at(1.2, { type: 'isolate', nodes: ['etcd-3'] }),
  put(1.5, 'lost', 2579),
];

const STATES: readonly State[] = [
  { name: 'calm', seconds: 2.5, options: { nodes: 3 }, seed: 7, commands: [put(1, 'a'), put(1.5, 'b')] },
  {
    name: 'election',
    seconds: 2.63,
    options: { nodes: 3 },
    seed: 7,
    commands: [put(1, 'a'), at(1.1, { type: 'kill', nodes: ['leader'], powerLoss: false })],
  },
  // Without CheckQuorum a leader that hears nobody goes on.
  { name: 'two-leaders', seconds: 2.95, options: { nodes: 5, checkQuorum: false }, seed: 7, commands: TWO_LEADERS },
  {
    name: 'truncation',
    seconds: 3.12,
    options: { nodes: 5 },
    seed: 7,
    commands: [...TWO_LEADERS, put(2.9, 'won', 2679), at(3, { type: 'heal' })],
  },
  {
    name: 'snapshot',
    seconds: 3.115,
    options: { nodes: 3, snapshotCount: 10, snapshotCatchUpEntries: 3 },
    seed: 7,
    commands: [
      at(1, { type: 'kill', nodes: ['etcd-2'], powerLoss: false }),
      ...Array.from({ length: 24 }, (_, i) => put(1.1 + i / 20, `k${i}`)),
      at(3, { type: 'restart', nodes: ['etcd-2'] }),
    ],
  },
  {
    name: 'lost-quorum',
    seconds: 2.2,
    options: { nodes: 3 },
    seed: 7,
    commands: [put(1, 'a'), at(1.2, { type: 'kill', nodes: ['followers'], powerLoss: false }), put(1.5, 'waits', 2579)],
  },
  {
    name: 'seven',
    seconds: 2.1,
    options: { nodes: 7 },
    seed: 7,
    commands: [put(1, 'a'), at(1.2, { type: 'isolate', nodes: ['etcd-1', 'etcd-2'] }), put(1.4, 'b')],
  },
  {
    name: 'violated',
    seconds: 3,
    options: { nodes: 5, preVote: false, broken: ['vote-twice'] },
    seed: 1,
    commands: [at(0, { type: 'timers', nodes: ['all'], mode: 'align' })],
  },
];

/** The link that opens a state, standing still, with what is to be seen beside it. */
function linkOf({ seconds, options, seed, commands }: State, view: Readonly<Record<string, string>>): string {
  const spec: RunSpec = { ...newRunSpec(seed, { ...defaultRunOptions(), ...options }), commands };
  const world = World.begin({ spec, programs: PROGRAMS });
  playUntil(world, createEtcdHost(), simTime(seconds * SECOND));
  const end = seconds * SECOND;
  return runToFragment(spec, {
    head: { at: end, trace: world.traceHash().hash },
    view: { at: String(end), time: 'stands', ...view },
  });
}

const LOG = '.log-card';

/** `parts` are what comes by itself, or is asked for, and has to be there before a picture is taken. */
const LOOKS = [
  {
    suffix: 'wide',
    width: 1440,
    height: 900,
    dark: false,
    locale: 'en-US',
    view: { stage: 'ring', panels: 'why.log' },
    parts: [LOG, '.why-answer[aria-busy="false"]', '.event-item'],
  },
  {
    suffix: 'wide-dark-zh',
    width: 1440,
    height: 900,
    dark: true,
    locale: 'zh-CN',
    view: { stage: 'ring', panels: 'safety.log' },
    parts: [LOG, '.history p'],
  },
  {
    suffix: 'time-tablet-zh',
    width: 1024,
    height: 768,
    dark: false,
    locale: 'zh-CN',
    view: { stage: 'time' },
    parts: ['.space-time-ground'],
  },
  { suffix: 'phone-dark', width: 390, height: 844, dark: true, locale: 'en-US', view: { stage: 'ring' }, parts: [] },
] as const;

for (const look of LOOKS) {
  test.describe(look.suffix, () => {
    test.use({ viewport: { width: look.width, height: look.height }, locale: look.locale, colorScheme: look.dark ? 'dark' : 'light' });
    for (const state of STATES) {
      test(`${state.name} as it stands`, async ({ page }) => {
        await page.goto(`./#${linkOf(state, look.view)}`);
        // By its class: the page speaks another language in some of them.
        const told = page.locator('.tape-slider');
        await expect
          .poll(async () => Number.parseFloat((await told.getAttribute('aria-valuetext')) ?? ''), { timeout: 30_000 })
          .toBeCloseTo(state.seconds, 2);
        for (const part of look.parts) await expect(page.locator(part).first()).toBeVisible();
        await expectPicture(page, `state-${state.name}-${look.suffix}.png`);
      });
    }
  });
}
