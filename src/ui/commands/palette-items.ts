/** What the palette finds: the page's commands, what can be done to each member, ready-made situations, steps, and a line that is typed in it. */

import type { Frame } from '#view/frame.ts';
import { linkLine } from '#store/command-lines.ts';
import { STEP_CHOICES, type StepChoice } from '#store/preferences.ts';
import type { Catalogue } from '#words/english.ts';
import { menuContent } from '#ui/menu/menu-content.ts';
import type { MenuEntry } from '#ui/menu/menu-entry.ts';
import { PAGE_COMMANDS, SHORTCUTS, type PageCommand } from '#ui/commands/page-commands.ts';

export type PaletteItem = { readonly id: string; readonly text: string; readonly keys: string | undefined } & (
  | { readonly type: 'command'; readonly command: PageCommand }
  | { readonly type: 'step'; readonly step: StepChoice }
  | { readonly type: 'line'; readonly line: string; readonly typed: boolean }
);

/** Items shown at once. */
export const PALETTE_MAX = 60;

const lines = (prefix: string, groups: readonly (readonly MenuEntry[])[], name: (text: string) => string): readonly PaletteItem[] =>
  groups
    .flat()
    .flatMap((entry) =>
      'line' in entry
        ? [{ type: 'line', id: `${prefix}/${entry.id}`, text: name(entry.text), keys: undefined, line: entry.line, typed: false }]
        : [],
    );

/** Everything, in the order in which it is listed without a search. */
export function paletteItems(frame: Frame, words: Catalogue): readonly PaletteItem[] {
  const { commands } = words.touch;
  const own = PAGE_COMMANDS.filter((id) => id !== 'palette' && id !== 'choose' && id !== 'close').map((command): PaletteItem => ({
    type: 'command',
    id: command,
    text: commands[command],
    keys: SHORTCUTS[command],
    command,
  }));
  const steps = STEP_CHOICES.map((step): PaletteItem => ({
    type: 'step',
    id: `step/${step}`,
    text: commands.stepSize(words.transport.stepSizes[step]),
    keys: undefined,
    step,
  }));
  const presets = menuContent({ type: 'presets' }, frame, words)?.groups ?? [];
  const members = frame.members.flatMap(({ name }) =>
    [
      { type: 'member' as const, name },
      { type: 'disk' as const, member: name },
      { type: 'clock' as const, member: name },
    ].flatMap((target) =>
      lines(`${target.type}/${name}`, menuContent(target, frame, words)?.groups ?? [], (text) => commands.ofMember(text, name)),
    ),
  );
  const links = frame.members.flatMap((a, at) =>
    frame.members.slice(at + 1).map((b): PaletteItem => {
      const text = `${words.touch.menuOf.link(a.name, b.name)}: ${words.touch.entries.cutBoth}`;
      return {
        type: 'line',
        id: `link/${a.name}/${b.name}`,
        text,
        keys: undefined,
        line: linkLine(a.name, b.name, 'both', '--cut'),
        typed: false,
      };
    }),
  );
  return [...own, ...lines('preset', presets, (text) => text), ...steps, ...members, ...links];
}

/** A line of the shell, as opposed to words to look for. */
const isLine = (query: string): boolean => /^(play|etcdctl|etcdutl|curl|http|at)\s+\S/.test(query.trim());

/** Those in which every word of the query stands, best first; a typed line comes before all. */
export function findItems(items: readonly PaletteItem[], query: string, words: Catalogue): readonly PaletteItem[] {
  const asked = query.trim().toLowerCase();
  const wanted = asked.split(/\s+/).filter((word) => word !== '');
  const scored = items.flatMap((item, at) => {
    const text = `${item.text} ${item.type === 'line' ? item.line : ''}`.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) return [];
    const starts = item.text.toLowerCase().startsWith(asked) ? 0 : new RegExp(`(^|[\\s:])${escape(wanted[0] ?? '')}`).test(text) ? 1 : 2;
    return [{ item, rank: starts * 10_000 + at }];
  });
  const found = scored.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  const line = query.trim();
  const typed: readonly PaletteItem[] = isLine(query)
    ? [{ type: 'line', id: 'typed', text: words.touch.palette.run(line), keys: undefined, line, typed: true }]
    : [];
  return [...typed, ...found].slice(0, PALETTE_MAX);
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
