/** One terminal: its scrollback and a line to type. */

import { memo, useEffect, useLayoutEffect, useRef, type JSX, type RefObject } from 'react';
import type { TerminalBlock, TerminalLine } from '#store/terminal-history.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { NARROW, PHONE, useMedia } from '#ui/use-media.ts';
import { SilentMember } from '#ui/terminal/SilentMember.tsx';
import { KeyBar } from '#ui/terminal/KeyBar.tsx';
import { TerminalVoice } from '#ui/terminal/TerminalVoice.tsx';
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

/** Not drawn again for a key. Silent: what it prints is read by {@link TerminalVoice}. */
const Scrollback = memo(function Scrollback({
  blocks,
  label,
}: {
  readonly blocks: readonly TerminalBlock[];
  readonly label: string;
}): JSX.Element {
  const words = useWords();
  return (
    <>
      {blocks.length === 0 && <p className="tline quiet">{words.terminal.welcome}</p>}
      <div role="log" aria-label={label} aria-live="off">
        {blocks.map((block) => (
          <Block key={block.id} block={block} clicked={words.terminal.fromPage} />
        ))}
      </div>
    </>
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

interface PromptLineInput {
  readonly name: string;
  readonly focused: boolean;
  readonly label: string;
  readonly typing: Typing;
  readonly input: RefObject<HTMLInputElement | null>;
}

function PromptLine({ name, focused, label, typing, input }: PromptLineInput): JSX.Element {
  const words = useWords();
  const busy = useView((state) => screenOf(state.terminals, name).busy);
  const prompt = useView((state) => (screenOf(state.terminals, name).goesOn ? '>' : screenOf(state.terminals, name).prompt));
  const split = useView((state) => state.terminals.split);
  useEffect(() => {
    // On a phone the focus would bring up a keyboard over what the visitor looks at.
    if (focused && !window.matchMedia(PHONE).matches) input.current?.focus({ preventScroll: true });
  }, [focused, split, input]);
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
  const input = useRef<HTMLInputElement>(null);
  const typing = useTyping(name, input);
  const narrow = useMedia(NARROW);
  const named = (text: string): string => (title === undefined ? text : `${text}, ${title}`);
  return (
    <div
      className="terminal-pane"
      onFocus={() => {
        showTerminal(name);
      }}
    >
      <div
        className="terminal-body"
        ref={scroller}
        onClick={() => {
          if (window.getSelection()?.isCollapsed ?? true) input.current?.focus({ preventScroll: true });
        }}
      >
        <Scrollback blocks={blocks} label={named(words.terminal.output)} />
        <SilentMember name={name} />
        <PromptLine name={name} focused={focused} label={named(words.terminal.input)} typing={typing} input={input} />
      </div>
      {narrow && focused && <KeyBar onPress={typing.press} />}
      <TerminalVoice name={name} />
    </div>
  );
}
