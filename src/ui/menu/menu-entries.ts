/** What a menu offers: for each thing that can be pointed at, what can be done to it. Whatever changes the cluster is a line. */

import type { Frame, MemberView, MessageView } from '#view/frame.ts';
import type { Selection } from '#view/selection.ts';
import { linkLine, memberLine, quoteWord } from '#store/command-lines.ts';
import { PRESETS, presetLines } from '#store/presets.ts';
import type { MenuTarget } from '#store/state.ts';
import type { Catalogue } from '#words/english.ts';
import { clientName } from '#ui/stage/client-name.ts';

/** What the page itself does for an entry. */
export type PageAct =
  | { readonly type: 'menu'; readonly target: MenuTarget }
  | { readonly type: 'explain' | 'select'; readonly selection: Selection }
  | { readonly type: 'details'; readonly member: string }
  | { readonly type: 'requests'; readonly member: string }
  | { readonly type: 'choose-sides' | 'request' | 'new' | 'undo' | 'table' | 'bookmark' | 'breakpoints' };

export type MenuEntry = { readonly id: string; readonly text: string; readonly key?: string | undefined } & (
  { readonly line: string } | { readonly act: PageAct }
);

export interface MenuContent {
  readonly title: string;
  /** Groups are set apart. */
  readonly groups: readonly (readonly MenuEntry[])[];
  /** Where “back” leads. */
  readonly parent: MenuTarget | undefined;
}

const say = (id: string, text: string, line: string, key?: string): MenuEntry => ({ id, text, line, key });
const page = (id: string, text: string, act: PageAct, key?: string): MenuEntry => ({ id, text, act, key });

/** What a menu shows now; undefined if what it is about is gone. */
export function menuContent(target: MenuTarget, frame: Frame, words: Catalogue): MenuContent | undefined {
  const { touch } = words;
  const member = (name: string): MemberView | undefined => frame.members.find((each) => each.name === name);
  switch (target.type) {
    case 'member': {
      const view = member(target.name);
      return view === undefined ? undefined : { title: view.name, groups: memberGroups(view, frame, words), parent: undefined };
    }
    case 'disk':
    case 'clock':
    case 'crash':
    case 'links': {
      const view = member(target.member);
      const parent = { type: 'member' as const, name: target.member };
      return view === undefined
        ? undefined
        : { title: touch.menuOf[target.type](view.name), groups: partGroups(target.type, view, frame, words), parent };
    }
    case 'link': {
      const { from, to } = target;
      const title = touch.menuOf.link(clientName(from, words), clientName(to, words));
      const parent: MenuTarget | undefined = member(from) === undefined ? undefined : { type: 'links', member: from };
      return { title, groups: linkGroups(from, to, words), parent };
    }
    case 'message': {
      const message = frame.messages.find(({ id }) => id === target.id);
      if (message === undefined) return { title: touch.menuOf.gone, groups: [[why(target, words)]], parent: undefined };
      const title = touch.menuOf.message(words.kinds[message.kind], clientName(message.from, words), clientName(message.to, words));
      return { title, groups: messageGroups(message, words), parent: undefined };
    }
    case 'entry':
      return { title: touch.menuOf.entry(target.index, target.member), groups: entryGroups(target, frame, words), parent: undefined };
    case 'client':
      return { title: clientName(target.name, words), groups: clientGroups(target.name, frame, words), parent: undefined };
    case 'key':
      return {
        title: touch.menuOf.key(target.key),
        groups: [keyEntries(target.key, undefined, words), [why(target, words)]],
        parent: undefined,
      };
    case 'presets':
      return { title: touch.menuOf.presets, groups: [presetEntries(frame, words)], parent: { type: 'stage' } };
    case 'stage':
      return { title: touch.menuOf.stage, groups: stageGroups(frame, words), parent: undefined };
    default:
      return { title: touch.actions, groups: [[why(target, words)]], parent: undefined };
  }
}

const why = (selection: Selection, words: Catalogue): MenuEntry => page('why', words.touch.entries.why, { type: 'explain', selection });

