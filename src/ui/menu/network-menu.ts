/** What can be done to the network: to a link, to a message on its way, and to a client at its edge. */

import type { Frame, MessageView } from '#view/frame.ts';
import { linkLine } from '#store/command-lines.ts';
import type { Catalogue } from '#words/english.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { millis, page, say, why, type MenuEntry, type MenuGroups } from '#ui/menu/menu-entry.ts';

export function linkGroups(from: string, to: string, words: Catalogue): MenuGroups {
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

export function messageGroups(message: MessageView, words: Catalogue): MenuGroups {
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

export function clientGroups(name: string, frame: Frame, words: Catalogue): MenuGroups {
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
