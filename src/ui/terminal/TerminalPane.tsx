/** One terminal: its scrollback and a line to type. */

import { memo, useEffect, useLayoutEffect, useRef, type JSX, type RefObject } from 'react';
import type { TerminalBlock, TerminalLine } from '#store/terminal-history.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { NARROW, useMedia } from '#ui/use-media.ts';
import { useTyping, type Typing } from '#ui/terminal/use-typing.ts';

function Line({ line, clicked }: { readonly line: TerminalLine; readonly clicked: string }): JSX.Element {
  if (line.kind === 'output' || line.kind === 'error')
    return (
      <div className={`tline tline-${line.kind}${/^[+|]| {2}/.test(line.text) ? ' tline-table' : ''}`}>
        {line.text === '' ? ' ' : line.text}
      </div>
    );
  return (
    <div className={`tline tline-${line.kind}`}>
      <span className="prompt">{line.prompt} </span>
      {line.text}
      {line.kind === 'click' && <span className="quiet"> # {clicked}</span>}
    </div>
  );
}

/** Lines that do not change any more; what is out of sight is not laid out. */
const Block = memo(function Block({ block, clicked }: { readonly block: TerminalBlock; readonly clicked: string }): JSX.Element {
  return (
    <div className="terminal-block">
      {block.lines.map((line) => (
        <Line key={line.id} line={line} clicked={clicked} />
      ))}
    </div>
  );
});

/** Keeps the end of the scrollback in sight, unless somebody scrolled back. */
function useFollow(blocks: readonly TerminalBlock[]): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const onScroll = (): void => {
      following.current = element.scrollTop + element.clientHeight > element.scrollHeight - 40;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element !== null && following.current) element.scrollTop = element.scrollHeight;
  }, [blocks]);
  return ref;
}

/** The keys that a touch keyboard lacks. */
function KeyBar({ typing }: { readonly typing: Typing }): JSX.Element {
  const words = useWords();
  const keys = [
    ['tab', 'Tab'],
    ['interrupt', 'Ctrl-C'],
    ['up', '↑'],
    ['down', '↓'],
  ] as const;
  return (
    <div className="key-bar" role="toolbar" aria-label={words.terminal.keyBar}>
      {keys.map(([key, text]) => (
        <button
          key={key}
          type="button"
          className="button"
          aria-label={words.terminal.keys[key]}
          onClick={() => {
            typing.press(key);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

function PromptLine({ name, focused, label }: { readonly name: string; readonly focused: boolean; readonly label: string }): JSX.Element {
  const words = useWords();
  const busy = useView((state) => screenOf(state.terminals, name).busy);
  const prompt = useView((state) => (screenOf(state.terminals, name).goesOn ? '>' : screenOf(state.terminals, name).prompt));
  const typing = useTyping(name);
  const narrow = useMedia(NARROW);
  const split = useView((state) => state.terminals.split);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a narrow page the focus would bring up a keyboard over what the visitor looks at.
    if (focused && !window.matchMedia(NARROW).matches) input.current?.focus({ preventScroll: true });
  }, [focused, split]);
  return (
    <>
      {typing.choices.length > 0 && (
        <div className="tline quiet" role="status">
          {typing.choices.join('  ')}
        </div>
      )}
      {typing.searching !== undefined && (
        <div className="tline quiet" role="status">
          {words.terminal.searching(typing.searching)}
        </div>
      )}
      <label className="terminal-line">
        <span className="prompt" aria-hidden>
          {busy ? ' ' : prompt}
        </span>
        <input
          ref={input}
          aria-label={label}
          value={typing.value}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          onChange={(event) => {
            typing.setValue(event.target.value);
          }}
          onKeyDown={typing.onKeyDown}
          onPaste={typing.onPaste}
        />
      </label>
      {narrow && <KeyBar typing={typing} />}
    </>
  );
}

/** @param title how the terminal is called, if there are several */
export function TerminalPane({
  name,
  title,
  focused,
}: {
  readonly name: string;
  readonly title: string | undefined;
  readonly focused: boolean;
}): JSX.Element {
  const words = useWords();
  const { showTerminal } = useActions();
  const blocks = useView((state) => screenOf(state.terminals, name).blocks);
  const scroller = useFollow(blocks);
  const named = (text: string): string => (title === undefined ? text : `${text}, ${title}`);
  return (
    <div
      className="terminal-body"
      ref={scroller}
      onFocus={() => {
        showTerminal(name);
      }}
      onClick={(event) => {
        if (window.getSelection()?.isCollapsed ?? true) event.currentTarget.querySelector('input')?.focus({ preventScroll: true });
      }}
    >
      {blocks.length === 0 && <p className="tline quiet">{words.terminal.welcome}</p>}
      <div role="log" aria-label={named(words.terminal.output)} aria-live="polite">
        {blocks.map((block) => (
          <Block key={block.id} block={block} clicked={words.terminal.fromPage} />
        ))}
      </div>
      <PromptLine name={name} focused={focused} label={named(words.terminal.input)} />
    </div>
  );
}
