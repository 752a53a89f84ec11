/** The terminal: a scrollback and a line to type. What is pasted as several lines runs one after another. */

import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ClipboardEvent,
  type JSX,
  type KeyboardEvent,
  type RefObject,
} from 'react';
import type { TerminalLine } from '#store/terminal-history.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { NARROW } from '#ui/use-media.ts';

const Line = memo(function Line({ line, clicked }: { readonly line: TerminalLine; readonly clicked: string }): JSX.Element {
  if (line.kind === 'output' || line.kind === 'error')
    return (
      <div className={`tline tline-${line.kind}${/^[+|]| {2}/.test(line.text) ? ' tline-table' : ''}`}>
        {line.text === '' ? ' ' : line.text}
      </div>
    );
  return (
    <div className={`tline tline-${line.kind}`}>
      <span className="prompt">$ </span>
      {line.text}
      {line.kind === 'click' && <span className="quiet"> # {clicked}</span>}
    </div>
  );
});

interface Typing {
  readonly value: string;
  readonly setValue: (value: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly onPaste: (event: ClipboardEvent<HTMLInputElement>) => void;
}

function useTyping(): Typing {
  const { type, typeAll, interrupt, clearTerminal } = useActions();
  const busy = useView((state) => state.terminal.busy);
  const typed = useView((state) => state.terminal.typed);
  const [value, setValue] = useState('');
  const [back, setBack] = useState(0);
  const recall = (steps: number): void => {
    const next = Math.min(typed.length, Math.max(0, steps));
    setBack(next);
    setValue(next === 0 ? '' : (typed.at(-next) ?? ''));
  };
  const onControl = (event: KeyboardEvent<HTMLInputElement>): void => {
    const selecting = event.currentTarget.selectionStart !== event.currentTarget.selectionEnd;
    if (event.key === 'c' && !selecting) {
      event.preventDefault();
      setValue('');
      if (busy) interrupt();
    } else if (event.key === 'l') {
      event.preventDefault();
      clearTerminal();
    } else if (event.key === 'u') {
      event.preventDefault();
      setValue('');
    }
  };
  return {
    value,
    setValue: (next) => {
      setBack(0);
      setValue(next);
    },
    onKeyDown: (event) => {
      if (event.nativeEvent.isComposing) return;
      if (event.ctrlKey) onControl(event);
      else if (event.key === 'Enter') {
        event.preventDefault();
        setValue('');
        setBack(0);
        type(value);
      } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        event.preventDefault();
        recall(back + (event.key === 'ArrowUp' ? 1 : -1));
      }
    },
    onPaste: (event) => {
      const text = event.clipboardData.getData('text');
      if (!/[\r\n]/.test(text.trimEnd())) return;
      event.preventDefault();
      typeAll((value + text).split(/\r?\n/).filter((line) => line.trim() !== ''));
      setValue('');
    },
  };
}

/** Keeps the end of the scrollback in sight. */
function useFollow(lines: readonly TerminalLine[]): RefObject<HTMLDivElement | null> {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [lines]);
  return ref;
}

export function Terminal(): JSX.Element {
  const words = useWords();
  const { interrupt, clearTerminal } = useActions();
  const lines = useView((state) => state.terminal.lines);
  const busy = useView((state) => state.terminal.busy);
  const typing = useTyping();
  const scroller = useFollow(lines);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a narrow page the focus would bring up a keyboard over what the visitor looks at.
    if (!window.matchMedia(NARROW).matches) input.current?.focus({ preventScroll: true });
  }, []);
  return (
    <section className="card terminal" aria-label={words.terminal.title}>
      <header className="card-header">
        <h2>{words.terminal.title}</h2>
        {busy && <span className="quiet">{words.terminal.running}</span>}
        <span className="spacer" />
        {busy && (
          <button type="button" className="text-button" onClick={interrupt}>
            {words.terminal.interrupt}
          </button>
        )}
        {lines.length > 0 && (
          <button type="button" className="text-button" onClick={clearTerminal}>
            {words.terminal.clear}
          </button>
        )}
      </header>
      <div
        className="terminal-body"
        ref={scroller}
        onClick={() => {
          if (window.getSelection()?.isCollapsed ?? true) input.current?.focus({ preventScroll: true });
        }}
      >
        <p className="tline quiet">{words.terminal.welcome}</p>
        <div role="log" aria-label={words.terminal.output} aria-live="polite">
          {lines.map((line) => (
            <Line key={line.id} line={line} clicked={words.terminal.fromPage} />
          ))}
        </div>
        <label className="terminal-line">
          <span className="prompt" aria-hidden>
            {busy ? ' ' : '$'}
          </span>
          <input
            ref={input}
            aria-label={words.terminal.input}
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
      </div>
    </section>
  );
}
