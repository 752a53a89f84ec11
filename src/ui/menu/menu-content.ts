/** What a menu offers: for each thing that can be pointed at, what can be done to it. Whatever changes the cluster is a line. */

import type { Frame, MemberView } from '#view/frame.ts';
import type { MenuTarget } from '#store/state.ts';
import type { Catalogue } from '#words/english.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { entryGroups, keyEntries } from '#ui/menu/data-menu.ts';
import { memberGroups, partGroups } from '#ui/menu/member-menu.ts';
import { why, type MenuGroups } from '#ui/menu/menu-entry.ts';
import { clientGroups, linkGroups, messageGroups } from '#ui/menu/network-menu.ts';
import { presetEntries, stageGroups } from '#ui/menu/stage-menu.ts';

export interface MenuContent {
  readonly title: string;
  readonly groups: MenuGroups;
  /** Where “back” leads. */
  readonly parent: MenuTarget | undefined;
}

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
