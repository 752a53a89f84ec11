/** Reads a terminal's output to who cannot see it, at a rate that can be listened to: a flood is told by its size and its last line. */

import { useEffect, useRef, useState, type JSX } from 'react';
import type { TerminalLine, TerminalState } from '#store/terminal-history.ts';
import { screenOf } from '#store/terminal-tabs.ts';
import { usePage, useWords } from '#ui/playground-context.ts';
import type { Catalogue } from '#words/english.ts';

/** Wall time between two announcements, ms. */
const PAUSE = 1_500;
/** Lines that are read as they are. */
const LINES_MAX = 6;
/** Characters of an announcement. */
const CHARACTERS_MAX = 400;

/** Lines after a number, oldest first. */
function linesSince({ blocks }: TerminalState, id: number): readonly TerminalLine[] {
  const from = blocks.findIndex((block) => (block.lines.at(-1)?.id ?? 0) >= id);
  return from < 0 ? [] : blocks.slice(from).flatMap(({ lines }) => lines.filter((line) => line.id >= id));
}

/** What is said of printed lines: all of a few, of many how many there are and the last. */
function announcement(lines: readonly TerminalLine[], words: Catalogue): string {
  const printed = lines.filter(({ kind, text }) => (kind === 'output' || kind === 'error') && text.trim() !== '');
  const last = printed.at(-1)?.text ?? '';
  const text = printed.map((line) => line.text).join('\n');
  if (printed.length <= LINES_MAX && text.length <= CHARACTERS_MAX) return text;
  return words.terminal.manyLines(printed.length, last.slice(0, CHARACTERS_MAX));
}

export function TerminalVoice({ name }: { readonly name: string }): JSX.Element {
  const words = useWords();
  const { playground } = usePage();
  const told = useRef<number | undefined>(undefined);
  const [said, setSaid] = useState({ number: 0, text: '' });
  useEffect(() => {
    const screen = (): TerminalState => screenOf(playground.store.getState().terminals, name);
    told.current ??= screen().nextId;
    const timer = window.setInterval(() => {
      const now = screen();
      const next = announcement(linesSince(now, told.current ?? 0), words);
      told.current = now.nextId;
      if (next !== '') setSaid(({ number }) => ({ number: number + 1, text: next }));
    }, PAUSE);
    return () => {
      window.clearInterval(timer);
    };
  }, [playground, words, name]);
  return (
    <div className="visually-hidden" role="status" aria-label={words.terminal.voice}>
      <p key={said.number}>{said.text}</p>
    </div>
  );
}
