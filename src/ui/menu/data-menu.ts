/** What can be done with what is stored: an entry of the log, a key. */

import type { Frame, MemberView } from '#view/frame.ts';
import type { Selection } from '#view/selection.ts';
import { quoteWord } from '#store/command-lines.ts';
import type { Catalogue } from '#words/english.ts';
import { say, why, type MenuEntry, type MenuGroups } from '#ui/menu/menu-entry.ts';

export function entryGroups(target: Extract<Selection, { readonly type: 'entry' }>, frame: Frame, words: Catalogue): MenuGroups {
  const view = frame.members.find(({ name }) => name === target.member);
  const label = view?.log.cells.find(({ index }) => index === target.index)?.label ?? '';
  const key = /^(?:del )?([^\s=]+)(?:=|$)/.exec(label)?.[1];
  return [[why(target, words)], ...(key === undefined || /^(txn|compact)/.test(label) ? [] : [keyEntries(key, view, words)])];
}

export function keyEntries(key: string, member: MemberView | undefined, words: Catalogue): readonly MenuEntry[] {
  const { entries } = words.touch;
  const at =
    member === undefined || member.number === 1 ? 'etcdctl' : `etcdctl --endpoints=${member.clientUrl.replace(/^https?:\/\//, '')}`;
  return [
    say('get', `${entries.getKey}: ${key}`, `${at} get ${quoteWord(key)}`),
    say('del', `${entries.deleteKey}: ${key}`, `${at} del ${quoteWord(key)}`),
  ];
}
