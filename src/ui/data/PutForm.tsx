/** Puts a key: new or known, with no lease, a known lease or one that is granted for it. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { shellWord } from '#view/byte-text.ts';
import type { DataView } from '#view/data-view.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';

interface PutFormProps {
  readonly view: DataView;
  /** A key that is there already: only its value is asked for. */
  readonly known?: { readonly key: Bytes; readonly value: string; readonly lease: string };
  /** A lease that is chosen at first, in hex. */
  readonly lease?: string;
  readonly onDone: () => void;
}

const NEW = 'new';

export function PutForm({ view, known, lease: firstLease = known?.lease ?? '', onDone }: PutFormProps): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const { etcdctl, run } = useLines(view);
  const [key, setKey] = useState('');
  const [value, setValue] = useState(known?.value ?? '');
  const [lease, setLease] = useState(firstLease);
  const [ttl, setTtl] = useState('60');
  const leases = useData(member === undefined ? undefined : { type: 'leases', member: member.name })?.leases ?? [];
  const word = known === undefined ? shellWord(utf8(key)) : shellWord(known.key);
  const dashed = word.startsWith('-') || value.startsWith('-') ? ['--'] : [];
  const put = etcdctl(
    'put',
    ...(lease === '' ? [] : [lease === NEW ? '--lease=$ID' : `--lease=${lease}`]),
    ...dashed,
    word,
    shellWord(utf8(value)),
  );
  // A lease and its key in one line, as a script would do it.
  const line = lease === NEW ? `ID=$(${etcdctl('lease', 'grant', ttl)} | cut -d' ' -f2) && ${put}` : put;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(line);
    onDone();
  };
  const known16 = leases.map(({ id }) => id);
  return (
    <form className="data-form" onSubmit={submit} aria-label={known === undefined ? words.keys.newKey : words.keys.edit}>
      {known === undefined && <TextField label={words.keys.key} value={key} onChange={setKey} required />}
      <label className="field">
        <span>{words.keys.value}</span>
        <textarea
          className="mono"
          rows={known === undefined ? 2 : 5}
          value={value}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => {
            setValue(event.target.value);
          }}
        />
      </label>
      <div className="fields fields-wrap">
        <ChoiceField
          label={words.keys.lease}
          value={lease}
          choices={[
            ['', words.keys.noLease],
            [NEW, words.keys.newLease],
            ...[...new Set([...(firstLease === '' ? [] : [firstLease]), ...known16])].map((id) => [id, id] as const),
          ]}
          onChange={setLease}
        />
        {lease === NEW && <TextField label={words.keys.ttl} value={ttl} onChange={setTtl} numeric required small />}
        <button type="submit" className="button button-strong">
          {words.keys.put}
        </button>
      </div>
      <code className="line-preview">{line}</code>
    </form>
  );
}
