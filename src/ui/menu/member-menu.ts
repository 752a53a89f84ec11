/** What can be done to a member: to its process, its disk, its clock, and where it is to die. */

import type { Frame, MemberView } from '#view/frame.ts';
import { memberLine } from '#store/command-lines.ts';
import type { Catalogue } from '#words/english.ts';
import { millis, page, say, why, type MenuEntry, type MenuGroups } from '#ui/menu/menu-entry.ts';

export function memberGroups(view: MemberView, frame: Frame, words: Catalogue): MenuGroups {
  const { entries } = words.touch;
  const { name } = view;
  const down = view.life === 'dead' || view.life === 'crashed';
  const alone = frame.members.length === 1;
  const process: readonly MenuEntry[] = down
    ? [
        view.incarnation === 0
          ? say('start', entries.start, `play start ${name}`)
          : say('restart', entries.restart, memberLine('restart', name), 'r'),
        say('wipe', entries.wipe, memberLine('wipe', name)),
      ]
    : [
        say('kill', entries.kill, memberLine('kill', name), 'k'),
        say('power-loss', entries.powerLoss, `${memberLine('kill', name)} --power-loss`),
        view.life === 'frozen'
          ? say('thaw', entries.thaw, memberLine('thaw', name), 'f')
          : say('freeze', entries.freeze, memberLine('freeze', name), 'f'),
        ...(view.role === 'leader' || view.life === 'frozen' ? [] : [say('timeout', entries.timeout, memberLine('timeout', name))]),
        ...(alone ? [] : [say('isolate', entries.isolate, memberLine('isolate', name), 'i')]),
      ];
  const parts = (['disk', 'clock', ...(down ? [] : (['crash'] as const)), ...(alone ? [] : (['links'] as const))] as const).map((type) =>
    page(type, entries[type], { type: 'menu', target: { type, member: name } }),
  );
  return [
    process,
    parts,
    [
      why({ type: 'member', name }, words),
      page('details', entries.details, { type: 'details', member: name }),
      ...(down ? [] : [page('requests', entries.requestThrough, { type: 'requests', member: name })]),
    ],
  ];
}

/** Parts of what can be done to a member that have a menu of their own. */
export type MemberPart = 'disk' | 'clock' | 'crash' | 'links';

/** Places at which a process can be made to die, in the order in which an entry passes them. */
const CRASH_POINTS = [
  'raftBeforeSave',
  'walBeforeSync',
  'raftAfterSave',
  'raftBeforeLeaderSend',
  'raftBeforeFollowerSend',
  'playBeforeApply',
  'playAfterApply',
  'beforeCommit',
  'afterCommit',
  'raftBeforeApplySnap',
] as const;
const SLOW_DISKS = [20_000, 200_000, 1_000_000] as const;
const RATES = [2, 1.2, 0.5] as const;
const NORMAL_DISK_MICROS = 1_000;
export function partGroups(type: MemberPart, { name }: MemberView, frame: Frame, words: Catalogue): MenuGroups {
  const { entries } = words.touch;
  switch (type) {
    case 'disk':
      return [
        [
          ...SLOW_DISKS.map((micros) => say(`slow-${micros}`, entries.diskSlow(micros), `play disk ${name} --latency ${millis(micros)}`)),
          say('spiky', entries.diskSpiky, `play disk ${name} --latency spiky:1ms..2s`),
        ],
        [
          say('full', entries.diskFull, `play disk ${name} --full`),
          say('tear', entries.diskTear, `play disk ${name} --tear 7`),
          say('corrupt', entries.diskCorrupt, `play disk ${name} --corrupt`),
          say('fsync', entries.diskFsync, `play disk ${name} --fail-fsync`),
        ],
        [
          say('normal', entries.diskNormal(NORMAL_DISK_MICROS), `play disk ${name} --latency ${millis(NORMAL_DISK_MICROS)}`),
          say('space', entries.diskSpace, `play disk ${name} --full=false`),
          say('flushes', entries.diskFlushes, `play disk ${name} --fail-fsync=false`),
        ],
      ];
    case 'clock':
      return [
        RATES.map((rate) => say(`rate-${rate}`, entries.clockRate(rate), `play clock ${name} --rate ${rate}`)),
        [
          say('jump', entries.clockJump(5), `play clock ${name} --jump 5s`),
          say('rate-1', entries.clockRate(1), `play clock ${name} --rate 1`),
        ],
      ];
    case 'crash':
      return [
        [say('assertion', entries.failAssertion, `play crash ${name}`)],
        CRASH_POINTS.map((point) => say(point, point, `play kill ${name} --at ${point}`)),
      ];
    case 'links':
      return [
        frame.members
          .filter((other) => other.name !== name)
          .map((other) =>
            page(other.name, entries.linkTo(other.name), { type: 'menu', target: { type: 'link', from: name, to: other.name } }),
          ),
      ];
  }
}
