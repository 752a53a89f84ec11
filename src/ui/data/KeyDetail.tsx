/** One key in full: its value as text, JSON or hex, what etcd keeps of it, and what can be done with it. */

import { useEffect, useRef, useState, type JSX } from 'react';
import { hexDump, prettyJson, shellWord, showBytes, textOf } from '#view/byte-text.ts';
import type { StoredKey } from '#view/data.ts';
import { KeyHistory } from '#ui/data/KeyHistory.tsx';
import { PutForm } from '#ui/data/PutForm.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useActions } from '#ui/playground-context.ts';

type Format = 'text' | 'json' | 'hex';

const NO_END = new Uint8Array(0);

/** The whole value: a list has only the beginning of a long one. */
function useWhole(stored: StoredKey): StoredKey {
  const member = useDataMember();
  const isCut = stored.value.length < stored.size;
  const answer = useData(
    isCut && member !== undefined
      ? { type: 'range', member: member.name, key: stored.key, rangeEnd: NO_END, revision: 0, limit: 1 }
      : undefined,
  );
  return answer?.keys[0] ?? stored;
}

function shown(value: Uint8Array, format: Format): string {
  if (format === 'json') return prettyJson(value) ?? showBytes(value);
  return format === 'hex' ? hexDump(value) : showBytes(value);
}

interface KeyDetailProps {
  readonly stored: StoredKey;
  readonly isGone: boolean;
  readonly onClose: () => void;
}

export function KeyDetail({ stored, isGone, onClose }: KeyDetailProps): JSX.Element {
  const words = useDataWords();
  const { openInTerminal } = useActions();
  const { etcdctl, run } = useLines('keys');
  const whole = useWhole(stored);
  const isJson = prettyJson(whole.value) !== undefined;
  const isText = textOf(whole.value) !== undefined;
  const [chosen, setChosen] = useState<Format>();
  const [part, setPart] = useState<'value' | 'edit' | 'history'>('value');
  const format = chosen ?? (isJson ? 'json' : isText ? 'text' : 'hex');
  const name = showBytes(stored.key);
  const facts: readonly (readonly [string, string])[] = [
    [words.keys.created, String(whole.createRevision)],
    [words.keys.modified, String(whole.modRevision)],
    [words.keys.version, String(whole.version)],
    ...(whole.lease === '' ? [] : [[words.keys.leaseOf, whole.lease] as const]),
  ];
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const toggle = (which: 'edit' | 'history'): void => {
    setPart(part === which ? 'value' : which);
  };
  return (
    <section ref={section} className="key-detail" aria-label={name}>
      <div className="key-detail-head">
        <h3 className="mono">{name}</h3>
        <button type="button" className="icon-button" aria-label={words.close} onClick={onClose}>
          ×
        </button>
      </div>
      {isGone && <p className="data-note">{words.keys.gone}</p>}
      <div className="choice">
        <button
          type="button"
          className="button"
          aria-pressed={part === 'edit'}
          disabled={!isText || whole.value.length < whole.size}
          onClick={() => {
            toggle('edit');
          }}
        >
          {words.keys.edit}
        </button>
        <button
          type="button"
          className="button"
          aria-pressed={part === 'history'}
          onClick={() => {
            toggle('history');
          }}
        >
          {words.keys.history}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            openInTerminal(etcdctl('watch', '--prev-kv', '--', shellWord(stored.key)));
          }}
        >
          {words.keys.watch}
        </button>
        <button
          type="button"
          className="button button-danger"
          disabled={isGone}
          onClick={() => {
            run(etcdctl('del', ...(name.startsWith('-') ? ['--'] : []), shellWord(stored.key)));
          }}
        >
          {words.keys.remove}
        </button>
      </div>
      {part === 'edit' && (
        <PutForm
          view="keys"
          known={{ key: stored.key, value: textOf(whole.value) ?? '', lease: whole.lease }}
          onDone={() => {
            setPart('value');
          }}
        />
      )}
      {part === 'history' && <KeyHistory of={stored.key} />}
      {part === 'value' && (
        <>
          <div className="value-head">
            <span className="quiet">{words.keys.bytes(whole.size)}</span>
            <div className="choice" role="group" aria-label={words.keys.show}>
              {(['text', 'json', 'hex'] as const).map((each) => (
                <button
                  key={each}
                  type="button"
                  className="button"
                  aria-pressed={format === each}
                  disabled={each === 'json' && !isJson}
                  onClick={() => {
                    setChosen(each);
                  }}
                >
                  {words.keys.formats[each]}
                </button>
              ))}
            </div>
          </div>
          <pre className="value" tabIndex={0} aria-label={words.keys.value}>
            {shown(whole.value, format)}
          </pre>
          {whole.value.length < whole.size && <p className="quiet">{words.keys.cut}</p>}
          <dl className="facts facts-tight">
            {facts.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="mono">{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