function memberGroups(view: MemberView, frame: Frame, words: Catalogue): readonly (readonly MenuEntry[])[] {
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
type MemberPart = 'disk' | 'clock' | 'crash' | 'links';

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
const millis = (micros: number): string => `${micros / 1000}ms`;

function partGroups(type: MemberPart, { name }: MemberView, frame: Frame, words: Catalogue): readonly (readonly MenuEntry[])[] {
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

function linkGroups(from: string, to: string, words: Catalogue): readonly (readonly MenuEntry[])[] {
  const { entries } = words.touch;
  const [a, b] = [clientName(from, words), clientName(to, words)];
  return [
    [
      say('cut', entries.cutBoth, linkLine(from, to, 'both', '--cut')),
      say('cut-there', entries.cutOne(a, b), linkLine(from, to, 'one', '--cut')),
      say('cut-back', entries.cutOne(b, a), linkLine(to, from, 'one', '--cut')),
      say('join', entries.joinBoth, linkLine(from, to, 'both', '--cut=false')),
    ],
    [
      ...[50_000, 300_000].map((micros) =>
        say(`latency-${micros}`, entries.latency(micros), linkLine(from, to, 'both', `--latency ${millis(micros)}`)),
      ),
      ...[10, 50, 0].map((percent) => say(`loss-${percent}`, entries.loss(percent), linkLine(from, to, 'both', `--loss ${percent}%`))),
      say('duplicate', entries.duplicate(10), linkLine(from, to, 'both', '--duplicate 10%')),
      say('bandwidth', entries.bandwidth, linkLine(from, to, 'both', '--bandwidth 10KB')),
      say('reorder', entries.reorder(10), linkLine(from, to, 'both', '--reorder 10%')),
    ],
    [why({ type: 'link', from, to }, words)],
  ];
}

/** Calls and answers of clients are no messages of the network between members: only those can be tampered with. */
const CLIENT_KINDS: ReadonlySet<MessageView['kind']> = new Set(['call', 'reply', 'watch-event']);

function messageGroups(message: MessageView, words: Catalogue): readonly (readonly MenuEntry[])[] {
  const { entries } = words.touch;
  const line = (action: string): string => `play message ${message.id} --${action}`;
  const faults: readonly MenuEntry[] = CLIENT_KINDS.has(message.kind)
    ? []
    : [
        say('drop', entries.drop, line('drop')),
        say('deliver', entries.deliver, line('deliver')),
        say('double', entries.double, line('duplicate')),
        say('delay-50', entries.delay(50_000), line('delay 50ms')),
        say('delay-500', entries.delay(500_000), line('delay 500ms')),
      ];
  return [
    faults,
    [
      why({ type: 'message', id: message.id }, words),
      page('link', words.touch.menuOf.link(clientName(message.from, words), clientName(message.to, words)), {
        type: 'menu',
        target: { type: 'link', from: message.from, to: message.to },
      }),
    ],
  ].filter((group) => group.length > 0);
}

function entryGroups(
  target: Extract<Selection, { readonly type: 'entry' }>,
  frame: Frame,
  words: Catalogue,
): readonly (readonly MenuEntry[])[] {
  const view = frame.members.find(({ name }) => name === target.member);
  const label = view?.log.cells.find(({ index }) => index === target.index)?.label ?? '';
  const key = /^(?:del )?([^\s=]+)(?:=|$)/.exec(label)?.[1];
  return [[why(target, words)], ...(key === undefined || /^(txn|compact)/.test(label) ? [] : [keyEntries(key, view, words)])];
}

function keyEntries(key: string, member: MemberView | undefined, words: Catalogue): readonly MenuEntry[] {
  const { entries } = words.touch;
  const at =
    member === undefined || member.number === 1 ? 'etcdctl' : `etcdctl --endpoints=${member.clientUrl.replace(/^https?:\/\//, '')}`;
  return [
    say('get', `${entries.getKey}: ${key}`, `${at} get ${quoteWord(key)}`),
    say('del', `${entries.deleteKey}: ${key}`, `${at} del ${quoteWord(key)}`),
  ];
}

function clientGroups(name: string, frame: Frame, words: Catalogue): readonly (readonly MenuEntry[])[] {
  const { entries } = words.touch;
  const client = frame.clients.find((each) => each.name === name);
  const process: readonly MenuEntry[] =
    client === undefined
      ? []
      : [
          client.frozen ? say('thaw', entries.thaw, `play thaw ${name}`) : say('freeze', entries.freeze, `play freeze ${name}`),
          say('kill', entries.kill, `play kill ${name}`),
        ];
  const links =
    client === undefined
      ? []
      : frame.members.map((member) =>
          page(member.name, entries.linkTo(member.name), { type: 'menu', target: { type: 'link', from: name, to: member.name } }),
        );
  return [process, links, [page('request', entries.request, { type: 'request' }, 'n'), why({ type: 'client', name }, words)]].filter(
    (group) => group.length > 0,
  );
}

/** What “split” cuts into, from its line: `2 | 3`. */
function sidesOf(line: string): string {
  return line
    .replace('play partition ', '')
    .split(' / ')
    .map((side) => side.split(',').length)
    .join(' | ');
}

function presetEntries(frame: Frame, words: Catalogue): readonly MenuEntry[] {
  return PRESETS.flatMap((preset) => {
    const lines = presetLines(preset, frame.members);
    const [first] = lines;
    if (first === undefined) return [];
    const text = preset === 'split' ? words.touch.splitInto(sidesOf(first)) : words.touch.presets[preset];
    return [say(preset, text, lines.join('; '))];
  });
}

function stageGroups(frame: Frame, words: Catalogue): readonly (readonly MenuEntry[])[] {
  const { entries } = words.touch;
  const several = frame.members.length > 1;
  return [
    [
      page('request', entries.request, { type: 'request' }, 'n'),
      ...(several ? [page('sides', entries.chooseSides, { type: 'choose-sides' }, 'p')] : []),
      ...(several ? [say('heal', entries.heal, 'play heal', 'h')] : []),
      ...(several
        ? [say('align', entries.alignTimers, 'play timers align'), say('spread', entries.spreadTimers, 'play timers spread')]
        : []),
      ...(several ? [page('presets', entries.presets, { type: 'menu', target: { type: 'presets' } })] : []),
    ],
    [
      page('undo', entries.undo, { type: 'undo' }, 'Ctrl+Z'),
      page('bookmark', words.touch.commands.bookmark, { type: 'bookmark' }, 'b'),
      page('breakpoints', words.views.breakpoints, { type: 'breakpoints' }, 'B'),
      page('table', entries.table, { type: 'table' }, 'a'),
      page('new', entries.newCluster, { type: 'new' }),
    ],
  ];
}
