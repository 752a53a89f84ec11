/** What can be done to the whole cluster, and ready-made situations. */

import type { Frame } from '#view/frame.ts';
import { PRESETS, presetLines } from '#store/presets.ts';
import type { Catalogue } from '#words/english.ts';
import { page, say, type MenuEntry, type MenuGroups } from '#ui/menu/menu-entry.ts';

/** What “split” cuts into, from its line: `2 | 3`. */
function sidesOf(line: string): string {
  return line
    .replace('play partition ', '')
    .split(' / ')
    .map((side) => side.split(',').length)
    .join(' | ');
}

export function presetEntries(frame: Frame, words: Catalogue): readonly MenuEntry[] {
  return PRESETS.flatMap((preset) => {
    const lines = presetLines(preset, frame.members);
    const [first] = lines;
    if (first === undefined) return [];
    const text = preset === 'split' ? words.touch.splitInto(sidesOf(first)) : words.touch.presets[preset];
    return [say(preset, text, lines.join('; '))];
  });
}

export function stageGroups(frame: Frame, words: Catalogue): MenuGroups {
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
