/** What changed between two values: what is gone is struck through, what is new is underlined; a screen reader hears both named. */

import { diffWordsWithSpace } from 'diff';
import { useMemo, type JSX } from 'react';
import { prettyJson, showBytes } from '#view/byte-text.ts';
import { useDataWords } from '#ui/data/use-data.ts';

/** Longer values are shown whole, without marks. */
const DIFF_MAX = 20_000;
const SHOWN_MAX = 2000;

export function ValueDiff({
  before,
  after,
}: {
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}): JSX.Element {
  const words = useDataWords();
  const parts = useMemo(() => {
    const [old, now] = [before ?? new Uint8Array(0), after ?? new Uint8Array(0)];
    const isJson = prettyJson(old) !== undefined && prettyJson(now) !== undefined;
    const text = (bytes: Uint8Array): string => (isJson ? (prettyJson(bytes) ?? '') : showBytes(bytes));
    const [from, to] = [text(old), text(now)];
    if (from.length + to.length > DIFF_MAX) return [{ value: to.slice(0, SHOWN_MAX), added: false, removed: false }];
    return diffWordsWithSpace(from, to);
  }, [before, after]);
  return (
    <pre className="diff">
      {parts.map((part, i) =>
        part.added ? (
          <ins key={i}>
            <span className="visually-hidden">{words.history.added} </span>
            {part.value}
          </ins>
        ) : part.removed ? (
          <del key={i}>
            <span className="visually-hidden">{words.history.removed} </span>
            {part.value}
          </del>
        ) : (
          <span key={i}>{part.value}</span>
        ),
      )}
    </pre>
  );
}
