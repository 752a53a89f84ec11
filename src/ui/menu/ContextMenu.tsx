/** The menu that is open: entries by groups, the line that the chosen entry stands for, and a way to copy it. */

import { useEffect, useLayoutEffect, useRef, useState, type JSX, type KeyboardEvent } from 'react';
import type { MenuState } from '#store/state.ts';
import { CopyIcon } from '#ui/CopyIcon.tsx';
import { useActions, usePage, useView, useWords } from '#ui/playground-context.ts';
import { focusAfter } from '#ui/menu/menu-focus.ts';
import { menuContent, type MenuContent } from '#ui/menu/menu-content.ts';
import type { MenuEntry, PageAct } from '#ui/menu/menu-entry.ts';

/** Distance from the window's edge, px. */
const EDGE = 8;

/** What an entry without a line does. */
export function usePageAct(): (act: PageAct, at: { readonly x: number; readonly y: number }) => void {
  const actions = useActions();
  const { playground } = usePage();
  const words = useWords();
  return (act, { x, y }) => {
    switch (act.type) {
      case 'menu':
        actions.openMenu(act.target, x, y);
        break;
      case 'explain':
        actions.explain(act.selection);
        break;
      case 'select':
        actions.select(act.selection);
        break;
      case 'details':
        actions.select({ type: 'member', name: act.member });
        actions.prefer({ rail: true, railTab: 'member' });
        break;
      case 'requests':
        actions.prefer({ request: true });
        actions.setEndpoint(act.member);
        break;
      case 'choose-sides':
        actions.chooseSides();
        break;
      case 'request':
        actions.prefer({ request: true });
        break;
      case 'new':
        actions.show('new');
        break;
      case 'undo':
        actions.undo();
        break;
      case 'bookmark':
        actions.bookmark(words.touch.bookmark.name(playground.store.getState().bookmarks.length + 1));
        break;
      case 'breakpoints':
        actions.show('breakpoints');
        break;
      case 'table':
        actions.prefer({ table: !playground.store.getState().preferences.table });
        break;
    }
  };
}

function Entries({
  content,
  onFocus,
  onChoose,
}: {
  readonly content: MenuContent;
  readonly onFocus: (entry: MenuEntry) => void;
  readonly onChoose: (entry: MenuEntry) => void;
}): readonly JSX.Element[] {
  return content.groups.map((group, at) => (
    <div role="group" key={group[0]?.id ?? at} className="menu-group">
      {group.map((entry) => (
        <button
          key={entry.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="menu-entry"
          aria-haspopup={'act' in entry && entry.act.type === 'menu' ? 'menu' : undefined}
          onFocus={() => {
            onFocus(entry);
          }}
          onPointerEnter={(event) => {
            if (event.pointerType === 'mouse') event.currentTarget.focus();
          }}
          onClick={() => {
            onChoose(entry);
          }}
        >
          <span>{entry.text}</span>
          {entry.key !== undefined && <kbd aria-hidden>{entry.key}</kbd>}
          {'act' in entry && entry.act.type === 'menu' && <span aria-hidden>›</span>}
        </button>
      ))}
    </div>
  ));
}

function LineOf({ entry }: { readonly entry: MenuEntry | undefined }): JSX.Element {
  const words = useWords();
  const { copy } = useActions();
  const [copied, setCopied] = useState('');
  const line = entry !== undefined && 'line' in entry ? entry.line : '';
  return (
    <div className="menu-line">
      <code>{line === '' ? '\u00a0' : `$ ${line}`}</code>
      <button
        type="button"
        className="link-button"
        disabled={line === ''}
        aria-label={words.touch.copyLine}
        onClick={() => {
          void copy(line).then((done) => {
            setCopied(done ? line : '');
          });
        }}
      >
        <CopyIcon done={copied !== '' && copied === line} />
      </button>
    </div>
  );
}

/** Gives the focus back to what had it, once the menu is gone and unless something else took it meanwhile. */
function useFocusBack(): void {
  const before = useRef<Element | null>(null);
  // Before the first entry takes the focus: effects run in their order.
  useLayoutEffect(() => {
    before.current = document.activeElement;
  }, []);
  useEffect(
    () => () => {
      const element = before.current;
      const isFree = document.activeElement === document.body || document.activeElement === null;
      if (isFree && (element instanceof HTMLElement || element instanceof SVGElement)) element.focus();
    },
    [],
  );
}

function Menu({ menu }: { readonly menu: MenuState }): JSX.Element | undefined {
  const words = useWords();
  const frame = useView((state) => state.frame);
  const { closeMenu, openMenu, say } = useActions();
  const act = usePageAct();
  const ref = useRef<HTMLElement>(null);
  const [place, setPlace] = useState({ left: menu.x, top: menu.y });
  const [focused, setFocused] = useState<MenuEntry>();
  const content = frame === undefined ? undefined : menuContent(menu.target, frame, words);
  const gone = content === undefined;
  useFocusBack();
  useEffect(() => {
    if (gone) closeMenu();
  }, [gone, closeMenu]);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    setPlace({
      left: Math.max(EDGE, Math.min(menu.x, window.innerWidth - width - EDGE)),
      top: Math.max(EDGE, Math.min(menu.y, window.innerHeight - height - EDGE)),
    });
    element.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }, [menu]);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (event.target instanceof Node && ref.current?.contains(event.target) !== true) closeMenu();
    };
    document.addEventListener('pointerdown', outside, true);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
    };
  }, [closeMenu]);
  if (content === undefined) return undefined;
  const choose = (entry: MenuEntry): void => {
    if ('line' in entry) {
      closeMenu();
      say(entry.line);
      return;
    }
    if (entry.act.type !== 'menu') closeMenu();
    act(entry.act, menu);
  };
  const back = (): void => {
    if (content.parent !== undefined) openMenu(content.parent, menu.x, menu.y);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    event.stopPropagation();
    const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]')];
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape' || event.key === 'Tab') closeMenu();
    else if (event.key === 'ArrowLeft') back();
    else if (event.key === 'ArrowRight') {
      if (focused !== undefined && 'act' in focused && focused.act.type === 'menu') choose(focused);
    } else if (event.key === 'Enter' || event.key === ' ') return;
    else focusAfter(event, items, at)?.focus();
    event.preventDefault();
  };
  return (
    <section ref={ref} className="context-menu" style={place} aria-label={`${words.touch.actions}: ${content.title}`}>
      <header>
        {content.parent !== undefined && (
          <button type="button" className="icon-button" aria-label={words.touch.back} onClick={back}>
            ‹
          </button>
        )}
        <strong>{content.title}</strong>
      </header>
      <div role="menu" tabIndex={-1} aria-label={content.title} onKeyDown={onKeyDown}>
        <Entries content={content} onFocus={setFocused} onChoose={choose} />
      </div>
      <LineOf entry={focused} />
    </section>
  );
}

/** The open menu, if there is one. */
export function ContextMenu(): JSX.Element | undefined {
  const menu = useView((state) => state.menu);
  return menu === undefined ? undefined : <Menu menu={menu} />;
}
